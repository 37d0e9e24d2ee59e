# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from tintype.imaging.exif import read_orientation
from tintype.imaging.photograph import DEPTHS
from tintype.imaging.profiles import Encoding
from tintype.imaging.raster import Raster, develop, upright, without_equal_planes


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("color", [False, True])
def test_pictures_are_turned_as_pillow_turns_them(samples, orientation, color):
    own = samples("uint8", color=color)
    image = Image.fromarray(own)
    image.getexif()[0x0112] = orientation
    np.testing.assert_array_equal(upright(own, orientation), ImageOps.exif_transpose(image))


@pytest.mark.parametrize("dtype", DEPTHS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1), (2, 3, 3)])
def test_any_size_and_depth_can_be_turned(dtype, shape):
    own = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    for orientation in range(1, 9):
        turned = upright(own, orientation)
        assert turned.dtype == own.dtype
        assert turned.shape[:2] == (shape[:2] if orientation < 5 else shape[1::-1])
        assert sorted(turned.ravel()) == sorted(own.ravel())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_everything_lies_the_same_way(
    color_pixels, grey_pixels, exif_block, xmp_packet, orientation
):
    raster = Raster(
        samples=color_pixels,
        alpha=grey_pixels,
        orientation=orientation,
        exif=exif_block(orientation, size=(61, 90)),
        xmp=xmp_packet,
        dpi=(300.0, 600.0),
    )
    photograph = develop(raster, format="tiff")
    image = Image.fromarray(np.dstack([color_pixels, grey_pixels]))
    image.getexif()[0x0112] = orientation
    shown = np.asarray(ImageOps.exif_transpose(image))
    np.testing.assert_array_equal(photograph.pixels, shown[..., :3])
    np.testing.assert_array_equal(photograph.alpha, shown[..., 3])
    assert photograph.dpi == ((300.0, 600.0) if orientation < 5 else (600.0, 300.0))
    assert read_orientation(photograph.exif) == 1
    assert b"tiff:Orientation" not in photograph.xmp
    for plane in (photograph.pixels, photograph.alpha):
        assert plane.flags.c_contiguous


@given(st.integers(1, 200), st.integers(1, 8), st.data())
def test_one_sample_decides_whether_it_is_grey(height, width, draw):
    grey = np.random.default_rng(0).integers(0, 256, (height, width), np.uint8)
    rgb = np.dstack([grey] * 3)
    np.testing.assert_array_equal(without_equal_planes(rgb), grey)
    row, column = draw.draw(st.integers(0, height - 1)), draw.draw(st.integers(0, width - 1))
    rgb[row, column, draw.draw(st.integers(0, 2))] ^= 1
    assert without_equal_planes(rgb) is rgb


def test_equal_planes_under_an_rgb_profile_become_one(samples, adobe_rgb):
    rgb = np.dstack([samples("uint8", color=False)] * 3)
    raster = Raster(samples=rgb, encoding=Encoding(profile=adobe_rgb))
    assert develop(raster, format="png").is_grey


def test_exif_that_is_none_is_dropped(samples):
    raster = Raster(samples=samples("uint8"), exif=b"Exif\0\0 and no more", xmp=b"<broken")
    photograph = develop(raster, format="jpeg")
    assert photograph.exif is None
    assert photograph.xmp is None
