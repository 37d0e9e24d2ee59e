# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from tintype.imaging.frame import Frame, find_frame, whole
from tintype.imaging.light import read_light


@pytest.fixture(scope="module")
def camera(skimage_data):
    """The cameraman at full size as L*, (512, 512) float32."""
    pixels = np.array(Image.open(skimage_data / "camera.png").convert("L"))
    lightness, luminance = np.empty((2, *pixels.shape), np.float32)
    read_light(pixels, lightness, luminance)
    return lightness


def mount(picture, level, *, top=0, bottom=0, left=0, right=0):
    return cv2.copyMakeBorder(
        picture, top, bottom, left, right, cv2.BORDER_CONSTANT, value=float(level)
    )


def assert_near(found, expected, off):
    """No edge lies outside the picture, nor more than ``off`` pixels inside it."""
    inward = np.array(
        [
            found.top - expected.top,
            found.left - expected.left,
            expected.top + expected.height - found.top - found.height,
            expected.left + expected.width - found.left - found.width,
        ]
    )
    assert (inward >= 0).all(), inward
    assert (inward <= off).all(), inward


@pytest.mark.parametrize("level", [0, 4, 15, 99, 100])
def test_finds_a_border_on_four_sides(camera, level):
    scan = mount(camera, level, top=40, bottom=25, left=30, right=60)
    expected = Frame(top=40, left=30, height=512, width=512)
    assert_near(find_frame(scan, scan.shape), expected, 8)


@pytest.mark.parametrize("sides", [{"top": 60, "bottom": 60}, {"left": 90, "right": 90}])
def test_finds_the_bars_of_a_letterbox(camera, sides):
    scan = mount(camera, 0, **sides)
    expected = Frame(top=sides.get("top", 0), left=sides.get("left", 0), height=512, width=512)
    assert_near(find_frame(scan, scan.shape), expected, 8)


def test_a_border_may_be_grainy_and_written_on(camera, rng):
    scan = mount(camera, 8, top=50, bottom=50, left=50, right=50)
    scan[15:30, 100:500:2] = 90  # strokes of dense writing, in rows that are not plain for it
    scan[580:595, 100:500:2] = 90
    scan += rng.normal(0, 1, scan.shape).astype(np.float32)
    assert_near(find_frame(scan, scan.shape), Frame(top=50, left=50, height=512, width=512), 8)


def test_a_dark_scene_is_no_part_of_a_dark_border(camera):
    scene = camera.copy()
    scene[:80] = 15 + 3 * np.sin(np.arange(512) / 20)  # a ceiling by night
    scan = mount(scene, 2, top=60, bottom=60, left=60, right=60)
    assert_near(find_frame(scan, scan.shape), Frame(top=60, left=60, height=512, width=512), 8)


def test_a_reduced_copy_gives_a_frame_in_pixels_of_the_photograph(camera):
    scan = mount(camera, 5, top=48, bottom=48, left=48, right=48)  # (608, 608)
    frame = find_frame(scan, (6080, 6080))
    assert_near(frame, Frame(top=480, left=480, height=5120, width=5120), 80)


@pytest.mark.parametrize("photograph", ["camera", "white", "sky", "night", "half", "flat"])
def test_a_picture_without_a_border_is_left_whole(camera, photograph):
    rows = np.linspace(0, 1, 512, dtype=np.float32)[:, None]
    shade = {
        "camera": camera,
        "white": np.where(np.hypot(rows - 0.5, rows.T - 0.5) < 0.45, camera, 100),  # an object
        "sky": np.maximum(60 + 40 * (1 - rows), 0) + 0 * rows.T,
        "night": np.minimum(camera, 3 + 60 * rows),
        "half": np.where(rows < 0.5, 0, camera),
        "flat": np.zeros((512, 512), np.float32),
    }
    picture = shade[photograph].astype(np.float32)
    assert find_frame(picture, picture.shape) == whole(picture.shape)


@given(height=st.integers(1, 40), width=st.integers(1, 40), seed=st.integers(0, 9))
@example(height=1, width=4, seed=1)  # borders that took all of it between them
def test_a_frame_always_has_pixels_and_lies_within(height, width, seed):
    picture = np.random.default_rng(seed).choice([0, 100], (height, width), p=[0.9, 0.1])
    frame = find_frame(picture.astype(np.float32), (3 * height, 3 * width))
    assert 0 <= frame.top < frame.top + frame.height <= 3 * height
    assert 0 <= frame.left < frame.left + frame.width <= 3 * width


def test_rows_and_columns_cut_the_frame_out():
    picture = np.arange(12).reshape(3, 4)
    frame = Frame(top=1, left=2, height=2, width=1)
    assert picture[frame.rows, frame.columns].tolist() == [[6], [10]]
    assert frame.size == (2, 1)
