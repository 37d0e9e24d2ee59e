# SPDX-License-Identifier: Apache-2.0
"""The guided filter against its definition, written out pixel by pixel, and what it is for."""

import numpy as np
import pytest

from tintype.video.guided import spread

EDGE = 16.0


def by_definition(chroma, weight, guide, row, column, radius):
    """Equations 5 to 8 of the paper at one pixel, weighted, by plain sums."""

    def window(plane, y, x):
        return plane[y - radius : y + radius + 1, x - radius : x + radius + 1]

    slopes, offsets = [], []
    for y in range(row - radius, row + radius + 1):
        for x in range(column - radius, column + radius + 1):
            w = window(weight, y, x).astype(float) + 1e-3
            w /= w.sum()
            light, known = window(guide, y, x).astype(float), window(chroma, y, x).astype(float)
            mean, level = (w * light).sum(), (w * known).sum()
            slope = ((w * light * known).sum() - mean * level) / (
                (w * light**2).sum() - mean**2 + EDGE
            )
            slopes.append(slope)
            offsets.append(level - slope * mean)
    return np.mean(slopes) * guide[row, column] + np.mean(offsets)


def test_it_is_the_filter_of_the_paper(rng):
    guide = rng.uniform(0, 100, (20, 24)).astype(np.float32)
    chroma = rng.normal(0, 30, (2, 20, 24)).astype(np.float32)
    weight = rng.uniform(0, 1, (20, 24)).astype(np.float32)
    found = spread(chroma, weight, guide, guide, radius=2)
    for row, column in [(8, 8), (11, 15), (9, 12)]:
        for index in range(2):
            expected = by_definition(chroma[index], weight, guide, row, column, 2)
            assert found[index, row, column] == pytest.approx(expected, abs=0.02)


def test_one_colour_stays_one_colour_at_any_size(rng):
    small = rng.uniform(0, 100, (10, 12)).astype(np.float32)
    large = rng.uniform(0, 100, (31, 40)).astype(np.float32)
    chroma = np.stack([np.full((10, 12), value, np.float32) for value in (20, -7)])
    found = spread(chroma, None, small, large, radius=2)
    assert found.shape == (2, 31, 40)
    np.testing.assert_allclose(found[0], 20, atol=1e-2)
    np.testing.assert_allclose(found[1], -7, atol=1e-2)


def test_colour_does_not_cross_an_edge_of_lightness():
    large = np.full((40, 80), 20, np.float32)
    large[:, 40:] = 80
    small = large[::4, ::4]
    chroma = np.zeros((2, 10, 20), np.float32)
    chroma[0, :, 10:] = 60
    found = spread(chroma, None, small, large, radius=2)[0]
    assert np.abs(found[8:32, 30:40]).max() < 7
    assert np.abs(found[8:32, 40:50] - 60).max() < 7


def test_what_is_not_known_is_filled_from_what_is_as_light():
    light = np.full((30, 30), 30, np.float32)
    light[:, 15:] = 70
    chroma = np.zeros((2, 30, 30), np.float32)
    chroma[0, :, :15], chroma[0, :, 15:] = 40, -40
    weight = np.ones((30, 30), np.float32)
    chroma[0, 12:15, 12:18], weight[12:15, 12:18] = 999, 0  # nonsense, and known to be
    found = spread(chroma, weight, light, light, radius=4)[0]
    assert np.abs(found[13, 12:15] - 40).max() < 6
    assert np.abs(found[13, 15:18] + 40).max() < 6
