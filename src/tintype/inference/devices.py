# SPDX-License-Identifier: Apache-2.0
"""Where the network runs: the devices a caller can name, as ONNX Runtime's execution providers.

Which of them are there depends on which ONNX Runtime is installed (``onnxruntime`` brings the CPU,
on macOS CoreML too; ``onnxruntime-gpu`` CUDA; ``onnxruntime-directml`` DirectML; and so on). Only
the network runs there; the full-size work around it stays on the CPU.

Source: onnxruntime.ai/docs/execution-providers.
"""

from tintype.errors import OptionError

AUTO = "auto"  # CUDA where there is one, else the CPU
PROVIDERS: dict[str, str] = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "migraphx": "MIGraphXExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "webgpu": "WebGpuExecutionProvider",
}


def choose_device(device: str, available: list[str]) -> str:
    """Settle on one device.

    Args:
        device: a key of :data:`PROVIDERS`, or :data:`AUTO`.
        available: the providers of the ONNX Runtime that is installed.

    Returns:
        A key of :data:`PROVIDERS`.

    Raises:
        OptionError: no such device, or the installed ONNX Runtime has not got it.
    """
    if device == AUTO:
        return "cuda" if PROVIDERS["cuda"] in available else "cpu"
    if device not in PROVIDERS:
        raise OptionError(f"device must be one of {AUTO}, {', '.join(PROVIDERS)}; got {device!r}")
    if PROVIDERS[device] not in available:
        there = [name for name, provider in PROVIDERS.items() if provider in available]
        raise OptionError(
            f"device {device} is not in the ONNX Runtime installed here, which has "
            f"{', '.join(there)}; choose one of these, or install the ONNX Runtime for {device}"
        )
    return device
