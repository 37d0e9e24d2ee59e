# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.evaluate.photographs import to_rgb
from tintype.evaluate.pictures import encode_jpeg, lay_out, shrink
from tintype.imaging.files import read


def flat(red: float, height: int, width: int) -> np.ndarray:
    return np.full((3, height, width), red, np.float32)


def test_a_jpeg_file_holds_the_picture():
    back = to_rgb(read(encode_jpeg(flat(0.4, 20, 30))))
    assert back.shape == (3, 20, 30)
    np.testing.assert_allclose(back, 0.4, atol=0.01)


def test_large_pictures_are_reduced_and_small_ones_left():
    assert to_rgb(read(encode_jpeg(flat(0.4, 100, 400), longest=80))).shape == (3, 20, 80)
    assert to_rgb(read(encode_jpeg(flat(0.4, 10, 40), longest=80))).shape == (3, 10, 40)
    picture = flat(0.1, 10, 40)
    assert shrink(picture, (10, 40)) is picture
    assert shrink(picture, (99, 20)).shape == (3, 5, 20)


@pytest.mark.parametrize("columns", [1, 2])
def test_strips_stand_in_reading_order(columns):
    strips = [[flat(level, 30, 30), flat(level + 0.05, 20, 40)] for level in (0.1, 0.3, 0.5)]
    sheet = lay_out(strips, cell=50, columns=columns)
    rows = -(-3 // columns)
    assert sheet.shape[1] == rows * 54
    for number, level in enumerate((0.1, 0.3, 0.5)):
        row, column = divmod(number, columns)
        middle, left = row * 54 + 25, column * (2 * 54 + 8)
        assert sheet[0, middle, left + 25] == pytest.approx(level)
        assert sheet[0, middle, left + 54 + 25] == pytest.approx(level + 0.05)
        assert sheet[0, row * 54 + 1, left + 54 + 25] == 1  # paper above the flat one
