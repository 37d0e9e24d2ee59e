# SPDX-License-Identifier: Apache-2.0
import io
from functools import partial

import numpy as np
import pytest
from PIL import Image, ImageOps

from tintype.color.luv import rgb_to_lightness
from tintype.errors import ImageTooLarge, InputError, UnreadableImage
from tintype.inference import pictures
from tintype.inference.pictures import colorize
from tintype.spec.options import ColorizeOptions

GREY = ColorizeOptions(saturation=0.0)


@pytest.fixture
def ours(stand_in):
    return partial(colorize, model=stand_in.file)


def test_a_path_its_bytes_and_its_image_have_one_result(ours, grey_png, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(grey_png)
    results = [ours(path), ours(str(path)), ours(grey_png), ours(Image.open(io.BytesIO(grey_png)))]
    assert all(isinstance(result, Image.Image) and result.mode == "RGB" for result in results)
    assert len({result.tobytes() for result in results}) == 1


def test_an_array_has_the_same_result_as_an_array(ours, grey_png, grey_pixels):
    result = ours(grey_pixels)
    assert isinstance(result, np.ndarray)
    np.testing.assert_array_equal(result, np.asarray(ours(grey_png)))


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32", "float64"])
def test_an_arrays_result_has_its_dtype_and_lightness(ours, grey_pixels, dtype):
    white = np.iinfo(dtype).max if dtype.startswith("u") else 1
    there = (grey_pixels / 255 * white).astype(dtype)
    result = ours(there)
    assert result.shape == (*there.shape, 3)
    assert result.dtype == there.dtype
    rgb = np.moveaxis(result / white, -1, 0)
    grey = np.repeat(there[None] / white, 3, axis=0)
    error = np.abs(rgb_to_lightness(rgb) - rgb_to_lightness(grey))
    assert error.max() < (0.5 if dtype == "uint8" else 0.1)


def test_opacity_is_kept_bit_for_bit(ours, grey_pixels, rng):
    alpha = rng.integers(0, 255, grey_pixels.shape, np.uint8, endpoint=True)
    there = np.dstack([grey_pixels] * 3 + [alpha])
    np.testing.assert_array_equal(ours(there)[..., 3], alpha)
    image = ours(Image.fromarray(there))
    assert image.mode == "RGBA"
    np.testing.assert_array_equal(np.asarray(image)[..., 3], alpha)


def test_sixteen_bits_become_eight_in_an_image(ours, grey_pixels):
    deep = Image.fromarray(grey_pixels.astype(np.uint16) * 257)
    assert ours(deep, GREY).mode == "RGB"
    np.testing.assert_array_equal(np.asarray(ours(deep, GREY))[..., 0], grey_pixels)


def test_without_saturation_the_photograph_stays_what_it_was(ours, grey_pixels):
    np.testing.assert_array_equal(ours(grey_pixels, GREY), np.dstack([grey_pixels] * 3))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_images_orientation_is_applied(ours, grey_pixels, orientation):
    image = Image.fromarray(np.dstack([grey_pixels] * 3 + [grey_pixels // 2]))
    image.getexif()[0x0112] = orientation
    np.testing.assert_array_equal(ours(image, GREY), ImageOps.exif_transpose(image))


def test_the_callers_picture_is_left_alone(ours, rng):
    there = rng.random((20, 30, 3)).astype(np.float32)
    before = there.copy()
    ours(there)
    np.testing.assert_array_equal(there, before)


def test_the_network_is_loaded_once(ours, grey_pixels):
    ours(grey_pixels)
    loads = pictures._load.cache_info().misses
    ours(grey_pixels)
    assert pictures._load.cache_info().misses == loads


@pytest.mark.parametrize(
    ("picture", "error"),
    [
        (b"no picture", UnreadableImage),
        ("no/such/file.jpg", InputError),
        (np.zeros((3, 3), np.int64), InputError),
        ([[0, 1]], TypeError),
        (None, TypeError),
    ],
)
def test_what_is_no_picture_is_refused(ours, picture, error):
    with pytest.raises(error):
        ours(picture)


def test_a_file_of_too_many_pixels_is_refused(ours, grey_png):
    with pytest.raises(ImageTooLarge):
        ours(grey_png, max_pixels=100)
