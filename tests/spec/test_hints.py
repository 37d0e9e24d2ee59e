# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import rgb2luv
from skimage.draw import disk

from tintype.color.gamut import in_gamut
from tintype.errors import OptionError
from tintype.spec.hints import Hint, hints_to_planes

GREEN = "#5a8c46"
sides = st.integers(1, 60)


def middle(height: int, width: int) -> np.ndarray:
    return np.full((height, width), 50.0, np.float32)


def test_without_hints_all_planes_are_zero():
    planes = hints_to_planes((), middle(8, 12), (80, 120))
    assert planes.shape == (3, 8, 12)
    assert planes.dtype == np.float32
    assert not planes.any()


def test_a_hint_has_its_colours_chroma_as_scikit_image_computes_it():
    rgb = np.array([[[0x5A, 0x8C, 0x46]]], np.uint8)
    expected = rgb2luv(rgb)[0, 0, 1:]
    planes = hints_to_planes([Hint(3, 2, GREEN)], middle(8, 12), (8, 12))
    assert planes[:2, 2, 3] == pytest.approx(expected, abs=0.1)  # its matrix is rounded


def test_a_disc_covers_what_scikit_image_draws():
    planes = hints_to_planes([Hint(20, 11, GREEN, radius=7.5)], middle(30, 40), (30, 40))
    expected = np.zeros((30, 40))
    expected[disk((11, 20), 7.6)] = 1
    np.testing.assert_array_equal(planes[2], expected)


def test_a_hint_on_the_border_of_two_small_pixels_is_in_the_second():
    planes = hints_to_planes([Hint(0, 11, GREEN, radius=1e-9)], middle(30, 1), (23, 1))
    assert planes[2, :, 0].nonzero()[0].tolist() == [15]  # 11.5 / 23 of 30, which 23 / 30 misses


@given(size=st.tuples(sides, sides), small=st.tuples(sides, sides), data=st.data())
def test_a_hint_lies_where_its_pixel_does_and_covers_one_at_least(size, small, data):
    y = data.draw(st.integers(0, size[0] - 1))
    x = data.draw(st.integers(0, size[1] - 1))
    mask = hints_to_planes([Hint(x, y, GREEN, radius=1e-9)], middle(*small), size)[2]
    assert (
        mask[(2 * y + 1) * small[0] // (2 * size[0]), (2 * x + 1) * small[1] // (2 * size[1])] == 1
    )
    assert mask.sum() == 1


def test_the_radius_is_in_pixels_of_the_photograph():
    large = hints_to_planes([Hint(200, 100, GREEN, radius=40)], middle(50, 100), (200, 400))
    small = hints_to_planes([Hint(200, 100, GREEN, radius=10)], middle(50, 100), (200, 400))
    assert large[2].sum() / small[2].sum() == pytest.approx(16, rel=0.2)


def test_a_later_hint_lies_on_top():
    hints = [Hint(5, 5, GREEN, radius=3), Hint(5, 5, "#ff0000", radius=1)]
    planes = hints_to_planes(hints, middle(11, 11), (11, 11))
    assert planes[0, 5, 5] > 0 > planes[0, 5, 3]
    assert set(np.unique(planes[2])) == {0.0, 1.0}


@given(
    color=st.integers(0, 0xFFFFFF).map("#{:06x}".format),
    lightness=st.floats(0, 100, width=32),
)
def test_a_hint_asks_for_no_colour_that_cannot_be_shown(color, lightness):
    plane = np.full((1, 1), lightness, np.float32)
    planes = hints_to_planes([Hint(0, 0, color)], plane, (1, 1))
    assert in_gamut(np.concatenate((plane[None], planes[:2])).astype(np.float64), tolerance=1e-4)


@pytest.mark.parametrize("color", ["green", "#fff", "5a8c46", "#5a8c4g", "#5a8c46 ", ""])
def test_a_colour_written_otherwise_is_refused(color):
    with pytest.raises(OptionError, match="#RRGGBB"):
        Hint(0, 0, color)


@pytest.mark.parametrize(
    ("x", "y", "radius"), [(-1, 0, 1), (0, float("nan"), 1), (0, 0, 0), (0, 0, float("nan"))]
)
def test_numbers_that_cannot_be_are_refused(x, y, radius):
    with pytest.raises(OptionError, match="must be a"):
        Hint(x, y, GREEN, radius)


@pytest.mark.parametrize("place", [(12, 0), (0, 8)])
def test_a_hint_beside_the_photograph_is_refused_with_its_size(place):
    with pytest.raises(OptionError, match="12 x 8 pixels"):
        hints_to_planes([Hint(*place, GREEN)], middle(4, 6), (8, 12))
