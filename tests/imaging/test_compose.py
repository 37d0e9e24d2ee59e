# SPDX-License-Identifier: Apache-2.0
"""The definition is tintype.color: luv_to_rgb(fit_chroma(luv)) with the chroma of upsample."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import rgb2luv

from tintype.color.gamut import fit_chroma
from tintype.color.luv import luv_to_rgb
from tintype.imaging import strips
from tintype.imaging.compose import compose
from tintype.imaging.frame import Frame, whole
from tintype.imaging.photograph import DEPTHS, Photograph
from tintype.imaging.tone import read_tone
from tintype.imaging.upsample import POINTS, spread

depths = pytest.mark.parametrize("depth", list(DEPTHS), ids=str)
sides = st.integers(1, 50)


def tone_of(pixels):
    """The tone of a photograph, all of which is picture."""
    tone = read_tone(Photograph(pixels=pixels))
    return replace(tone, frame=whole(tone.size))


def every_grey(depth, size=(120, 200)):
    """All shades from black to white, in patches of all sizes."""
    rows, columns = np.mgrid[: size[0], : size[1]] / np.max(size)
    shade = (np.sin(9 * rows * rows + 5 * columns) + np.sin(23 * columns * rows) + 2) / 4
    shade[:6], shade[-6:], shade[6:16] = 0, 1, 0.06 * shade[6:16]
    return scale(shade, depth)


def scale(shade, depth):
    scaled = shade * DEPTHS[np.dtype(depth)]
    return (scaled if depth == np.float32 else np.rint(scaled)).astype(depth)


def bold(rng, cells=(8, 13)):
    """Chroma far beyond the gamut in places, and faint in others."""
    return (rng.normal(0, 1, (2, *cells)) * rng.choice([3, 40, 150], cells)).astype(np.float32)


def define(tone, chroma):
    """``(H, W, 3)`` float64 in [0, 1]: the colours that compose must round."""
    lightness, luminance = np.empty((2, *tone.size), np.float32)
    tone.read(slice(0, tone.size[0]), lightness, luminance)
    points = tone.lightness(tone.frame, (POINTS * chroma.shape[1], POINTS * chroma.shape[2]))
    laid = spread(chroma, points).over(lightness)
    luv = np.concatenate((lightness[None], laid)).astype(np.float64)
    return np.moveaxis(luv_to_rgb(fit_chroma(luv)), 0, -1)


# Half a code of rounding, and a hundredth of an 8-bit code of arithmetic in float32; just above
# black, a step of the light that 8-bit codes are looked up by is a twentieth of a code.
@depths
def test_is_the_definition_rounded(rng, depth):
    tone, chroma = tone_of(every_grey(depth)), bold(rng)
    pixels = compose(tone, chroma)
    signed = pixels / np.float64(DEPTHS[depth]) - define(tone, chroma)
    error = np.abs(signed)
    rounding = 0 if depth == np.float32 else 0.5 / DEPTHS[depth]
    assert pixels.dtype == depth
    assert error.max() <= rounding + 0.03 / 255
    assert np.quantile(error, 0.99) <= rounding + 0.01 / 255
    assert abs(signed.mean()) < max(0.2 * rounding, 1e-6)


# scikit-image's white is rounded to four digits, which is 0.003 of L*.
@depths
def test_lightness_is_the_photographs_own(rng, depth):
    grey = every_grey(depth)
    tone = tone_of(grey)
    pixels = compose(tone, bold(rng)) / np.float64(DEPTHS[depth])
    before = rgb2luv(np.repeat(grey[..., None] / np.float64(DEPTHS[depth]), 3, axis=-1))[..., 0]
    moved = np.abs(rgb2luv(pixels)[..., 0] - before)
    assert moved.mean() < (0.1 if depth == np.uint8 else 0.01)
    assert moved.max() < (1.0 if depth == np.uint8 else 0.05)


@depths
def test_no_chroma_gives_the_grey_photograph_back(depth):
    grey = every_grey(depth)
    tolerance = {"uint8": 0, "uint16": 1, "float32": 2e-5}[np.dtype(depth).name]
    for pixels in (
        compose(tone_of(grey), np.zeros((2, 3, 5), np.float32)),
        compose(tone_of(grey), np.full((2, 3, 5), 80, np.float32), saturation=0.0),
    ):
        difference = np.abs(pixels.astype(np.float64) - grey[..., None])
        assert difference.max() <= tolerance


def test_saturation_multiplies_chroma(rng):
    tone, chroma = tone_of(every_grey(np.uint16)), bold(rng)
    np.testing.assert_array_equal(
        compose(tone, chroma, saturation=0.5), compose(tone, np.float32(0.5) * chroma)
    )


@given(height=sides, width=sides, depth=st.sampled_from(list(DEPTHS)), seed=st.integers(0, 99))
def test_any_photograph_keeps_size_and_depth(height, width, depth, seed):
    rng = np.random.default_rng(seed)
    shape = (height, width) if seed % 2 else (height, width, 3)
    photograph = Photograph(pixels=scale(rng.random(shape), depth))
    tone = read_tone(photograph)
    pixels = compose(tone, bold(rng, (rng.integers(1, 6), rng.integers(1, 6))))
    assert pixels.shape == (height, width, 3)
    assert pixels.dtype == depth
    assert np.isfinite(pixels).all()


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_leave_no_trace(rng, monkeypatch, threads):
    tone, chroma = tone_of(every_grey(np.uint8)), bold(rng)
    monkeypatch.setattr(strips, "_PIXELS", 1000)
    np.testing.assert_array_equal(
        compose(tone, chroma, threads=threads), compose(tone, chroma, threads=1)
    )


@pytest.mark.parametrize("strip", [1, 1000, 7000])
def test_strips_leave_no_trace(rng, monkeypatch, strip):
    tone, chroma = tone_of(every_grey(np.float32)), bold(rng)
    expected = compose(tone, chroma)
    monkeypatch.setattr(strips, "_PIXELS", strip)
    np.testing.assert_allclose(compose(tone, chroma), expected, rtol=0, atol=1e-5)


def test_what_lies_outside_the_frame_stays_grey(rng, monkeypatch):
    monkeypatch.setattr(strips, "_PIXELS", 1000)  # so that planes are used again
    grey = every_grey(np.uint8)
    frame = Frame(top=21, left=33, height=70, width=100)
    pixels = compose(replace(tone_of(grey), frame=frame), bold(rng))
    outside = np.ones(grey.shape, bool)
    outside[frame.rows, frame.columns] = False
    np.testing.assert_array_equal(pixels[outside], np.repeat(grey[outside, None], 3, axis=-1))
    assert np.ptp(pixels[frame.rows, frame.columns], axis=-1).mean() > 10


def test_a_frame_is_coloured_as_if_it_were_the_photograph(rng):
    grey, chroma = every_grey(np.uint8), bold(rng)
    frame = Frame(top=20, left=40, height=64, width=96)
    pixels = compose(replace(tone_of(grey), frame=frame), chroma)
    alone = compose(tone_of(np.ascontiguousarray(grey[frame.rows, frame.columns])), chroma)
    np.testing.assert_array_equal(pixels[frame.rows, frame.columns], alone)


def test_working_memory_does_not_grow_with_the_photograph(rng):
    chroma = bold(rng)

    def beyond_the_result(height):
        tone = tone_of(every_grey(np.uint8, (height, 1000)))
        tracemalloc.start()
        compose(tone, chroma, threads=1)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak - 3000 * height

    assert beyond_the_result(4000) < 1.1 * beyond_the_result(500)


@pytest.mark.parametrize("shape", [(8, 8), (3, 8, 8), (2, 0, 8)])
def test_says_what_chroma_must_be(shape):
    with pytest.raises(ValueError, match=r"chroma must be \(2, h, w\)"):
        compose(tone_of(np.zeros((8, 8), np.uint8)), np.zeros(shape, np.float32))
