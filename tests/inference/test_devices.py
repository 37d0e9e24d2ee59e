# SPDX-License-Identifier: Apache-2.0
import onnxruntime
import pytest

from tintype.errors import OptionError
from tintype.inference.devices import AUTO, PROVIDERS, choose_device
from tintype.spec.options import EngineOptions

CPU, CUDA, COREML = (PROVIDERS[name] for name in ("cpu", "cuda", "coreml"))


def test_the_options_know_the_same_devices():
    among = EngineOptions.__dataclass_fields__["device"].metadata["among"]
    assert among == (AUTO, *PROVIDERS)


def test_every_provider_is_one_that_onnx_runtime_knows():
    assert set(PROVIDERS.values()) <= set(onnxruntime.get_all_providers())


@pytest.mark.parametrize(
    ("device", "available", "chosen"),
    [
        ("auto", [CPU], "cpu"),
        ("auto", [COREML, CPU], "cpu"),
        ("auto", [CUDA, CPU], "cuda"),
        ("cpu", [CUDA, CPU], "cpu"),
        ("coreml", [COREML, CPU], "coreml"),
    ],
)
def test_a_device_that_is_there_is_chosen(device, available, chosen):
    assert choose_device(device, available) == chosen


def test_a_device_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(OptionError, match=r"device cuda is not .* which has cpu, coreml; choose"):
        choose_device("cuda", [COREML, CPU, "AzureExecutionProvider"])


def test_an_unknown_device_is_refused_with_those_that_are_known():
    with pytest.raises(OptionError, match=r"one of auto, cpu, cuda, .*; got 'tpu'"):
        choose_device("tpu", [CPU])
