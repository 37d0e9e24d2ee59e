# SPDX-License-Identifier: Apache-2.0
import pytest
import torch
from safetensors.torch import save_file
from torch.testing import assert_close

from tintype.errors import ModelError, OptionError
from tintype.learn.encoders.mobilenet_v2 import Convolution, MobileNetV2Config


# Sandler et al. 2018, table 2: the last block at each stride; 1,811,136 parameters are the
# published 2,223,872 of the feature layers (torchvision's count) without the last 1x1 convolution
# (409,600 + 2,560 of its batch norm), with two of the stem's three input planes (576) summed away.
def test_shapes_and_size_are_the_published_ones():
    encoder = MobileNetV2Config().build()
    features = encoder(torch.full((2, 1, 64, 96), 50.0))
    assert [tuple(f.shape) for f in features] == [
        (2, 16, 32, 48),
        (2, 24, 16, 24),
        (2, 32, 8, 12),
        (2, 96, 4, 6),
        (2, 320, 2, 3),
    ]
    assert encoder.channels == (16, 24, 32, 96, 320)
    assert sum(p.numel() for p in encoder.parameters()) == 2_223_872 - 409_600 - 2_560 - 576


def test_width_scales_every_channel_count():
    assert MobileNetV2Config(width=0.5).build().channels == (8, 16, 16, 48, 160)


def test_the_coarsest_maps_can_be_left_out():
    whole = MobileNetV2Config().build().eval()
    finer = MobileNetV2Config(stages=4).build().eval()
    assert (finer.channels, finer.strides) == ((16, 24, 32, 96), (2, 4, 8, 16))
    finer.load_state_dict({k: whole.state_dict()[k] for k in finer.state_dict()})
    grey = torch.rand(1, 1, 64, 64) * 100
    for ours, theirs in zip(finer(grey), whole(grey)[:4], strict=True):
        assert torch.equal(ours, theirs)
    # Sandler et al. 2018, table 2: the three blocks of 160 channels and the one of 320 are gone.
    gone = sum(p.numel() for block in whole.blocks[13:] for p in block.parameters())
    assert sum(p.numel() for p in finer.parameters()) == 1_811_136 - gone
    assert len(finer.blocks) == 13


@pytest.mark.parametrize("stages", [1, 6])
def test_stages_that_are_not_there_are_refused(stages):
    with pytest.raises(OptionError, match=f"stages must be 2 to 5, got {stages}"):
        MobileNetV2Config(stages=stages)


def published(encoder) -> dict[str, torch.Tensor]:
    """Weights in the published layout, with an RGB stem."""
    generator = torch.Generator().manual_seed(0)
    weights = {}
    for index, convolution in enumerate(m for m in encoder.modules() if isinstance(m, Convolution)):
        shape = list(convolution.conv.weight.shape)
        kind = "dw" if convolution.conv.groups > 1 else "conv"
        shape[1] = 3 if index == 0 else shape[1]
        layer = f"{index:02}_{kind}_s{convolution.conv.stride[0]}"
        weights[f"{layer}.weight"] = torch.randn(shape, generator=generator).half()
        weights[f"{layer}.bias"] = torch.randn(shape[0], generator=generator).half()
    return weights


def test_imagenet_weights_answer_to_grey_as_to_equal_red_green_and_blue(tmp_path):
    encoder = MobileNetV2Config().build()
    weights = published(encoder)
    save_file(weights, tmp_path / "w.safetensors")
    encoder.load_imagenet(tmp_path / "w.safetensors")

    grey = torch.rand(1, 1, 8, 8) * 100
    rgb = (grey / 50 - 1).expand(1, 3, 8, 8)
    # The published padding of a 3x3 convolution of stride 2: right and bottom only.
    expected = torch.nn.functional.conv2d(
        torch.nn.functional.pad(rgb, (0, 1, 0, 1)),
        weights["00_conv_s2.weight"].float(),
        weights["00_conv_s2.bias"].float(),
        stride=2,
    )
    encoder.eval()
    assert_close(encoder.stem.linear(grey / 50 - 1), expected, atol=1e-5, rtol=1e-5)
    last = [key for key in sorted(weights) if key.endswith("weight")][-1]
    project = encoder.blocks[-1].project
    project.fold()
    assert_close(project.conv.weight.detach(), weights[last].float(), atol=1e-5, rtol=1e-5)


def test_weights_of_another_width_are_refused(tmp_path):
    save_file(published(MobileNetV2Config().build()), tmp_path / "w.safetensors")
    with pytest.raises(ModelError, match=r"00_conv_s2 is \(32, 1, 3, 3\).*width 1.0 does"):
        MobileNetV2Config(width=0.5).build().load_imagenet(tmp_path / "w.safetensors")


def test_weights_that_are_incomplete_are_refused(tmp_path):
    encoder = MobileNetV2Config().build()
    whole = published(encoder)
    last = sorted(whole)[-1].rsplit(".", 1)[0]
    for lost in (["weight", "bias"], ["bias"]):
        left = {k: t for k, t in whole.items() if k not in {f"{last}.{part}" for part in lost}}
        save_file(left, tmp_path / "w.safetensors")
        with pytest.raises(ModelError, match=r"has 50 convolutions .* network 51"):
            encoder.load_imagenet(tmp_path / "w.safetensors")


@pytest.mark.parametrize("content", [b"", b"PK no safetensors", b"\xff" * 100])
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match="cannot read ImageNet weights"):
        MobileNetV2Config(width=0.25).build().load_imagenet(tmp_path / "w.safetensors")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match="none.safetensors"):
        MobileNetV2Config().build().load_imagenet(tmp_path / "none.safetensors")


def test_a_channels_weights_have_one_size_and_act_as_before(tmp_path):
    encoder = MobileNetV2Config().build()
    weights = published(encoder)
    weights["05_conv_s1.weight"] *= torch.logspace(-3, 2, 24)[:, None, None, None].half()
    save_file(weights, tmp_path / "w.safetensors")
    encoder.load_imagenet(tmp_path / "w.safetensors")
    project = encoder.eval().blocks[1].project
    size = project.conv.weight.square().mean((1, 2, 3)).sqrt()
    assert_close(size, torch.ones(24), atol=1e-3, rtol=0)
    x = torch.randn(1, 96, 4, 4)
    acting = weights["05_conv_s1.weight"].float(), weights["05_conv_s1.bias"].float()
    expected = torch.nn.functional.conv2d(x, *acting)
    assert_close(project.linear(x), expected, atol=1e-3, rtol=1e-4)
    project.fold()
    assert_close(project.linear(x), expected, atol=1e-3, rtol=1e-4)
    assert_close(project.conv.weight.detach(), acting[0], atol=1e-6, rtol=1e-5)


def test_calibrated_norms_answer_as_before_in_training_too(tmp_path):
    encoder = MobileNetV2Config(width=1.0).build()
    weights = {
        key: 2 * w / max(1, w[0].numel()) ** 0.5 if key.endswith("weight") else w / 10
        for key, w in published(encoder).items()
    }
    save_file(weights, tmp_path / "w.safetensors")
    encoder.load_imagenet(tmp_path / "w.safetensors")
    grey = 100 * torch.rand(8, 1, 64, 64, generator=torch.Generator().manual_seed(1))
    before = encoder.eval()(grey)
    training = encoder.train()(grey)
    assert (training[-1] - before[-1]).abs().max() > 0.1 * before[-1].abs().max()  # far off yet
    encoder.load_imagenet(tmp_path / "w.safetensors")
    encoder.calibrate(grey)
    assert encoder.training
    for one, other in zip(encoder(grey), before, strict=True):
        assert_close(one, other, atol=2e-3 * other.detach().abs().max().item(), rtol=0)
    encoder.load_imagenet(tmp_path / "w.safetensors")
    encoder.calibrate(grey)
    for one, other in zip(encoder.eval()(grey), before, strict=True):
        assert_close(one, other, atol=1e-3 * other.detach().abs().max().item(), rtol=0)


def test_calibrating_leaves_new_layers_alone():
    encoder = MobileNetV2Config(width=0.25).build()
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    encoder.calibrate(torch.rand(2, 1, 32, 32) * 100)
    for name, tensor in encoder.state_dict().items():
        assert torch.equal(tensor, before[name]), name


def test_frozen_blocks_are_not_trained():
    encoder = MobileNetV2Config(width=0.25, frozen=3).build()
    trained = {name.split(".")[1] for name, p in encoder.named_parameters() if p.requires_grad}
    assert trained == {str(index) for index in range(3, 17)}
    before = {name: tensor.clone() for name, tensor in encoder.named_buffers()}
    encoder.train()(torch.rand(2, 1, 32, 32) * 100)
    moved = {name for name, tensor in encoder.named_buffers() if not tensor.equal(before[name])}
    assert {name.split(".")[1] for name in moved} == trained


def test_a_small_input_still_has_a_coarsest_map():
    features = MobileNetV2Config(width=0.25).build().eval()(torch.zeros(1, 1, 32, 32))
    assert features[-1].shape[-2:] == (1, 1)


def test_without_norms_the_published_weights_are_taken_as_they_are(tmp_path):
    bare, normed = (MobileNetV2Config(norm=norm).build() for norm in (False, True))
    assert not any(isinstance(part, torch.nn.BatchNorm2d) for part in bare.modules())
    weights = {k: v / 8 if k.endswith("weight") else v for k, v in published(normed).items()}
    save_file(weights, tmp_path / "w.safetensors")
    for encoder in (bare, normed):
        encoder.load_imagenet(tmp_path / "w.safetensors")
    grey = torch.rand(2, 1, 64, 64) * 100
    bare.calibrate(grey)  # which has nothing to do here
    with torch.inference_mode():
        for ours, theirs in zip(bare.train()(grey), normed.eval()(grey), strict=True):
            assert_close(ours, theirs, atol=1e-3, rtol=1e-3)
