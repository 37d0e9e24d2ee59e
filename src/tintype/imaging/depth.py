# SPDX-License-Identifier: Apache-2.0
"""Samples from one depth to another, rounded to nearest."""

from dataclasses import replace

import numpy as np

from tintype.imaging.photograph import DEPTHS, Photograph, Pixels

_STRIP_ROWS = 256


def at_depth(photograph: Photograph, allowed: tuple[str, ...]) -> Photograph:
    """Bring a photograph to a depth that is allowed.

    Args:
        photograph: what to convert.
        allowed: names of sample types, smallest first.

    Returns:
        The photograph as it is where its type is among them, else with the largest of them.
    """
    if photograph.pixels.dtype.name in allowed:
        return photograph
    dtype = np.dtype(allowed[-1])
    alpha = photograph.alpha
    return replace(
        photograph,
        pixels=convert_depth(photograph.pixels, dtype),
        alpha=None if alpha is None else convert_depth(alpha, dtype),
    )


def convert_depth(samples: Pixels, dtype: np.dtype[np.generic]) -> Pixels:
    """Scale samples from their depth's white to that of ``dtype``, one of :data:`DEPTHS`."""
    old, new = DEPTHS[samples.dtype], DEPTHS[dtype]
    if samples.dtype == np.uint16 and dtype == np.uint8:
        table = ((np.arange(65536, dtype=np.uint32) * new + old // 2) // old).astype(np.uint8)
        return np.take(table, samples)
    result = np.empty(samples.shape, dtype)
    for top in range(0, len(samples), _STRIP_ROWS):
        scaled = samples[top : top + _STRIP_ROWS] * np.float64(new / old)
        result[top : top + _STRIP_ROWS] = scaled if new == 1 else np.rint(np.clip(scaled, 0, new))
    return result


def to_16_bits(samples: Pixels, bits: int) -> Pixels:
    """Scale uint16 samples of 9 to 16 ``bits`` up to 16, so that white is 65535."""
    white = (1 << bits) - 1
    if bits == 16:
        return samples
    table = (np.arange(white + 1, dtype=np.uint64) * 65535 + white // 2) // white
    return np.take(table.astype(np.uint16), np.minimum(samples, white))
