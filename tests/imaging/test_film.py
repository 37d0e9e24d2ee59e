# SPDX-License-Identifier: Apache-2.0
"""Film's compose: luma stays, Cb and Cr say what u*, v* say, and a display can show it."""

import colour
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.color.luv import rgb_to_luv
from tintype.imaging.film import (
    LUMA_WEIGHTS,
    PRIMARIES,
    Coding,
    chroma_planes,
    compose_rgb,
    luma_to_lightness,
    shrink,
)

# colour-science's names of the same luma weights; it has none for FCC's
OF_COLOUR = {
    "bt601": "ITU-R BT.601",
    "bt709": "ITU-R BT.709",
    "bt2020": "ITU-R BT.2020",
    "smpte240m": "SMPTE-240M",
}
CODINGS = [
    Coding(matrix="bt601"),
    Coding(matrix="bt709", depth=10),
    Coding(matrix="bt709", full_range=True),
    Coding(matrix="smpte240m", depth=12, full_range=True),
]


def codes_by_colour(rgb: np.ndarray, coding: Coding) -> np.ndarray:
    """Y', Cb, Cr codes of encoded R'G'B' (H, W, 3), by colour-science, not rounded."""
    return colour.RGB_to_YCbCr(
        rgb,
        K=colour.WEIGHTS_YCBCR[OF_COLOUR[coding.matrix]],
        out_bits=coding.depth,
        out_int=False,
        out_legal=not coding.full_range,
    ) * (2**coding.depth - 1)


def shown(luma: np.ndarray, cb: np.ndarray, cr: np.ndarray, coding: Coding) -> np.ndarray:
    """R'G'B' (H, W, 3) of codes, by the definition: H.273, equations 38 to 40 turned round."""
    red, blue = LUMA_WEIGHTS[coding.matrix]
    y = (luma.astype(float) - coding.black) / coding.luma_span
    b = y + (cb.astype(float) - coding.neutral) / coding.chroma_span * 2 * (1 - blue)
    r = y + (cr.astype(float) - coding.neutral) / coding.chroma_span * 2 * (1 - red)
    return np.stack((r, (y - red * r - blue * b) / (1 - red - blue), b), axis=-1)


@pytest.mark.parametrize("coding", CODINGS, ids=str)
def test_colors_of_a_photograph_come_back_as_they_were_coded(color_pixels, coding):
    rgb = color_pixels / 255
    codes = codes_by_colour(rgb, coding)
    # colour-science scales full-range chroma without the offset that H.273 puts at its middle
    if coding.full_range:
        codes[..., 1:] += coding.neutral
    luma = np.rint(codes[..., 0]).astype(coding.dtype)
    chroma = rgb_to_luv(np.moveaxis(rgb, -1, 0))[1:].astype(np.float32)
    for plane, true in zip(chroma_planes(luma, chroma, coding), codes[..., 1:].T, strict=True):
        error = np.abs(plane - true.T) / 2 ** (coding.depth - 8)  # in codes of 8 bits
        assert error.mean() < 0.5
        assert np.percentile(error, 99) < 2


@pytest.mark.parametrize("matrix", LUMA_WEIGHTS)
@pytest.mark.parametrize("primaries", PRIMARIES)
def test_no_chroma_gives_neutral_codes_exactly(matrix, primaries):
    coding = Coding(matrix=matrix, primaries=primaries)
    luma = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for plane in chroma_planes(luma, np.zeros((2, 16, 16), np.float32), coding):
        assert (plane == 128).all()


@given(
    luma=st.integers(0, 1023),
    u=st.floats(-500, 500, width=32),
    v=st.floats(-500, 500, width=32),
    matrix=st.sampled_from(sorted(LUMA_WEIGHTS)),
    full_range=st.booleans(),
)
def test_a_display_can_show_whatever_was_predicted(luma, u, v, matrix, full_range):
    coding = Coding(matrix=matrix, depth=10, full_range=full_range)
    plane = np.full((1, 1), luma, np.uint16)
    cb, cr = chroma_planes(plane, np.array([u, v], np.float32).reshape(2, 1, 1), coding)
    clean = np.clip(plane, coding.black, coding.black + coding.luma_span)
    rgb = shown(clean, cb, cr, coding)
    step = 2 / coding.chroma_span  # what half a code of Cb or Cr moves blue or red by, doubled
    assert rgb.min() >= -step
    assert rgb.max() <= 1 + step


def test_hue_stays_what_it_was_where_chroma_must_give_way():
    coding = Coding(depth=16, full_range=True)
    luma = np.full((1, 1), 6000, np.uint16)  # too dark for this much chroma
    strong = np.array([90.0, 40.0], np.float32).reshape(2, 1, 1)
    rgb = shown(luma, *chroma_planes(luma, strong, coding), coding)
    _, u, v = rgb_to_luv(np.clip(rgb, 0, 1).transpose(2, 0, 1))[:, 0, 0]
    assert np.degrees(np.arctan2(v, u)) == pytest.approx(np.degrees(np.arctan2(40, 90)), abs=3)


@pytest.mark.parametrize("coding", CODINGS, ids=str)
def test_lightness_of_grey_codes_is_that_of_srgb_greys(coding):
    codes = np.linspace(0, 2**coding.depth - 1, 64).astype(coding.dtype).reshape(8, 8)
    grey = np.clip((codes.astype(float) - coding.black) / coding.luma_span, 0, 1)
    xyz = colour.sRGB_to_XYZ(np.repeat(grey[..., None], 3, -1))
    expected = colour.XYZ_to_Luv(xyz)[..., 0]
    np.testing.assert_allclose(luma_to_lightness(codes, coding), expected, atol=0.01)


def test_rgb_keeps_the_luma_to_rounding(rng):
    coding = Coding(matrix="bt601", full_range=True)
    luma = rng.integers(0, 256, (20, 31)).astype(np.uint8)
    chroma = rng.normal(0, 30, (2, 20, 31)).astype(np.float32)
    pixels = compose_rgb(luma, chroma, coding)
    assert np.abs(pixels @ np.array([0.299, 0.587, 0.114]) - luma).max() <= 0.51
    grey = compose_rgb(luma, np.zeros_like(chroma), coding)
    assert (grey == luma[..., None]).all()


def test_strips_leave_no_seams(rng):
    tall = rng.integers(0, 256, (700, 100)).astype(np.uint8)
    chroma = rng.normal(0, 30, (2, 700, 100)).astype(np.float32)
    whole = chroma_planes(tall, chroma, Coding())
    below = chroma_planes(tall[300:], chroma[:, 300:], Coding())
    for plane, part in zip(whole, below, strict=True):
        np.testing.assert_array_equal(plane[300:], part)


def test_shrinking_takes_the_mean_over_area():
    plane = np.array([[0, 100, 8, 8], [100, 200, 8, 12]], np.uint8)
    np.testing.assert_array_equal(shrink(plane, (1, 2)), [[100, 9]])
    assert shrink(plane, (2, 4)) is plane


def test_what_does_not_belong_together_is_refused():
    luma = np.zeros((4, 6), np.uint8)
    with pytest.raises(ValueError, match=r"chroma must be \(2, 4, 6\), got \(2, 4, 5\)"):
        chroma_planes(luma, np.zeros((2, 4, 5), np.float32), Coding())
    with pytest.raises(ValueError, match="needs full range"):
        compose_rgb(luma, np.zeros((2, 4, 6), np.float32), Coding())
