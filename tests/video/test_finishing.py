# SPDX-License-Identifier: Apache-2.0
"""The last step of each frame, where it differs from film to film."""

import numpy as np
import pytest

from tintype.video.finishing import Finisher
from tintype.video.job import plan_film
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
