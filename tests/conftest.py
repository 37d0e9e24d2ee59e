# SPDX-License-Identifier: Apache-2.0
"""What several tests share: data types, photographs small enough to be quick, their bytes.

The photographs come with scikit-image: the cameraman (CC0) and Eileen Collins (NASA, public
domain). They are opened by path, so that no test waits for scikit-image to be imported.
"""

import io
import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

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
