# SPDX-License-Identifier: Apache-2.0
import io

import numpy as np
import pytest
from PIL import Image

from tintype.errors import UnreadableImage
from tintype.imaging.files import encode, read
from tintype.imaging.photograph import Photograph


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_pillows_files_are_read_as_pillow_shows_them(color_pixels, mode):
    image, buffer = Image.fromarray(color_pixels).convert(mode), io.BytesIO()
    image.save(buffer, "BMP")
    shown = np.asarray(image.convert("L" if mode in ("1", "L") else "RGB"))
    np.testing.assert_array_equal(read(buffer.getvalue()).pixels, shown)


def test_the_resolution_is_kept_and_none_is_none(color_pixels):
    photograph = Photograph(pixels=color_pixels, format="bmp", dpi=(300.0, 600.0))
    assert read(encode(photograph)).dpi == pytest.approx((300, 600), abs=0.02)
    assert read(encode(Photograph(pixels=color_pixels), format="bmp")).dpi is None


@pytest.mark.parametrize("size", [20, 54, 1000])
def test_a_file_that_ends_early_is_refused(color_pixels, size):
    data = encode(Photograph(pixels=color_pixels), format="bmp")[:size]
    with pytest.raises(UnreadableImage):
        read(data)
