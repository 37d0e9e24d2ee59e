# SPDX-License-Identifier: Apache-2.0
"""What several tests share: data types, photographs small enough to be quick, a network.

The photographs come with scikit-image: the cameraman (CC0) and Eileen Collins (NASA, public
domain). They are opened by path, so that no test waits for scikit-image to be imported.

The network is a stand-in with the tensors of a real one and an answer that NumPy can give too: the
mean L* of each 4 x 4 block decides between four colours. So the tests are about what surrounds a
network, and need none that is trained.
"""

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

import tintype.inference.runtime  # noqa: F401 - before a test imports ONNX Runtime itself
from tests.web.browser import chromium  # noqa: F401 - a fixture: Playwright starts only once
from tintype.spec.model import METADATA_KEY, Look, ModelSpec, features_of

# Two loaded cores make single examples slow by chance; a check must not fail by chance.
settings.register_profile("here", deadline=None, max_examples=50)
settings.register_profile("checks", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("checks" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def skimage_data() -> Path:
    """The folder of the photographs that come with scikit-image."""
    return Path(find_spec("skimage").origin).parent / "data"


@pytest.fixture(params=["float32", "float64"])
def dtype(request) -> str:
    """Name of a floating data type, in NumPy and in PyTorch."""
    return request.param


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20160313)


@pytest.fixture(scope="session")
def grey_pixels(skimage_data) -> np.ndarray:
    """The cameraman, (61, 90) uint8: not square, and divisible by nothing a network likes."""
    with Image.open(skimage_data / "camera.png") as opened:
        return freeze(
            opened.convert("L").resize((90, 61), Image.Resampling.BOX, (120, 20, 460, 250))
        )


@pytest.fixture(scope="session")
def color_pixels(skimage_data) -> np.ndarray:
    """Eileen Collins, (61, 90, 3) uint8 sRGB: skin, cloth, a flag, strong and weak colours."""
    with Image.open(skimage_data / "astronaut.png") as opened:
        return freeze(
            opened.convert("RGB").resize((90, 61), Image.Resampling.BOX, (0, 0, 512, 347))
        )


@pytest.fixture(scope="session")
def grey_jpeg(grey_pixels) -> bytes:
    """:func:`grey_pixels` as a grey JPEG file."""
    return encode(grey_pixels, "JPEG", quality=95)


@pytest.fixture(scope="session")
def grey_png(grey_pixels) -> bytes:
    """:func:`grey_pixels` as a grey PNG file."""
    return encode(grey_pixels, "PNG")


@pytest.fixture(scope="session")
def color_jpeg(color_pixels) -> bytes:
    """:func:`color_pixels` as a JPEG file."""
    return encode(color_pixels, "JPEG", quality=95)


def freeze(image: Image.Image) -> np.ndarray:
    """Pixels that no test can change under another's feet."""
    pixels = np.array(image)
    pixels.flags.writeable = False
    return pixels


def encode(pixels: np.ndarray, kind: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


STAND_IN = ModelSpec(
    name="stand-in",
    file="",
    sha256="",
    size=64,
    multiple=32,
    stride=4,
    temperature=0.5,
    gain=1.0,
    power=1.0,
    limit=1.0,
    turn=(0.0, 0.0, 0.0, 0.0),
    correction=0.0,
    restraint=0.0,
    members=1,
    looks=(),
    bin_step=10.0,
    hints=False,
    parameters=20,
    license="CC0-1.0",
    card="none",
)
COLORS = np.array([[60, 20], [-20, 40], [-10, -50], [0, 0]], np.float16)  # u*, v* of its bins
SLOPES = np.array([0.08, 0.01, -0.06, -0.02], np.float16)  # of the bins' logits, per L*
LEVELS = np.array([-4.0, 0.5, 2.0, 0.0], np.float16)


@pytest.fixture(scope="session")
def make_stand_in(tmp_path_factory) -> Callable[..., ModelSpec]:
    """Write the stand-in network, with hints and several looks or not; its spec has the path."""

    def make(
        name: str = "stand-in",
        *,
        hints: bool = False,
        looks: tuple[Look, ...] = (),
        broken: str = "",
    ) -> ModelSpec:
        members = 1 + max([0, *(look.member for look in looks)])
        spec = replace(STAND_IN, name=name, hints=hints, members=members, looks=looks)
        path = tmp_path_factory.mktemp("network") / f"{name}.onnx"
        path.write_bytes(stand_in_graph(spec, broken=broken).SerializeToString())
        checksum = hashlib.sha256(path.read_bytes()).hexdigest()
        return replace(spec, file=str(path), sha256=checksum)

    return make


@pytest.fixture(scope="session")
def stand_in(make_stand_in) -> ModelSpec:
    """The stand-in network without hints."""
    return make_stand_in()


CONSTANTS = {
    "slopes16": SLOPES.reshape(4, 1, 1, 1),
    "levels16": LEVELS,
    "colors16": COLORS.T.reshape(2, 4, 1, 1),
    "most": np.array(np.log(4), np.float32),
    "one": np.array(1, np.float32),
    "axis": np.array([1]),
    "halves": np.array([2, 1]),
    "impossible": np.array([7]),
}
BLOCK = {"kernel_shape": [STAND_IN.stride] * 2, "strides": [STAND_IN.stride] * 2}


def stand_in_graph(spec: ModelSpec, *, broken: str):
    """Build the graph; the output named ``broken`` fails when it is computed."""
    from onnx import TensorProto, helper, numpy_helper  # a third of a second: only where needed

    def node(kind: str, inputs: str, output: str, **attributes):
        return helper.make_node(kind, inputs.split(), [output], **attributes)

    def tensor(name: str, *shape: int | str):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))

    nodes = decoding_nodes(spec, node)
    inputs = [tensor("grey", "n", 1, "height", "width"), tensor("temperature")]
    sources = {"chroma": "guess", "confidence": "sure", "log_probabilities": "log_p"}
    if spec.hints:
        inputs.append(tensor("hints", "n", 3, "height", "width"))
        nodes += [
            node("AveragePool", "hints", "hinted", **BLOCK),
            helper.make_node("Split", ["hinted", "halves"], ["uv", "mask"], axis=1),
            node("Sub", "one mask", "free"),
            node("Mul", "guess free", "kept"),
            node("Add", "kept uv", "steered"),
        ]
        sources["chroma"] = "steered"
    if spec.looks:
        inputs += [tensor("others", "n", 4, "rows", "columns"), tensor("looks")]
        sources |= {features_of(member): "own" for member in range(spec.members)}
    nodes += [
        node("Reshape", f"{source} impossible", name)
        if name == broken
        else node("Identity", source, name)
        for name, source in sources.items()
    ]
    outputs = [tensor(name, *"nqhw") for name in sources if name != broken]
    outputs += [tensor(broken, "all")] if broken else []
    weights = [numpy_helper.from_array(value, name) for name, value in CONSTANTS.items()]
    graph = helper.make_graph(nodes, spec.name, inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, {METADATA_KEY: spec.to_json()})
    return model


def decoding_nodes(spec: ModelSpec, node: Callable[..., Any]) -> list[Any]:
    """From ``grey``, and other looks if it takes them, to ``guess``, ``sure`` and ``log_p``."""
    return [
        *(node("Cast", f"{name}16", name, to=1) for name in ("slopes", "levels", "colors")),
        node("AveragePool", "grey", "light", **BLOCK),
        node("Conv", "light slopes levels", "own"),
        *(
            [node("Add", "own others", "sum"), node("Div", "sum looks", "logits")]
            if spec.looks
            else [node("Identity", "own", "logits")]
        ),
        node("Div", "logits temperature", "annealed"),
        node("Softmax", "annealed", "weights", axis=1),
        node("Conv", "weights colors", "guess"),
        node("LogSoftmax", "logits", "log_p", axis=1),
        node("Exp", "log_p", "p"),
        node("Mul", "p log_p", "terms"),
        node("ReduceSum", "terms axis", "negative_entropy", keepdims=1),
        node("Div", "negative_entropy most", "doubt"),
        node("Add", "doubt one", "sure"),
    ]
