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

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tintype.errors import ModelError
from tintype.evaluate.graph import Graph

RGB, LOGITS, FEATURES = "rgb", "logits", "features"

_LAYER = re.compile(r"(\d\d)_(conv|dw)_s([12])")
_BLOCK = 3  # layers of a block
_AFTER_BLOCKS = 2  # the last convolution, and the logits
_DTYPES = {"F16": "<f2", "F32": "<f4"}  # as safetensors names them
_LENGTH = 8  # bytes that say how long the header of a safetensors file is


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
        ModelError: the file cannot be read, or holds another network.
    """
    tensors = read_tensors(file)
    names = sorted({name.rpartition(".")[0] for name in tensors})
    found = [_LAYER.fullmatch(name) for name in names]
    numbers = [int(match[1]) for match in found if match]
    whole = all(f"{name}.{part}" in tensors for name in names for part in ("weight", "bias"))
    if numbers != list(range(len(names))) or len(names) % _BLOCK != _AFTER_BLOCKS or not whole:
        raise ModelError(
            f"{file} is no MobileNetV2 of the layout that tintype.evaluate.mobilenet describes; "
            f"its layers are {', '.join(names[:4])}, ..."
        )
    return [
        Layer(
            weight=tensors[f"{match[0]}.weight"],
            bias=tensors[f"{match[0]}.bias"],
            stride=int(match[3]),
            depthwise=match[2] == "dw",
        )
        for match in found
        if match
    ]


def read_tensors(file: Path) -> dict[str, NDArray[np.float32]]:
    """Read a safetensors file of float16 and float32 tensors; all become float32.

    Raises:
        ModelError: the file cannot be read, is no such file, or holds other types.
    """
    try:
        data = file.read_bytes()
        start = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
        header = json.loads(data[_LENGTH:start])
        header.pop("__metadata__", None)
        return {
            name: np.frombuffer(
                data[start + row["data_offsets"][0] : start + row["data_offsets"][1]],
                _DTYPES[row["dtype"]],
            )
            .astype(np.float32)
            .reshape(row["shape"])
            for name, row in header.items()
        }
    except OSError as error:
        raise ModelError(f"cannot read the classifier {file}: {error.strerror}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{file} is no safetensors file of floats: {error!r}") from error


def build_graph(layers: Sequence[Layer]) -> bytes:
    """The network as an ONNX file.

    Args:
        layers: from :func:`read_layers`.

    Returns:
        A file with input ``rgb`` ``(N, 3, H, W)`` in [-1, 1], and outputs ``logits``
        ``(N, classes)`` and ``features`` ``(N, D)``, the last convolution's mean over the picture.
    """
    graph = Graph()
    limits = (graph.constant(np.array(0, np.float32)), graph.constant(np.array(6, np.float32)))
    x = RGB
    for start in range(0, len(layers) - _AFTER_BLOCKS, _BLOCK):
        x = _add_block(graph, x, layers[start : start + _BLOCK], limits)
    x = graph.node("Clip", [_add_convolution(graph, x, layers[-2]), *limits])
    pooled = graph.node("GlobalAveragePool", [x])
    graph.node("Flatten", [pooled], name=FEATURES)
    graph.node("Flatten", [_add_convolution(graph, pooled, layers[-1])], name=LOGITS)
    classes, channels = layers[-1].weight.shape[:2]
    return graph.to_file(
        {RGB: ("N", 3, "H", "W")}, {LOGITS: ("N", classes), FEATURES: ("N", channels)}
    )


def _add_block(graph: Graph, x: str, block: Sequence[Layer], limits: tuple[str, str]) -> str:
    expand, depthwise, project = block
    y = graph.node("Clip", [_add_convolution(graph, x, expand), *limits])
    y = graph.node("Clip", [_add_convolution(graph, y, depthwise), *limits])
    y = _add_convolution(graph, y, project)
    keeps_size = expand.stride == depthwise.stride == 1
    keeps_channels = expand.weight.shape[1] == len(project.weight)
    return graph.node("Add", [x, y]) if keeps_size and keeps_channels else y


def _add_convolution(graph: Graph, x: str, layer: Layer) -> str:
    side = layer.weight.shape[2]
    before, after = (side // 2, side // 2) if layer.stride == 1 else (0, side // 2)
    return graph.node(
        "Conv",
        [x, graph.constant(layer.weight), graph.constant(layer.bias)],
        attributes={
            "kernel_shape": [side, side],
            "strides": [layer.stride, layer.stride],
            "pads": [before, before, after, after],
            "group": len(layer.weight) if layer.depthwise else 1,
        },
    )
