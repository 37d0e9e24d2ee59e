# SPDX-License-Identifier: Apache-2.0
"""Oracles: safetensors reads the file, PyTorch computes the network as its description says."""

import numpy as np
import onnxruntime as ort
import pytest
import torch
from safetensors.numpy import load_file, save_file
from torch.nn import functional as F

from tintype.errors import ModelError
from tintype.evaluate.mobilenet import FEATURES, LOGITS, RGB, build_graph, read_layers, read_tensors


def run(file, rgb: np.ndarray) -> list[np.ndarray]:
    session = ort.InferenceSession(build_graph(read_layers(file)))
    return session.run([LOGITS, FEATURES], {RGB: rgb})


def expected(file, rgb: np.ndarray) -> list[np.ndarray]:
    """The small network written out, layer by layer."""
    weights = {name: torch.from_numpy(t.astype(np.float32)) for name, t in load_file(file).items()}

    def layer(name: str, x: torch.Tensor, **options) -> torch.Tensor:
        return F.conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], **options)

    def right_and_bottom(x: torch.Tensor) -> torch.Tensor:
        return F.pad(x, (0, 1, 0, 1))

    x = F.relu6(layer("00_conv_s2", right_and_bottom(torch.from_numpy(rgb)), stride=2))
    x = F.relu6(layer("01_dw_s1", x, padding=1, groups=4))
    x = layer("02_conv_s1", x)
    y = F.relu6(layer("04_dw_s1", F.relu6(layer("03_conv_s1", x)), padding=1, groups=12))
    x = x + layer("05_conv_s1", y)
    y = right_and_bottom(F.relu6(layer("06_conv_s1", x)))
    x = layer("08_conv_s1", F.relu6(layer("07_dw_s2", y, stride=2, groups=12)))
    features = F.relu6(layer("09_conv_s1", x)).mean((2, 3), keepdim=True)
    logits = layer("10_conv_s1", features)
    return [logits.flatten(1).numpy(), features.flatten(1).numpy()]


@pytest.mark.parametrize("size", [(32, 32), (20, 28)])
def test_it_computes_what_pytorch_does(classifier_file, rng, size):
    rgb = rng.uniform(-1, 1, (2, 3, *size)).astype(np.float32)
    found = run(classifier_file, rgb)
    for one, other in zip(found, expected(classifier_file, rgb), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_tensors_are_those_that_safetensors_reads(classifier_file):
    found, oracle = read_tensors(classifier_file), load_file(classifier_file)
    assert found.keys() == oracle.keys()
    for name, tensor in oracle.items():
        assert found[name].dtype == np.float32
        np.testing.assert_array_equal(found[name], tensor)


def test_another_network_is_refused(tmp_path):
    file = tmp_path / "other.safetensors"
    save_file({"conv1.weight": np.zeros((2, 2), np.float32)}, file)
    with pytest.raises(ModelError, match="no MobileNetV2 of the layout .* its layers are conv1"):
        read_layers(file)


def test_a_missing_bias_or_layer_is_refused(tmp_path, classifier_file):
    tensors = load_file(classifier_file)
    for lost in (("04_dw_s1.bias",), ("10_conv_s1",), ("03", "04", "05")):
        some = {name: t for name, t in tensors.items() if not name.startswith(lost)}
        save_file(some, tmp_path / "lost.safetensors")
        with pytest.raises(ModelError, match="no MobileNetV2"):
            read_layers(tmp_path / "lost.safetensors")


@pytest.mark.parametrize("data", [b"", b"no tensors at all", b"\x04\0\0\0\0\0\0\0[{}]"])
def test_what_is_no_safetensors_file_is_refused(tmp_path, data):
    (tmp_path / "bad").write_bytes(data)
    with pytest.raises(ModelError, match="bad is no safetensors file"):
        read_tensors(tmp_path / "bad")


def test_other_types_of_numbers_are_refused(tmp_path):
    save_file({"a": np.zeros(3, np.int64)}, tmp_path / "integers")
    with pytest.raises(ModelError, match="integers is no safetensors file of floats: KeyError"):
        read_tensors(tmp_path / "integers")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match="cannot read the classifier .*gone: No such file"):
        read_layers(tmp_path / "gone")
