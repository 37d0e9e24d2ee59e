import hashlib
import io
import urllib.request

import pytest
import torch
from safetensors.torch import save_file
from torch.testing import assert_close
from torch.utils.flop_counter import FlopCounterMode

from tintype.errors import ModelError, OptionError
from tintype.learn.encoders import vgg16_weights
from tintype.learn.encoders.vgg16 import VGG16Config
from tintype.learn.encoders.vgg16_weights import fetch_weights

# Simonyan & Zisserman, table 1, column D: channels of each convolution, by block.
CONVOLUTIONS = [(64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512)]


def by_hand(blocks: int, side: int) -> tuple[int, int]:
    """Parameters, and multiplications at ``side``, of the convolutions of the first blocks."""
    parameters, multiplications, c_in = 0, 0, 3
    for block, depths in enumerate(CONVOLUTIONS[:blocks]):
        for depth in depths:
            parameters += 9 * c_in * depth + depth
            multiplications += 9 * c_in * depth * (side >> block) ** 2
            c_in = depth
    return parameters, multiplications


def test_the_hand_count_is_the_published_one():
    """VGG16 has 138,357,544 parameters, of which its three dense layers have 123,642,856."""
    assert by_hand(5, 224)[0] == 138_357_544 - 123_642_856 == 14_714_688


@pytest.mark.parametrize("blocks", [4, 5])
def test_shapes_parameters_and_flops_at_224(blocks):
    with torch.device("meta"):
        encoder = VGG16Config(norm="none", blocks=blocks).build()
        with FlopCounterMode(display=False) as flops:
            features = encoder(torch.zeros(1, 1, 224, 224))
    sides = [224, 112, 56, 28, 14][:blocks]
    depths = [64, 128, 256, 512, 512][:blocks]
    assert [tuple(f.shape) for f in features] == [
        (1, d, s, s) for d, s in zip(depths, sides, strict=True)
    ]
    assert encoder.channels == tuple(depths)
    assert encoder.strides == (1, 2, 4, 8, 16)[:blocks]
    parameters, multiplications = by_hand(blocks, 224)
    assert sum(p.numel() for p in encoder.parameters()) == parameters
    assert flops.get_total_flops() == 2 * multiplications


def test_batch_norm_stands_before_every_relu():
    encoder = VGG16Config(norm="identity").build()
    parameters = sum(p.numel() for p in encoder.parameters())
    channels = sum(depth for block in CONVOLUTIONS[:4] for depth in block)
    assert parameters == by_hand(4, 224)[0] + 2 * channels
    with torch.device("meta"):
        none = VGG16Config(norm="none").build()
    assert not [m for m in none.modules() if isinstance(m, torch.nn.BatchNorm2d)]


@pytest.mark.parametrize(("height", "width"), [(16, 40), (50, 38)])
def test_any_size(height, width):
    encoder = VGG16Config(width=0.1).build()
    shapes = [f.shape[-2:] for f in encoder(torch.rand(1, 1, height, width))]
    assert shapes == [(height >> i, width >> i) for i in range(4)]


def test_taps_behind_the_pooling_halve_every_map():
    torch.manual_seed(0)
    convolutions = VGG16Config(width=0.1).build().eval()
    pools = VGG16Config(width=0.1, taps="pools").build().eval()
    pools.load_state_dict(convolutions.state_dict())
    grey = 100 * torch.rand(1, 1, 32, 48)
    for full, half in zip(convolutions(grey), pools(grey), strict=True):
        assert_close(torch.nn.functional.max_pool2d(full, 2), half)
    assert pools.strides == (2, 4, 8, 16)


def test_the_input_can_be_given_out_as_the_finest_map():
    encoder = VGG16Config(width=0.1, input=True).build()
    grey = 100 * torch.rand(1, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    features = encoder(grey)
    assert [f.shape[1] for f in features] == list(encoder.channels)
    assert encoder.channels[0] == 3
    assert encoder.strides == (1, 1, 2, 4, 8)
    assert_close(features[0], encoder.prepare(grey))


# L* 50 is sRGB 0.4663 (118.9 of 255); worked by hand from CIE 15 and IEC 61966-2-1.
MIDDLE_GREY = torch.full((1, 1, 2, 2), 50.0)


def test_grey_three_times_minus_imagenets_mean():
    prepared = VGG16Config(width=0.1).build().prepare(MIDDLE_GREY)
    expected = torch.tensor((-0.0187 / 0.229, 0.0103 / 0.224, 0.0603 / 0.225))
    assert_close(prepared[0, :, 1, 1], expected, atol=1e-3, rtol=0)


def torchvision_state(encoder, *, with_norm: bool) -> dict[str, torch.Tensor]:
    """A state dict as torchvision lays it out, by its published layer numbers."""
    numbers = (
        [0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40]
        if with_norm
        else [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
    )
    generator = torch.Generator().manual_seed(7)
    state = {"classifier.0.weight": torch.zeros(2, 2)}
    layers = [one for block in encoder.layers() for one in block]
    for number, layer in zip(numbers, layers, strict=False):
        shape = layer.conv.weight.shape
        state[f"features.{number}.weight"] = 0.1 * torch.randn(shape, generator=generator)
        state[f"features.{number}.bias"] = torch.rand(shape[0], generator=generator)
        if with_norm:
            for name in ("weight", "bias", "running_mean", "running_var"):
                state[f"features.{number + 1}.{name}"] = torch.rand(shape[0], generator=generator)
    return state


def plain_forward(state, x, numbers, pools_after):
    """VGG16 straight from a state dict: an oracle that shares no code with the encoder."""
    maps = []
    for position, number in enumerate(numbers):
        x = torch.nn.functional.conv2d(
            x, state[f"features.{number}.weight"], state[f"features.{number}.bias"], padding=1
        ).relu()
        if position in pools_after:
            maps.append(x)
            x = torch.nn.functional.max_pool2d(x, 2)
    return maps


@pytest.fixture
def published(tmp_path):
    """A narrow encoder's torchvision file, and the state in it."""
    encoder = VGG16Config(width=0.1, blocks=5, norm="none").build()
    state = torchvision_state(encoder, with_norm=False)
    torch.save(state, tmp_path / "vgg16.pth")
    return tmp_path / "vgg16.pth", state


def test_loads_torchvisions_file_layer_by_layer(published):
    file, state = published
    encoder = VGG16Config(width=0.1, blocks=5, norm="none").build()
    encoder.load_imagenet(file)
    grey = 100 * torch.rand(1, 1, 32, 32, generator=torch.Generator().manual_seed(1))
    expected = plain_forward(
        state,
        encoder.prepare(grey),
        [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28],
        pools_after=(1, 3, 6, 9, 12),
    )
    assert_close(encoder(grey), tuple(expected))
    assert "torchvision" in encoder.origin


def test_loads_vgg16_bn_with_its_statistics(tmp_path):
    encoder = VGG16Config(width=0.1, norm="published").build()
    state = torchvision_state(encoder, with_norm=True)
    torch.save(state, tmp_path / "bn.pth")
    encoder.load_imagenet(tmp_path / "bn.pth")
    last = encoder.layers()[3][2]
    assert_close(last.conv.weight.data, state["features.30.weight"])
    assert_close(last.batch_norm.running_var, state["features.31.running_var"])
    assert_close(last.batch_norm.bias.data, state["features.31.bias"])


@pytest.mark.parametrize("training", [True, False])
def test_inserted_batch_norm_leaves_the_published_network_as_it_was(published, training):
    file, _ = published
    plain = VGG16Config(width=0.1, norm="none").build()
    normed = VGG16Config(width=0.1, norm="identity").build()
    for encoder in (plain, normed):
        encoder.load_imagenet(file)
    grey = 100 * torch.rand(2, 1, 32, 32, generator=torch.Generator().manual_seed(1))
    normed.calibrate(grey)
    normed.train(training)
    for ours, theirs in zip(normed(grey), plain(grey), strict=True):
        assert_close(ours, theirs, atol=1e-4, rtol=1e-3)


def caffe_file(path, encoder, layers):
    state = {}
    for block, convolutions in enumerate(encoder.layers(), start=1):
        for index, one in enumerate(convolutions, start=1):
            if (name := f"conv{block}_{index}") in layers:
                state[f"{name}.weight"] = torch.full_like(one.conv.weight, 0.01).half()
                state[f"{name}.bias"] = torch.full_like(one.conv.bias, 0.5).half()
    save_file(state, path)
    return path


def test_caffe_weights_are_a_partial_start_and_say_so(tmp_path):
    encoder = VGG16Config(width=0.1).build()
    layers = ["conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv3_3"]
    before = encoder.layers()[3][0].conv.weight.clone()
    encoder.load_imagenet(caffe_file(tmp_path / "v.safetensors", encoder, layers))
    assert encoder.origin == "Caffe VGG16, conv1_1 to conv3_3; conv4_1, conv4_2, conv4_3 are new"
    assert_close(encoder.layers()[2][2].conv.bias.data, torch.full((26,), 0.5))
    assert_close(encoder.layers()[3][0].conv.weight, before)


def test_caffe_weights_bring_their_scaling_with_them(tmp_path):
    """RGB in 0 to 255 minus Caffe's mean, and it is saved with the weights."""
    encoder, other = (VGG16Config(width=0.1).build() for _ in range(2))
    encoder.load_imagenet(caffe_file(tmp_path / "v.safetensors", encoder, ["conv1_1"]))
    expected = torch.tensor((118.914 - 123.68, 118.914 - 116.779, 118.914 - 103.939))
    assert_close(encoder.prepare(MIDDLE_GREY)[0, :, 1, 1], expected, atol=2e-2, rtol=0)
    other.load_state_dict(encoder.state_dict())
    assert_close(other.prepare(MIDDLE_GREY), encoder.prepare(MIDDLE_GREY))


def test_new_layers_keep_an_ordinary_batch_norm(tmp_path):
    encoder = VGG16Config(width=0.1).build()
    encoder.load_imagenet(caffe_file(tmp_path / "v.safetensors", encoder, ["conv1_1"]))
    encoder.calibrate(100 * torch.rand(1, 1, 32, 32))
    norms = [one.batch_norm for block in encoder.layers() for one in block]
    assert not torch.equal(norms[0].weight.data, torch.ones(6))
    assert torch.equal(norms[1].weight.data, torch.ones(6))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"norm": "published"}, "VGG16 without batch norm; the encoder's norm is 'published'"),
        ({"width": 0.2}, r"is \(6, 3, 3, 3\), this encoder needs \(13, 3, 3, 3\)"),
    ],
)
def test_refuses_weights_of_another_make(published, config, message):
    encoder = VGG16Config(**{"width": 0.1, **config}).build()
    with pytest.raises(ModelError, match=message):
        encoder.load_imagenet(published[0])


def test_says_when_there_are_no_weights(tmp_path):
    encoder = VGG16Config(width=0.1).build()
    with pytest.raises(ModelError, match="give one of vgg16, vgg16_bn to download them, or a file"):
        encoder.load_imagenet(tmp_path / "missing.pth")
    (tmp_path / "damaged.pth").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="cannot read VGG16 weights"):
        encoder.load_imagenet(tmp_path / "damaged.pth")
    torch.save({"layer.weight": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(ModelError, match="is no VGG16"):
        encoder.load_imagenet(tmp_path / "other.pth")


def test_downloads_once_checks_and_keeps(tmp_path, monkeypatch):
    data = b"weights"
    url = f"https://example.org/vgg16-{hashlib.sha256(data).hexdigest()[:8]}.pth"
    asked = []

    def answer(address):
        asked.append(address)
        return io.BytesIO(data)

    monkeypatch.setitem(vgg16_weights.PUBLISHED, "vgg16", url)
    monkeypatch.setattr(urllib.request, "urlopen", answer)
    for _ in range(2):
        file = fetch_weights("vgg16", cache=tmp_path)
        assert file.read_bytes() == data
    assert asked == [url]
    assert [f.name for f in tmp_path.iterdir()] == [url.rpartition("/")[2]]

    file.write_bytes(b"altered")
    with pytest.raises(ModelError, match="is not what was published as vgg16"):
        fetch_weights("vgg16", cache=tmp_path)


def test_without_a_network_says_what_to_do(tmp_path, monkeypatch):
    def refuse(_):
        raise OSError("no route to host")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    with pytest.raises(ModelError, match="no route to host; download it elsewhere and give the"):
        fetch_weights("vgg16", cache=tmp_path)
    assert not list(tmp_path.iterdir())


def test_config_names_its_choices():
    with pytest.raises(OptionError, match="norm must be one of identity, published, none; got 'b'"):
        VGG16Config(norm="b")


@pytest.mark.parametrize(
    ("config", "multiple"), [({}, 8), ({"blocks": 5}, 16), ({"taps": "pools"}, 16)]
)
def test_sides_are_multiples_of_the_coarsest_stride(config, multiple):
    described = VGG16Config(width=0.05, **config)
    assert described.multiple == multiple == max(described.build().strides)
