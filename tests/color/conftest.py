# SPDX-License-Identifier: Apache-2.0
"""The same colours as NumPy arrays and as PyTorch tensors, in either precision."""

from collections.abc import Callable
from typing import Any

import colour
import numpy as np
import pytest
import torch

Make = Callable[..., Any]


@pytest.fixture(params=["numpy", "torch"])
def make(request, dtype) -> Make:
    """``make(colors)``: ``(3,)`` or ``(N, 3)`` channels-last to an image ``(3, 1, N)``."""
    library = {"numpy": np, "torch": torch}[request.param]

    def image(colors: Any) -> Any:
        planes = np.atleast_2d(np.asarray(colors, dtype=np.float64)).T[:, None]
        return library.asarray(np.ascontiguousarray(planes), dtype=getattr(library, dtype))

    return image


@pytest.fixture(scope="session")
def d65() -> np.ndarray:
    """The white of sRGB, (x, y), as IEC 61966-2-1 states it."""
    return np.array([0.3127, 0.3290])


@pytest.fixture(scope="session")
def rgb_to_xyz(d65) -> np.ndarray:
    """colour-science's 3x3 matrix, derived from the primaries; by default it has a rounded one."""
    return colour.normalised_primary_matrix(
        np.array([[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]]), d65
    )


@pytest.fixture(scope="session")
def cube() -> np.ndarray:
    """``(N, 3)`` float64: the RGB cube on a grid of 21 levels."""
    levels = np.linspace(0, 1, 21)
    return np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 3)


@pytest.fixture(scope="session")
def bytes_of_grey() -> np.ndarray:
    """``(256, 3)`` float64: every grey of 8 bits."""
    return np.repeat(np.arange(256)[:, None] / 255, 3, axis=1)
