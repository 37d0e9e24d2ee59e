# SPDX-License-Identifier: Apache-2.0
"""Luma out of any pixel format, sample for sample, and frames for any encoder."""

import av
import numpy as np
import pytest

from tintype.errors import UnsupportedFilm
from tintype.imaging.film import Coding
from tintype.video.codecs import CODECS
from tintype.video.pixels import (
    change_depth,
    choose_layout,
    find_kind,
    new_frame,
    plane_array,
    read_chroma,
    read_samples,
)

PLANAR = ["yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv410p", "yuva420p"]
DEEP = ["yuv420p9le", "yuv420p10le", "yuv420p10be", "yuv420p14le", "yuv444p12be", "yuv444p16le"]
WOVEN = ["nv12", "nv21", "nv16", "p010le", "p210le", "yuyv422", "uyvy422", "y210le", "vuya"]
GREY = ["gray", "gray9le", "gray10le", "gray14le", "gray16le", "gray16be"]
RGB = ["rgb24", "bgr24", "0rgb", "bgra", "rgba", "gbrp", "gbrap", "rgb48le", "rgb48be", "rgba64be"]


@pytest.mark.parametrize("name", PLANAR + DEEP + WOVEN + GREY + RGB)
def test_luma_is_read_exactly(name):
    kind = find_kind(name)
    codes = np.arange(48 * 64).reshape(48, 64) % (1 << kind.depth)
    plain = av.VideoFrame(64, 48, kind.unpacked)
    if kind.rgb:
        pixels = plane_array(plain, 0, kind.depth, channels=4 if kind.alpha else 3)
        pixels[...] = codes[..., None]
    else:
        for index in range(len(plain.planes)):
            plane_array(plain, index, kind.depth)[:] = 1 << (kind.depth - 1)
        plane_array(plain, 0, kind.depth)[:] = codes
    given = plain if name == kind.unpacked else plain.reformat(format=name)
    luma, alpha = read_samples(given, kind, Coding(depth=kind.depth, full_range=kind.rgb))
    np.testing.assert_array_equal(luma, codes)
    assert (alpha is not None) == kind.alpha


def test_jpegs_range_is_no_other_pixel_format():
    frame = av.VideoFrame(16, 16, "yuvj420p")
    plane_array(frame, 0, 8)[:] = 3
    luma, _ = read_samples(frame, find_kind("yuvj420p"), Coding(full_range=True))
    assert (luma == 3).all()


@pytest.mark.parametrize(("film", "later"), [("yuv420p10le", "yuv420p"), ("gray10le", "gray")])
def test_a_film_may_lose_its_depth_on_the_way(film, later):
    codes = np.arange(16, 216, dtype=np.uint8).reshape(10, 20)
    frame = av.VideoFrame(20, 10, later)
    for plane in range(len(frame.planes)):
        plane_array(frame, plane, 8)[:] = 128
    plane_array(frame, 0, 8)[:] = codes
    luma, _ = read_samples(frame, find_kind(film), Coding(depth=10))
    assert luma.shape == (10, 20)
    np.testing.assert_allclose(luma, codes * 4.0, atol=3)  # of full range, white stays white


@pytest.mark.parametrize("name", ["ya8", "ya16le"])
def test_grey_with_alpha_is_taken_apart(name):
    kind = find_kind(name)
    frame = av.VideoFrame(16, 8, name)
    pairs = plane_array(frame, 0, kind.depth, channels=2)
    pairs[..., 0], pairs[..., 1] = 7, 200
    luma, alpha = read_samples(frame, kind, Coding(depth=kind.depth, full_range=True))
    assert (luma == 7).all()
    assert (alpha == 200).all()


@pytest.mark.parametrize("name", ["monow", "monob", "rgb565le", "gbrp10le"])
def test_odd_formats_are_read_to_their_own_precision(name):
    kind = find_kind(name)
    step = 255 if name.startswith("mono") else 1 << (kind.depth - (6 if "565" in name else 10))
    plain = av.VideoFrame(16, 16, kind.unpacked)
    channels = 3 if kind.rgb else 1
    plane_array(plain, 0, kind.depth, channels=channels)[...] = (1 << kind.depth) - 1
    luma, _ = read_samples(
        plain.reformat(format=name), kind, Coding(depth=kind.depth, full_range=True)
    )
    assert luma.min() >= (1 << kind.depth) - 1 - step


@pytest.mark.parametrize("name", ["grayf32le", "bayer_rggb8", "xyz12le"])
def test_what_cannot_be_unpacked_is_refused(name):
    with pytest.raises(UnsupportedFilm, match=f"pixel format {name} cannot be read without loss"):
        find_kind(name)


@pytest.mark.parametrize(
    ("codec", "given", "size", "chosen"),
    [
        ("h264", "gray", (48, 64), "yuv420p"),
        ("h264", "yuv444p", (48, 64), "yuv420p"),
        ("h264", "yuv420p", (47, 64), "yuv444p"),
        ("h264", "yuv422p10le", (48, 64), "yuv420p10le"),
        ("h264", "yuva420p", (48, 64), "yuv420p"),
        ("hevc", "yuv420p12le", (48, 64), "yuv420p12le"),
        ("vp9", "yuv420p", (47, 63), "yuv420p"),
        ("ffv1", "yuv422p10le", (48, 64), "yuv422p10le"),
        ("ffv1", "yuva444p10le", (48, 64), "yuva444p10le"),
        ("ffv1", "gray16le", (48, 64), "yuv420p16le"),
        ("ffv1", "yuv420p9le", (48, 64), "yuv420p10le"),
        ("prores", "yuva444p10le", (48, 64), "yuva444p10le"),
        ("prores", "yuv420p", (48, 64), "yuv422p10le"),
        ("prores", "yuv444p", (48, 64), "yuv444p10le"),
        ("png", "rgba", (48, 64), "rgba"),
        ("png", "gray16le", (48, 64), "rgb48be"),
        ("png", "yuv420p", (48, 64), "rgb24"),
    ],
)
def test_an_encoder_gets_the_depth_that_came(codec, given, size, chosen):
    assert choose_layout(CODECS[codec], find_kind(given), size).pixel_format == chosen


@pytest.mark.parametrize(
    "name", sorted({name for codec in CODECS.values() for name in codec.formats})
)
def test_what_is_put_into_a_frame_is_read_out_of_it(name, rng):
    kind = find_kind(name)
    layout = choose_layout(next(c for c in CODECS.values() if name in c.formats), kind, (48, 64))
    layout = type(layout)(
        pixel_format=name,
        depth=kind.depth,
        rgb=kind.rgb,
        subsampling=kind.subsampling,
        alpha=kind.alpha,
    )
    dtype = np.uint8 if kind.depth == 8 else np.uint16
    luma = rng.integers(0, 1 << kind.depth, (48, 64)).astype(dtype)
    alpha = luma[::-1].copy() if kind.alpha else None
    if kind.rgb:
        planes = (np.repeat(luma[..., None], 3, axis=-1),)
    else:
        size = layout.chroma_size((48, 64))
        planes = (luma, *(np.full(size, value, dtype) for value in (90, 40)))
    frame = new_frame(layout, (48, 64), planes, alpha)
    coding = Coding(depth=kind.depth, full_range=kind.rgb)
    found, opacity = read_samples(frame, kind, coding)
    np.testing.assert_array_equal(found, luma)
    if kind.alpha:
        np.testing.assert_array_equal(opacity, alpha)


def test_without_alpha_a_frame_is_opaque():
    layout = choose_layout(CODECS["ffv1"], find_kind("yuva420p"), (16, 16))
    grey = np.full((16, 16), 100, np.uint8)
    half = np.full((8, 8), 128, np.uint8)
    frame = new_frame(layout, (16, 16), (grey, half, half), None)
    assert (plane_array(frame, 3, 8) == 255).all()


def test_a_change_of_depth_is_a_shift_in_limited_range(rng):
    codes = rng.integers(0, 256, (5, 7)).astype(np.uint8)
    deeper = change_depth(codes, Coding(), Coding(depth=10))
    np.testing.assert_array_equal(deeper, codes.astype(np.uint16) << 2)
    np.testing.assert_array_equal(change_depth(deeper, Coding(depth=10), Coding()), codes)


def test_a_change_of_range_keeps_black_and_white():
    ends = np.array([[16, 235]], np.uint8)
    full = change_depth(ends, Coding(), Coding(full_range=True))
    np.testing.assert_array_equal(full, [[0, 255]])


def test_colour_is_seen_where_there_is_some():
    frame = av.VideoFrame(16, 16, "yuv420p")
    plane_array(frame, 0, 8)[:] = 100
    plane_array(frame, 1, 8)[:] = 160
    plane_array(frame, 2, 8)[:] = 128
    chroma = read_chroma(frame, find_kind("yuv420p"))
    np.testing.assert_allclose(chroma[0], 32 / 255, atol=0.01)
    np.testing.assert_allclose(chroma[1], 0, atol=0.01)
    assert read_chroma(av.VideoFrame(16, 16, "gray"), find_kind("gray")) is None
