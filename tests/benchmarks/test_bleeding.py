# SPDX-License-Identifier: Apache-2.0
"""What counts as near a strong edge, and that all ways of enlarging are measured alike."""

import numpy as np
import pytest

from benchmarks import bleeding


def step(height):
    lightness = np.full((40, 60), 40, np.float32)
    lightness[:, 30:] += height
    return lightness


def test_a_strong_edge_has_four_pixels_on_either_side():
    near = bleeding.near_strong_edges(step(36))
    assert near[20, 26:34].all()  # the edge runs between columns 29 and 30
    assert not near[20, :24].any()
    assert not near[20, 36:].any()


def test_a_weak_edge_is_none():
    assert not bleeding.near_strong_edges(step(25)).any()


@pytest.mark.parametrize("way", list(bleeding._WAYS))
def test_every_way_keeps_one_colour_and_stays_in_place(way, rng):
    lightness = rng.uniform(20, 80, (120, 160)).astype(np.float32)
    one = bleeding._WAYS[way](np.full((2, 12, 16), 25, np.float32), lightness)
    np.testing.assert_allclose(one, 25, rtol=0, atol=0.05)
    ramp = np.stack(np.meshgrid(np.linspace(-30, 30, 16), np.linspace(-30, 30, 12)))
    found = bleeding._WAYS[way](ramp.astype(np.float32), np.full((120, 160), 50, np.float32))
    assert abs(found.mean()) < 0.05  # symmetric before, symmetric after
