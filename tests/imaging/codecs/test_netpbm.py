# SPDX-License-Identifier: Apache-2.0
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tintype.errors import UnreadableImage
from tintype.imaging.files import encode, read
from tintype.imaging.photograph import Photograph


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_pillows_files_are_read_exactly(color_pixels, mode):
    image, buffer = Image.fromarray(color_pixels).convert(mode), io.BytesIO()
    image.save(buffer, "PPM")
    shown = image.convert("L") if mode == "1" else image
    np.testing.assert_array_equal(read(buffer.getvalue()).pixels, shown)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"P1\n3 1\n0 1 0\n", [[255, 0, 255]]),
        (b"P1 3 2 010101", [[255, 0, 255], [0, 255, 0]]),
        (b"P2\n# a comment\n3 1\n2\n0 1 2\n", [[0, 128, 255]]),
        (b"P3 1 1 255 1 2 3", [[[1, 2, 3]]]),
        (b"P4\n3 1\n\x40", [[255, 0, 255]]),
        (b"P5 2 1 255\n\x00\xff", [[0, 255]]),
        (b"P5 2 1 100\n\x00\x64", [[0, 255]]),
        (b"P5 2 1 65535\n\x00\x01\xff\xff", [[1, 65535]]),
        (b"P6 1 1 255\n\x0a\x0b\x0c", [[[10, 11, 12]]]),  # the first sample is a line feed
    ],
)
def test_every_kind_is_read(data, expected):
    np.testing.assert_array_equal(read(data).pixels, expected)


@given(st.integers(1, 65535), st.data())
def test_samples_are_scaled_from_any_maximum(maximum, draw):
    values = draw.draw(st.lists(st.integers(0, maximum), min_size=1, max_size=9))
    dtype = ">u2" if maximum > 255 else "u1"
    data = f"P5 {len(values)} 1 {maximum}\n".encode() + np.array(values, dtype).tobytes()
    photograph = read(data)
    exact = np.array([values]) * photograph.white / maximum
    assert np.abs(photograph.pixels - exact).max() <= 0.5
    assert photograph.white == (65535 if maximum > 255 else 255)


def test_comments_are_kept_and_the_mark_stands_among_them_once(samples):
    photograph = Photograph(
        pixels=samples("uint16"),
        format="ppm",
        text=(("Comment", " made by hand\n on two lines"),),
        colored_by="n 1",
    )
    data = encode(photograph)
    assert data.startswith(b"P6\n# made by hand\n# on two lines\n#DigitalSourceType http://cv.iptc")
    back = read(data)
    assert [text for _, text in back.text] == [" made by hand", " on two lines"]
    np.testing.assert_array_equal(back.pixels, photograph.pixels)


@pytest.mark.parametrize(
    "data",
    [
        b"P5 2 2 255\n\0\0\0",
        b"P5 2 2",
        b"P5 a b c\n",
        b"P5 2 2 0\n\0\0\0\0",
        b"P5 2 2 70000\n" + bytes(8),
        b"P2 2 2 255 1 2 3",
        b"P2 1 1 255 x",
        b"P3 1 1 255 -1 0 0",
        b"P5 0 5 255\n",
        b"P5 99999999999 1 255\n",
    ],
)
def test_damage_is_refused(data):
    with pytest.raises(UnreadableImage, match="damaged or incomplete PPM"):
        read(data)
