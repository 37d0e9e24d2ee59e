# SPDX-License-Identifier: Apache-2.0
"""MobileNetV2 from a safetensors file to an ONNX graph, for the evaluation's classifier.

Batch norm is folded into weight and bias, which are float16 or float32, OIHW, under the keys
``NN_{conv|dw}_s{stride}.{weight|bias}`` in the order of the layers: blocks of three (expand 1×1,
depthwise 3×3, project 1×1; the first block expands by the 3×3 stem), a last 1×1 convolution, the
mean over the picture, and the logits, whose class 0 is "background". ReLU6 follows every layer but
the projections and the logits; a residual is added where stride is 1 and the channels agree; 3×3
layers of stride 2 pad right and bottom only. RGB is in [-1, 1].

Source: M. Sandler et al., "MobileNetV2", CVPR 2018, section 3; padding as TensorFlow's SAME.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import MissingExtra, ModelError

RGB, LOGITS, FEATURES = "rgb", "logits", "features"

_LAYER = re.compile(r"(\d\d)_(conv|dw)_s([12])")
_BLOCK = 3  # layers of a block
_AFTER_BLOCKS = 2  # the last convolution, and the logits
_OPSET = 17
_IR_VERSION = 9


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Layer:
    """One convolution: weights OIHW, one group a channel if depthwise."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    stride: int
    depthwise: bool


def read_layers(file: Path) -> list[Layer]:
    """Read the layers, in order.

    Raises:
        MissingExtra: safetensors is not installed.
        ModelError: the file cannot be read, or holds another network.
    """
    try:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
    except ModuleNotFoundError as error:
        raise _missing("safetensors") from error
    try:
        tensors = load_file(file)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"cannot read the classifier {file}: {error}") from error
    names = sorted({name.rpartition(".")[0] for name in tensors})
    found = [_LAYER.fullmatch(name) for name in names]
    numbers = [int(match[1]) for match in found if match]
    whole = all(f"{name}.{part}" in tensors for name in names for part in ("weight", "bias"))
    if numbers != list(range(len(names))) or len(names) % _BLOCK != _AFTER_BLOCKS or not whole:
        raise ModelError(
            f"{file} is no MobileNetV2 of the layout that tintype.evaluate.mobilenet describes; "
            f"its layers are {', '.join(names[:4])}, …"
        )
    return [
        Layer(
            weight=tensors[f"{match[0]}.weight"].astype(np.float32),
            bias=tensors[f"{match[0]}.bias"].astype(np.float32),
            stride=int(match[3]),
            depthwise=match[2] == "dw",
        )
        for match in found
        if match
    ]


def build_graph(layers: Sequence[Layer]) -> bytes:
    """The network as an ONNX file.

    Args:
        layers: from :func:`read_layers`.

    Returns:
        A file with input ``rgb`` ``(N, 3, H, W)`` in [-1, 1], and outputs ``logits``
        ``(N, classes)`` and ``features`` ``(N, D)``, the last convolution's mean over the picture.

    Raises:
        MissingExtra: onnx is not installed.
    """
    try:
        from onnx import TensorProto, helper
    except ModuleNotFoundError as error:
        raise _missing("onnx") from error
    graph = _Graph()
    x = RGB
    for start in range(0, len(layers) - _AFTER_BLOCKS, _BLOCK):
        x = graph.add_block(x, layers[start : start + _BLOCK])
    x = graph.add_convolution(x, layers[-2])
    pooled = graph.add("GlobalAveragePool", [x])
    graph.add("Flatten", [pooled], name=FEATURES)
    graph.add("Flatten", [graph.add_convolution(pooled, layers[-1], relu=False)], name=LOGITS)
    image = helper.make_tensor_value_info(RGB, TensorProto.FLOAT, ["N", 3, "H", "W"])
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", "D"])
        for name in (LOGITS, FEATURES)
    ]
    made = helper.make_graph(graph.nodes, "mobilenet_v2", [image], outputs, graph.constants)
    opset = [helper.make_opsetid("", _OPSET)]
    model = helper.make_model(made, opset_imports=opset, ir_version=_IR_VERSION)
    return bytes(model.SerializeToString())


class _Graph:
    """ONNX nodes and constants as they are put together."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._zero = self.add_constant(np.float32(0))
        self._six = self.add_constant(np.float32(6))

    def add(self, kind: str, inputs: list[str], *, name: str = "", **attributes: Any) -> str:
        """A node; returns the name of its output."""
        from onnx import helper

        output = name or f"x{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def add_constant(self, value: Any) -> str:
        from onnx import numpy_helper

        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add_convolution(self, x: str, layer: Layer, *, relu: bool = True) -> str:
        side = layer.weight.shape[2]
        before, after = (side // 2, side // 2) if layer.stride == 1 else (0, side // 2)
        out = self.add(
            "Conv",
            [x, self.add_constant(layer.weight), self.add_constant(layer.bias)],
            kernel_shape=[side, side],
            strides=[layer.stride] * 2,
            pads=[before, before, after, after],
            group=len(layer.weight) if layer.depthwise else 1,
        )
        return self.add("Clip", [out, self._zero, self._six]) if relu else out

    def add_block(self, x: str, block: Sequence[Layer]) -> str:
        expand, depthwise, project = block
        y = self.add_convolution(self.add_convolution(x, expand), depthwise)
        y = self.add_convolution(y, project, relu=False)
        keeps_size = expand.stride == depthwise.stride == 1
        keeps_channels = expand.weight.shape[1] == len(project.weight)
        return self.add("Add", [x, y]) if keeps_size and keeps_channels else y


def _missing(package: str) -> MissingExtra:
    return MissingExtra(
        f"the classifier needs {package}, which is not installed; install it with: "
        "pip install 'tintype[evaluate]'"
    )
