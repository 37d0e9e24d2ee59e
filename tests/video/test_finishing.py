# SPDX-License-Identifier: Apache-2.0
"""The last step of each frame, where it differs from film to film."""

import numpy as np
import pytest

from tintype.color.luv import rgb_to_luv
from tintype.video.finishing import Finisher
from tintype.video.job import plan_film
from tintype.video.options import FilmOptions
from tintype.video.pixels import plane_array

SIZE = 64, 64


@pytest.fixture
def finish(films, wander, tmp_path):
    """Finish a frame of one colour, of a film with an order of fields or none; its Cb and Cr."""

    def run(luma, fields=None):
        options = {"x264-params": f"{fields}=1"} if fields else {}
        source = films.write(tmp_path / f"{fields}.mkv", wander(3, SIZE), options=options)
        finisher = Finisher(plan_film(source, tmp_path / "out.mkv"))
        chroma = np.full((2, 32, 32), 30, np.float32)
        frame = finisher.finish(luma, None, chroma, np.full((32, 32), 50, np.float32))
        return np.stack([plane_array(frame, index, 8) for index in (1, 2)])

    return run


def test_a_woven_frames_colours_are_its_fields_own(finish):
    bright, dark = (np.full(SIZE, level, np.uint8) for level in (200, 50))
    woven = bright.copy()
    woven[1::2] = dark[1::2]
    found = finish(woven, "tff")
    np.testing.assert_array_equal(found[:, 0::2], finish(bright)[:, 0::2])
    np.testing.assert_array_equal(found[:, 1::2], finish(dark)[:, 1::2])
    assert (finish(bright) != finish(dark)).any()


def test_other_frames_rows_belong_together(finish):
    striped = np.full(SIZE, 200, np.uint8)
    striped[1::2] = 50
    np.testing.assert_array_equal(finish(striped), finish(np.full(SIZE, 125, np.uint8)))


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p"])
@pytest.mark.parametrize("width", [64, 65])
def test_a_chroma_sample_lies_on_the_left_of_its_columns(
    films, wander, tmp_path, width, pixel_format
):
    size = 63, width
    source = films.write(
        tmp_path / "in.mkv", wander(3, size), codec="ffv1", pixel_format=pixel_format
    )
    finisher = Finisher(plan_film(source, tmp_path / "o.mkv", options=FilmOptions(codec="ffv1")))
    chroma, light = np.full((2, 32, 32), 30, np.float32), np.full((32, 32), 50, np.float32)

    def finish(luma):
        frame = finisher.finish(luma, None, chroma, light)
        return np.stack([plane_array(frame, index, 8) for index in (1, 2)])

    edge = np.full(size, 210, np.uint8)
    edge[:, 48:] = 50
    bright, between, dark = (finish(np.full(size, level, np.uint8)) for level in (210, 90, 50))
    found = finish(edge)  # at column 48: a quarter of 47, half of 48, a quarter of 49
    np.testing.assert_array_equal(found[..., :24], bright[..., :24])
    np.testing.assert_array_equal(found[..., 24], between[..., 24])
    np.testing.assert_array_equal(found[..., 25:], dark[..., 25:])
    assert len({tuple(each[:, 0, 24]) for each in (bright, between, dark)}) == 3


@pytest.mark.parametrize("target", ["out_%d.png", "out.gif", "out.webp"])
def test_untagged_pictures_have_the_colours_of_srgb(films, wander, tmp_path, target):
    def of_bt2020(_, stream):
        stream.codec_context.colorspace, stream.codec_context.color_primaries = 9, 9

    source = films.write(tmp_path / "in.mkv", wander(3, SIZE), before=of_bt2020)
    job = plan_film(source, tmp_path / target)
    assert job.film.coding.primaries == "bt2020"
    luma = np.full(SIZE, 120, np.uint8)
    chroma = np.stack([np.full(SIZE, each, np.float32) for each in (30, -20)])
    frame = Finisher(job).finish(luma, None, chroma, np.full(SIZE, 50, np.float32))
    pixels = plane_array(frame, 0, 8, channels=4 if job.settings.layout.alpha else 3)[0, 0, :3]
    found = rgb_to_luv(pixels.reshape(3, 1, 1) / 255)
    np.testing.assert_allclose(found[1:, 0, 0], (30, -20), atol=1)
