# SPDX-License-Identifier: Apache-2.0
"""How many floating-point operations a network takes, counted while it runs.

ONNX Runtime's own profile says for every node that ran which shapes it met; so whatever the graph
does to its input before the network proper (bringing it to another size, say) is counted as what
it is. The graph is run as it is written, without ONNX Runtime's rewriting, on one input.

A multiplication and the addition that follows it count as two. Convolutions and products of
matrices count, everything else does not, as the field counts: so the figures of other networks can
stand beside these.
"""

import json
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import ModelError
from tintype.inference.runtime import ort

_SILENT = 4  # log severity
Shape = list[int]


def count_operations(network: bytes, feeds: Mapping[str, NDArray[np.float32]]) -> int:
    """Count the operations of one run.

    Args:
        network: an ONNX file's bytes; all of its outputs are computed.
        feeds: the input.

    Returns:
        Twice the multiplications of convolutions and matrix products.

    Raises:
        ModelError: the network has a node that would count, but whose profile does not say enough.
    """
    with tempfile.TemporaryDirectory() as folder:
        options = ort.SessionOptions()
        options.log_severity_level = _SILENT
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(folder, "run"))
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = ort.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        session.run(None, dict(feeds))
        events = json.loads(Path(session.end_profiling()).read_text())
    nodes = [event["args"] for event in events if event.get("cat") == "Node"]
    return sum(_count_node(node) for node in nodes if "output_type_shape" in node)


def _count_node(node: Mapping[str, Any]) -> int:
    """Operations of a node of the profile; 0 of those that do not count."""
    taken, (given, *_) = _shapes(node["input_type_shape"]), _shapes(node["output_type_shape"])
    match node["op_name"]:
        case "Conv":  # kernel (out, in / groups, height, width)
            return 2 * math.prod(given) * math.prod(taken[1][1:])
        case "MatMul":  # (..., rows, inner) times (..., inner, columns)
            return 2 * math.prod(given) * taken[0][-1]
        case "Gemm":  # either may be transposed; the inner size is what rows leave of the first
            return 2 * math.prod(given) * (math.prod(taken[0]) // given[0])
        case "Attention" | "ConvTranspose" | "Einsum" as name:
            raise ModelError(f"the operations of {name} cannot be counted from a profile")
    return 0


def _shapes(tensors: list[Mapping[str, Shape]]) -> list[Shape]:
    """The shapes in the profile's list, of whatever types."""
    return [shape for tensor in tensors for shape in tensor.values()]
