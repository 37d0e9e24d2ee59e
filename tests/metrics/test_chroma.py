# SPDX-License-Identifier: Apache-2.0
"""Worked by hand; and two pictures that colourfulness cannot tell apart."""

import numpy as np
import pytest

from tintype.color.luv import luv_to_rgb
from tintype.metrics.chroma import mean_chroma, peak_chroma
from tintype.metrics.colorfulness import colorfulness


def picture(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.stack((np.full_like(u, 60.0), u, v))


def test_the_mean_is_that_of_the_lengths():
    luv = picture(np.array([[3.0, 0.0]]), np.array([[-4.0, 0.0]]))
    assert mean_chroma(luv) == pytest.approx(2.5)
    np.testing.assert_allclose(mean_chroma(np.stack((luv, 2 * luv))), (2.5, 5.0))


def test_the_peak_is_what_a_fiftieth_is_beyond():
    u = np.arange(101.0)[None]  # 0 … 100: two of 101 are beyond 98
    assert peak_chroma(picture(u, np.zeros_like(u))) == pytest.approx(98)
    assert peak_chroma(np.stack([picture(u, 0 * u), picture(0 * u, u / 2)])) == pytest.approx(
        [98, 49]
    )


def test_one_garish_patch_is_told_from_colour_everywhere():
    side = np.repeat([[12.5, -12.5]], 50, axis=1)  # half the picture one colour, half its opposite
    patch = np.zeros((1, 100))
    patch[:, :4] = 76.0
    even, garish = (picture(u, np.zeros_like(u)) for u in (side, patch))
    found, expected = (float(colorfulness(luv_to_rgb(luv))) for luv in (garish, even))
    assert found == pytest.approx(expected, rel=0.05)
    assert peak_chroma(garish) > 4 * peak_chroma(even)
    assert mean_chroma(garish) < 0.3 * mean_chroma(even)


@pytest.mark.parametrize("measure", [mean_chroma, peak_chroma])
def test_what_is_no_picture_is_refused(measure):
    with pytest.raises(ValueError, match="luv"):
        measure(np.zeros((2, 4, 4)))
