# SPDX-License-Identifier: Apache-2.0
"""Hints drawn from the truth: what a network makes of a few places where the colour is known.

The points are drawn by the seed and the photograph's key, so that they do not depend on the order
of the photographs; and the first k of n points are the k points, so that more points only add.

Source: the protocol of R. Zhang et al., "Real-Time User-Guided Image Colorization with Learned Deep
Priors", SIGGRAPH 2017, section 4: random places, each with the mean true colour of a small patch.
"""

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tintype.color.gamut import fit_chroma
from tintype.color.luv import luv_to_rgb
from tintype.metrics.pairs import to_bytes
from tintype.spec.hints import DEFAULT_RADIUS, Hint


def draw_points(luv: NDArray[np.float32], count: int, *, key: str, seed: int) -> list[Hint]:
    """Draw hints of the true colours.

    Args:
        luv: ``(3, H, W)`` float32: the true L*, u*, v*.
        count: how many points; two may coincide.
        key: the photograph's.
        seed: of the drawing.

    Returns:
        Hints in pixels of the photograph, each with the mean true colour of its disc's square.
    """
    height, width = luv.shape[1:]
    generator = np.random.default_rng((seed, crc32(key.encode())))
    places = (generator.random((count, 2)) * (height, width)).astype(int)
    radius = max(1, round(DEFAULT_RADIUS * min(height, width)))
    return [
        Hint(x=int(x), y=int(y), color=_patch_color(luv, y, x, radius), radius=radius)
        for y, x in places
    ]


def _patch_color(luv: NDArray[np.float32], y: int, x: int, radius: int) -> str:
    """Mean colour round a pixel, as ``#RRGGBB``."""
    rows = slice(max(0, y - radius), y + radius + 1)
    columns = slice(max(0, x - radius), x + radius + 1)
    mean = luv[:, rows, columns].mean(axis=(1, 2), keepdims=True)
    return "#" + to_bytes(luv_to_rgb(fit_chroma(mean))).tobytes().hex()
