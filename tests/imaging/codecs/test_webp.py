# SPDX-License-Identifier: Apache-2.0
import io

import numpy as np
import pytest
from PIL import Image

from tintype.errors import UnreadableImage, UnsupportedImage
from tintype.imaging.files import encode, read
from tintype.imaging.photograph import Photograph


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_lossless_files_are_read_exactly(color_pixels, grey_pixels, mode):
    image, buffer = Image.fromarray(color_pixels), io.BytesIO()
    if mode == "RGBA":
        image.putalpha(Image.fromarray(grey_pixels))
    image.save(buffer, "WEBP", lossless=True, exact=True)
    photograph = read(buffer.getvalue())
    np.testing.assert_array_equal(photograph.pixels, color_pixels)
    if mode == "RGBA":
        np.testing.assert_array_equal(photograph.alpha, grey_pixels)


def test_colours_behind_full_transparency_are_kept(color_pixels):
    clear = np.zeros((61, 90), np.uint8)
    back = read(encode(Photograph(pixels=color_pixels, alpha=clear), format="webp"))
    assert np.abs(back.pixels.astype(int) - color_pixels).mean() < 5


def test_an_animation_is_refused(color_pixels):
    image, buffer = Image.fromarray(color_pixels), io.BytesIO()
    image.save(buffer, "WEBP", save_all=True, append_images=[image.rotate(90)], duration=40)
    with pytest.raises(UnsupportedImage, match="an animation of 2 frames"):
        read(buffer.getvalue())


def test_a_side_longer_than_it_counts_is_refused():
    with pytest.raises(UnsupportedImage, match="holds 16383 pixels a side .* has 16384"):
        encode(Photograph(pixels=np.zeros((16384, 1), np.uint8)), format="webp")


def test_a_file_that_ends_early_is_refused(color_pixels):
    data = encode(Photograph(pixels=color_pixels), format="webp")
    with pytest.raises(UnreadableImage, match="damaged or incomplete WebP"):
        read(data[: len(data) // 2])
