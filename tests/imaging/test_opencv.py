# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.errors import UnsupportedImage
from tintype.imaging.opencv import from_bgr, to_bgr
from tintype.imaging.photograph import Photograph


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("alpha", [False, True])
def test_channels_are_turned_round_and_back(samples, opacity, dtype, alpha):
    photograph = Photograph(pixels=samples(dtype), alpha=opacity(dtype) if alpha else None)
    blue_first = to_bgr(photograph)
    np.testing.assert_array_equal(blue_first[..., 0], photograph.pixels[..., 2])
    pixels, plane = from_bgr(blue_first)
    np.testing.assert_array_equal(pixels, photograph.pixels)
    assert (plane is not None) == alpha
    if alpha:
        np.testing.assert_array_equal(plane, photograph.alpha)


def test_grey_stays_one_plane_and_with_alpha_becomes_three(samples, opacity):
    grey = samples("uint8", color=False)
    assert to_bgr(Photograph(pixels=grey)) is grey
    clear = to_bgr(Photograph(pixels=grey, alpha=opacity("uint8")))
    np.testing.assert_array_equal(clear, np.dstack([grey] * 3 + [opacity("uint8")]))


def test_two_channels_are_refused():
    with pytest.raises(UnsupportedImage, match="pictures of 2 channels are not read"):
        from_bgr(np.zeros((4, 4, 2), np.uint16))
