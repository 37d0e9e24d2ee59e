# SPDX-License-Identifier: Apache-2.0
"""The exported graph computes what the network computes, at any size."""

from dataclasses import replace

import numpy as np
import onnxruntime as ort
import pytest
import torch

from tintype.learn.export import Predictor, export
from tintype.learn.network import Network
from tintype.learn.weights import load_weights
from tintype.spec.model import CHROMA, CONFIDENCE, LOG_PROBABILITIES, ModelSpec
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
    bin_step=40.0,
    hints=True,
    parameters=0,
    license="none",
    card="",
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
def exported(network, tmp_path_factory):
    file = tmp_path_factory.mktemp("export") / "small.onnx"
    return file, export(network, SPEC, file)


@pytest.mark.parametrize("size", [(64, 64), (32, 160), (96, 32)])
@pytest.mark.parametrize("temperature", [1.0, 0.4])
def test_onnx_runtime_agrees_with_pytorch_on_the_same_rounded_weights(
    network, exported, size, temperature, rng
):
    session = ort.InferenceSession(exported[0])
    grey = rng.uniform(0, 100, (2, 1, *size)).astype(np.float32)
    hints = rng.normal(0, 30, (2, 3, *size)).astype(np.float32)
    hints[:, 2] = hints[:, 2] > 45
    names = [CHROMA, CONFIDENCE, LOG_PROBABILITIES]
    warmth = np.array(temperature, np.float32)
    outputs = session.run(names, {"grey": grey, "hints": hints, "temperature": warmth})
    with torch.inference_mode():
        expected = Predictor(network)(
            torch.from_numpy(grey), torch.tensor(temperature), torch.from_numpy(hints)
        )
    for name, ours, theirs in zip(names, outputs, expected, strict=True):
        difference = np.abs(ours - theirs.numpy())
        assert difference.mean() <= 1e-3, name
        assert difference.max() <= 1e-2, name


def test_the_decode_in_the_graph_is_the_heads_own(network, rng):
    predictor = Predictor(network)
    grey = torch.from_numpy(rng.uniform(0, 100, (1, 1, 64, 64)).astype(np.float32))
    with torch.inference_mode():
        chroma, confidence, logs = predictor(grey, torch.tensor(0.4))
        raw = network(grey)
        torch.testing.assert_close(chroma, network.head.decode(raw, 0.4), atol=0.2, rtol=0.02)
        torch.testing.assert_close(confidence, network.head.confidence(raw), atol=0.01, rtol=0.02)
        torch.testing.assert_close(logs, network.head.log_probabilities(raw), atol=0.05, rtol=0.02)


def test_the_file_says_what_it_is(network, exported):
    file, spec = exported
    found = find_model(file)
    assert replace(found, file=spec.file) == spec
    assert spec.parameters == sum(p.numel() for p in Predictor(network).parameters())


def test_weights_are_stored_in_half_the_bytes(exported):
    file, spec = exported
    assert file.stat().st_size < 2 * spec.parameters + 150_000


def test_the_weights_beside_it_rebuild_the_network(network, exported, small_network_config):
    rebuilt = Network(network.config)
    load_weights(rebuilt, exported[0].with_suffix(".safetensors"))
    for name, tensor in network.state_dict().items():
        torch.testing.assert_close(rebuilt.state_dict()[name], tensor, atol=2e-3, rtol=1e-3)
