# SPDX-License-Identifier: Apache-2.0
"""Films as pictures, against FFmpeg's own conversion; and made grey without touching their luma."""

from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from tintype.video.pixels import find_kind, plane_array
from tintype.video.viewing import view_film, write_grey


@pytest.fixture
def colored(tmp_path, skimage_data):
    """Eileen Collins (NASA, public domain) in Y'CbCr of BT.709, four frames."""
    with Image.open(skimage_data / "astronaut.png") as opened:
        pixels = np.array(opened.resize((96, 64), Image.Resampling.BOX))
    path = tmp_path / "in.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv444p"
        stream.codec_context.colorspace, stream.codec_context.color_range = 1, 1
        for number in range(4):
            frame = av.VideoFrame.from_ndarray(pixels).reformat(
                format="yuv444p", dst_colorspace="ITU709", dst_color_range="MPEG"
            )
            frame.pts, frame.time_base = 10 * number, Fraction(1, 250)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path, pixels


def test_pictures_are_what_was_filmed(colored):
    path, pixels = colored
    seen = list(view_film(path, short_side=500))
    assert len(seen) == 4
    expected = np.moveaxis(pixels, -1, 0) / 255
    assert np.abs(seen[0] - expected).mean() < 0.004  # a code of 8 bits
    small = next(view_film(path, short_side=32))
    assert small.shape == (3, 32, 48)
    assert len(list(view_film(path, short_side=32, start=0.08, frames=1))) == 1


def test_grey_is_the_same_luma_without_colours(colored, films, tmp_path):
    path, _ = colored
    grey = write_grey(path, tmp_path / "grey.mkv", start=0.04)
    before, after = films.read_luma(path), films.read_luma(grey)
    assert len(after) == 3
    for one, other in zip(before[1:], after, strict=True):
        np.testing.assert_array_equal(one, other)
    for picture in view_film(grey, short_side=500):
        assert np.ptp(picture, axis=0).max() < 1e-6


@pytest.mark.parametrize("pixel_format", ["yuv422p10le", "rgb24", "rgba"])
def test_other_kinds_of_pixels_are_seen_too(films, wander, tmp_path, pixel_format):
    codec = "png" if pixel_format.startswith("rgb") else "prores_ks"
    path = films.write(
        tmp_path / "in.mov", wander(2), codec=codec, pixel_format=pixel_format, base=Fraction(1, 25)
    )
    seen = list(view_film(path, short_side=500))
    for picture, true in zip(seen, wander(2), strict=True):
        if pixel_format.startswith("yuv"):
            true = np.clip((true.astype(float) - 16) / 219 * 255, 0, 255)
        assert np.abs(picture[1] - true / 255).mean() < 0.01


@pytest.mark.parametrize(
    "pixel_format", ["yuv420p", "yuv411p", "uyvy422", "nv12", "nv21", "y210le", "yuv420p10be"]
)
def test_colours_are_seen_however_their_samples_lie(tmp_path, pixel_format):
    kind = find_kind(pixel_format)
    frame = av.VideoFrame(64, 48, kind.unpacked)
    for index, code in enumerate((120, 90, 170)):
        plane_array(frame, index, kind.depth)[:] = code << (kind.depth - 8)
    if pixel_format != kind.unpacked:
        frame = frame.reformat(format=pixel_format)
    path = tmp_path / "in.nut"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("rawvideo", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixel_format
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    (seen,) = view_film(path, short_side=48)
    excursion = np.array([1.402 * 42, -0.344136 * -38 - 0.714136 * 42, 1.772 * -38]) / 224
    np.testing.assert_allclose(seen[:, 24, 32], 104 / 219 + excursion, atol=0.003)  # BT.601
    assert np.ptp(seen, axis=(1, 2)).max() < 0.003
