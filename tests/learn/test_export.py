# SPDX-License-Identifier: Apache-2.0
"""The exported graph computes what the network computes, at any size."""

import copy
from dataclasses import replace

import numpy as np
import onnxruntime as ort
import pytest
import torch
from torch.nn import functional as F

from tintype.errors import OptionError, OutputError
from tintype.learn.export import Predictor, export
from tintype.learn.heads.uv_regression import UVRegressionConfig
from tintype.learn.network import Network
from tintype.learn.weights import count_members, load_weights
from tintype.spec.model import CHROMA, CONFIDENCE, LOG_PROBABILITIES, Look, ModelSpec, features_of
from tintype.spec.models import find_model

pytestmark = [
    pytest.mark.slow,
]
SPEC = ModelSpec(
    name="small",
    file="small.onnx",
    sha256="",
    size=64,
    multiple=32,
    stride=4,
    temperature=0.4,
    gain=1.2,
    power=1.3,
    limit=1.5,
    turn=(-0.05, 0.02, 0.06, -0.01),
    correction=0.5,
    restraint=0.01,
    members=1,
    looks=(Look(scale=1.4, mirrored=True, member=0),),
    bin_step=40.0,
    hints=True,
    parameters=0,
    license="none",
    card="",
)

PLAIN = replace(
    SPEC, gain=1.0, power=1.0, limit=1.0, turn=(0.0,) * 4, correction=0.0, restraint=0.0
)


@pytest.fixture(scope="module")
def network(small_network_config) -> Network:
    torch.manual_seed(0)
    decoder = replace(small_network_config.decoder, mixing="separable", hints=True)
    config = replace(small_network_config, decoder=decoder)
    network = Network(config)
    with torch.no_grad():
        for pool in network.decoder.hints:
            torch.nn.init.normal_(pool.spread.weight)  # as if trained
        for _ in range(3):  # norms with statistics of their own
            network(torch.rand(2, 1, 64, 64) * 100)
    return network.eval()


@pytest.fixture(scope="module")
def second(network) -> Network:
    """Another network, narrower than the first, with a head of its own."""
    torch.manual_seed(1)
    decoder = replace(network.config.decoder, widths=(4, 8, 8))
    second = Network(replace(network.config, decoder=decoder))
    second.head.scores.bias.data.normal_()
    return second.eval()


@pytest.fixture(scope="module")
def exported(network, second, tmp_path_factory):
    file = tmp_path_factory.mktemp("export") / "small.onnx"
    return file, export([network, second], SPEC, file)


@pytest.mark.parametrize("size", [(64, 64), (32, 160), (96, 32)])
@pytest.mark.parametrize("temperature", [1.0, 0.4])
def test_onnx_runtime_agrees_with_pytorch_on_the_same_rounded_weights(
    network, second, exported, size, temperature, rng
):
    session = ort.InferenceSession(exported[0])
    grey = rng.uniform(0, 100, (2, 1, *size)).astype(np.float32)
    hints = rng.normal(0, 30, (2, 3, *size)).astype(np.float32)
    hints[:, 2] = hints[:, 2] > 45
    channels = 8 + 4 + 1  # the members', and a constant
    others = rng.normal(0, 1, (2, channels, size[0] // 4, size[1] // 4)).astype(np.float32)
    scalars = {"temperature": np.float32(temperature), "looks": np.float32(3)}
    feeds = {"grey": grey, "hints": hints, "others": others}
    names = [CHROMA, CONFIDENCE, LOG_PROBABILITIES, features_of(0), features_of(1)]
    outputs = session.run(names, feeds | {n: np.array(x) for n, x in scalars.items()})
    with torch.inference_mode():
        tensors = {n: torch.from_numpy(x) for n, x in feeds.items()}
        expected = Predictor([network, second], SPEC)(
            **tensors, **{n: torch.tensor(x) for n, x in scalars.items()}
        )
    for name, ours, theirs in zip(names, outputs, expected, strict=True):
        difference = np.abs(ours - theirs.numpy())
        assert difference.mean() <= 1e-3, name
        assert difference.max() <= 1e-2, name


def test_a_folder_that_is_not_there_is_named(network, tmp_path):
    with pytest.raises(OutputError, match=r"cannot write .*nowhere.small\.onnx: No such file"):
        export([network], SPEC, tmp_path / "nowhere" / "small.onnx")


def test_a_plain_decode_in_the_graph_is_the_heads_own(network, rng):
    predictor = Predictor([network], PLAIN)
    predictor.penalties.zero_()
    grey = torch.from_numpy(rng.uniform(0, 100, (1, 1, 64, 64)).astype(np.float32))
    with torch.inference_mode():
        chroma, confidence, logs, _ = predictor(grey, torch.tensor(0.4))
        raw = network(grey)
        torch.testing.assert_close(chroma, network.head.decode(raw, 0.4), atol=0.2, rtol=0.02)
        torch.testing.assert_close(confidence, network.head.confidence(raw), atol=0.01, rtol=0.02)
        torch.testing.assert_close(logs, network.head.log_probabilities(raw), atol=0.05, rtol=0.02)


def test_the_correction_takes_the_rarity_weights_back(network, rng):
    weighted = copy.deepcopy(network)
    weighted.head.rarity.copy_(torch.linspace(0.5, 4, len(weighted.head.rarity)))
    grey = torch.from_numpy(rng.uniform(0, 100, (1, 1, 64, 64)).astype(np.float32))

    def log_ratio(correction: float) -> torch.Tensor:
        with torch.inference_mode():
            spec = replace(SPEC, correction=correction)
            logs = Predictor([weighted], spec)(grey, torch.tensor(1.0))[2]
        return (logs[:, -1] - logs[:, 0]).mean()

    torch.testing.assert_close(
        log_ratio(0.0) - log_ratio(0.5), 0.5 * torch.tensor(8.0).log(), atol=0.01, rtol=0
    )


def test_restraint_takes_from_a_class_by_its_chroma(network, rng):
    grey = torch.from_numpy(rng.uniform(0, 100, (1, 1, 64, 64)).astype(np.float32))
    with torch.inference_mode():
        free, held = (
            Predictor([network], replace(SPEC, restraint=restraint))(grey, torch.tensor(1.0))[2]
            for restraint in (0.0, 0.02)
        )
    strength = np.hypot(*network.head.bins.centers.T)
    lost = (free - held).mean(dim=(0, 2, 3)).numpy()
    np.testing.assert_allclose(
        lost - lost[strength.argmin()], 0.02 * (strength - strength.min()), atol=2e-3
    )


def test_scores_are_the_mean_of_all_looks(network, rng):
    predictor = Predictor([network], SPEC)
    warmth = torch.tensor(1.0)
    first, second = (
        torch.from_numpy(rng.uniform(0, 100, (1, 1, 64, 96)).astype(np.float32)) for _ in range(2)
    )
    predictor.penalties.zero_()  # they go by the first look's lightness
    with torch.inference_mode():
        (*_, one, _), (*_, other, features) = (predictor(grey, warmth) for grey in (first, second))
        both = predictor(first, warmth, others=features, looks=torch.tensor(2.0))[2]
    torch.testing.assert_close(both, ((one + other) / 2).log_softmax(1), atol=1e-4, rtol=1e-4)
    assert (one - other).abs().max() > 0.02


def test_members_scores_are_averaged_each_by_its_own_weights(network, second, rng):
    warmth = torch.tensor(1.0)
    grey = torch.from_numpy(rng.uniform(0, 100, (1, 1, 64, 96)).astype(np.float32))
    both = Predictor([network, second], SPEC)
    alone = [Predictor([each], SPEC) for each in (network, second)]
    for predictor in (both, *alone):
        predictor.penalties.zero_()
    with torch.inference_mode():
        one, other = (predictor(grey, warmth)[2] for predictor in alone)
        *_, first, further = both(grey, warmth)
        assert torch.equal(both(grey, warmth)[2], one)  # the first look is the first one's
        looks = torch.tensor(3.0)
        answer = both(grey, warmth, others=first + further, looks=looks)[2]
    mean = ((2 * one + other) / 3).log_softmax(1)
    torch.testing.assert_close(answer, mean, atol=0.02, rtol=0.01)  # float16 weights
    assert (one - other).abs().max() > 0.5


def test_members_may_see_down_to_different_sizes(network, rng):
    encoder = replace(network.config.encoder, stages=4)
    decoder = replace(network.config.decoder, widths=(8, 8), blocks=(1, 1), context_stride=16)
    shallow = Network(replace(network.config, encoder=encoder, decoder=decoder)).eval()
    assert (network.multiple, shallow.multiple) == (32, 16)
    grey = torch.from_numpy(rng.uniform(0, 100, (1, 1, 32, 64)).astype(np.float32))
    for members in ([network, shallow], [shallow, network]):
        with torch.inference_mode():
            chroma, *_, one, other = Predictor(members, SPEC)(grey, torch.tensor(0.4))
        assert chroma.shape == (1, 2, 8, 16)
        assert one.shape == other.shape


def test_members_that_do_not_fit_together_are_refused(network):
    hintless = replace(network.config, decoder=replace(network.config.decoder, hints=False))
    with pytest.raises(OptionError, match="members must take and give alike"):
        Predictor([network, Network(hintless)], SPEC)


def test_a_network_of_another_head_is_refused(network):
    config = replace(network.config, head=UVRegressionConfig())
    with pytest.raises(OptionError, match="only networks that predict joint bins"):
        Predictor([Network(config)], SPEC)


def test_what_no_display_can_show_is_made_unlikely(network):
    predictor = Predictor([network], SPEC)
    dark, middle = (torch.full((1, 1, 64, 64), light) for light in (4.0, 55.0))
    free = Predictor([network], SPEC)
    free.penalties.zero_()
    far = np.hypot(*predictor.centers.numpy().T) > 60
    with torch.inference_mode():
        for grey, lost in ((dark, 1.0), (middle, 0.0)):
            logs, before = (
                p(grey, torch.tensor(1.0))[2].exp()[:, far].sum(1) for p in (predictor, free)
            )
            assert ((logs < 0.5 * before).float().mean() == lost).item()


def test_a_hint_goes_in_as_the_curve_will_bring_it_out(network):
    spec = replace(SPEC, gain=1.5, power=1.4)
    predictor = Predictor([network], spec)
    hints = torch.zeros(1, 3, 64, 64)
    hints[:, 0, 8:16, 8:16], hints[:, 1, 8:16, 8:16], hints[:, 2, 8:16, 8:16] = 12.0, 9.0, 1.0
    light = torch.full((1, 1, 16, 16), 60.0)
    seen = predictor._before_the_curve(hints, light, light)
    cells = F.avg_pool2d(hints, 4)
    torch.testing.assert_close(spec.curve.apply(seen[:, :2], light, light), cells[:, :2])
    assert not torch.equal(seen[:, :2], cells[:, :2])
    assert torch.equal(seen[:, 2:], cells[:, 2:])


def test_hints_say_the_same_pooled_to_cells(network, rng):
    grey = torch.from_numpy(rng.uniform(0, 100, (1, 1, 64, 96)).astype(np.float32))
    hints = torch.zeros(1, 3, 64, 96)
    hints[:, :, 9, 17] = torch.tensor([60.0, -30.0, 1.0])  # a point
    hints[:, :, 21:45, 30:52] = torch.tensor([-20.0, 40.0, 1.0])[:, None, None]
    predictor = Predictor([network], PLAIN)
    predictor.penalties.zero_()
    with torch.inference_mode():
        chroma = predictor(grey, torch.tensor(0.4), hints)[0]
        expected = network.head.decode(network(grey, hints), 0.4)
        plain = network.head.decode(network(grey), 0.4)
    torch.testing.assert_close(chroma, expected, atol=0.2, rtol=0.02)
    assert (expected - plain).abs().max() > 2


def test_the_file_says_what_it_is(network, second, exported):
    file, spec = exported
    found = find_model(file)
    assert replace(found, file=spec.file) == spec
    predictor = Predictor([network, second], SPEC)
    assert spec.parameters == sum(p.numel() for p in predictor.parameters())
    assert spec.members == 2
    assert spec.multiple == 32


def test_weights_are_stored_in_half_the_bytes(exported):
    file, spec = exported
    assert file.stat().st_size < 2 * spec.parameters + 200_000


def test_the_weights_beside_it_rebuild_each_member(network, second, exported):
    file = exported[0].with_suffix(".safetensors")
    assert count_members(file) == 2
    for member, network_then in enumerate((network, second)):
        rebuilt = Network(network_then.config)
        load_weights(rebuilt, file, member=member)
        for name, tensor in network_then.state_dict().items():
            torch.testing.assert_close(rebuilt.state_dict()[name], tensor, atol=2e-3, rtol=1e-3)
