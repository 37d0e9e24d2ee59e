# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from PIL import Image, ImageOps

from tintype.errors import UnsupportedImage
from tintype.imaging.exif import read_orientation
from tintype.imaging.photograph import Photograph
from tintype.imaging.pillow import join_image, photograph_of_image, split_image


@pytest.fixture
def image(color_pixels) -> Image.Image:
    return Image.fromarray(color_pixels)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBX", "YCbCr", "HSV"])
def test_modes_without_alpha_become_samples(image, mode):
    converted = image.convert(mode)
    samples, alpha = split_image(converted)
    grey = mode in ("1", "L")
    assert alpha is None
    np.testing.assert_array_equal(samples, converted.convert("L" if grey else "RGB"))


@pytest.mark.parametrize("mode", ["LA", "RGBA", "PA"])
def test_modes_with_alpha_part_into_two(image, grey_pixels, mode):
    image.putalpha(Image.fromarray(grey_pixels))
    converted = image.convert(mode)
    samples, alpha = split_image(converted)
    expected = np.asarray(converted.convert("LA" if mode == "LA" else "RGBA"))
    np.testing.assert_array_equal(alpha, grey_pixels)
    np.testing.assert_array_equal(samples.reshape(*samples.shape[:2], -1), expected[..., :-1])


def test_cmyk_stays_ink(image):
    inks = image.convert("CMYK")
    samples, alpha = split_image(inks)
    np.testing.assert_array_equal(samples, inks)
    assert alpha is None


def test_lab_is_converted():
    samples, _ = split_image(
        Image.merge("LAB", [Image.new("L", (4, 4), value) for value in (128, 128, 128)])
    )
    assert np.ptp(samples) <= 2  # Pillow's 128 is an a* or b* of 0: neutral
    assert samples.mean() == pytest.approx(119, abs=2)  # L* of 50 in sRGB


@pytest.mark.parametrize("mode", ["I", "I;16"])
def test_integers_within_16_bits_are_uint16(mode):
    values = np.array([[0, 1, 65535]], np.int32 if mode == "I" else np.uint16)
    samples, _ = split_image(Image.fromarray(values))
    assert samples.dtype == np.uint16
    np.testing.assert_array_equal(samples, values)


def test_integers_beyond_are_refused():
    with pytest.raises(UnsupportedImage, match="from 0 to 65536 are not read; scale them"):
        split_image(Image.fromarray(np.array([[0, 65536]], np.int32)))


def test_floating_samples_are_kept_and_of_unknown_white_refused():
    values = np.array([[0, 0.25, 1]], np.float32)
    np.testing.assert_array_equal(photograph_of_image(Image.fromarray(values)).pixels, values)
    for odd in (-0.1, 255.0, np.nan):
        values[0, 1] = odd
        with pytest.raises(UnsupportedImage, match=r"must lie in \[0, 1\], got .* divide them"):
            photograph_of_image(Image.fromarray(values))


def test_one_clear_colour_is_alpha():
    image = Image.fromarray(np.array([[1, 2, 3]], np.uint8))
    image.info["transparency"] = 2
    samples, alpha = split_image(image)
    np.testing.assert_array_equal(samples, [[1, 2, 3]])
    np.testing.assert_array_equal(alpha, [[255, 0, 255]])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_in_memory_becomes_an_upright_photograph(
    image, grey_pixels, adobe_rgb, exif_block, orientation
):
    image.putalpha(Image.fromarray(grey_pixels))
    image.info["icc_profile"] = adobe_rgb
    image.info["exif"] = b"Exif\0\0" + exif_block(orientation)
    photograph = photograph_of_image(image)
    turned = ImageOps.exif_transpose(image)
    np.testing.assert_array_equal(photograph.alpha, turned.getchannel("A"))
    assert read_orientation(photograph.exif) == 1
    wide = np.asarray(turned.convert("RGB"))
    assert not np.array_equal(photograph.pixels, wide)  # out of Adobe RGB
    upright = Image.fromarray(wide)
    upright.info["icc_profile"] = adobe_rgb
    np.testing.assert_array_equal(photograph.pixels, photograph_of_image(upright).pixels)


def test_a_mode_that_is_no_photographs_is_refused():
    with pytest.raises(UnsupportedImage, match="scale"):
        split_image(Image.new("I", (2, 2), -1))


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("alpha", [False, True])
def test_eight_bits_become_an_image(samples, opacity, color, alpha):
    own = samples("uint8", color=color)
    joined = join_image(Photograph(pixels=own, alpha=opacity("uint8") if alpha else None))
    assert joined.mode == ("RGB" if color else "L") + ("A" if alpha else "")
    split, plane = split_image(joined)
    np.testing.assert_array_equal(split, own)
    assert (plane is not None) == alpha
