# SPDX-License-Identifier: Apache-2.0
"""Motion that is known beforehand, and what must not be trusted."""

import cv2
import numpy as np
import pytest

from tintype.video.motion import MotionEstimator, motion_size


@pytest.fixture
def scene(cameraman) -> np.ndarray:
    """(216, 216) uint8, smooth enough for shifts by parts of a pixel to be exact."""
    return cv2.GaussianBlur(cameraman, (0, 0), 1.0)[20:236, 20:236].copy()


def shift(picture: np.ndarray, x: float, y: float) -> np.ndarray:
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
    return cv2.warpAffine(picture, matrix, picture.shape[::-1], borderMode=cv2.BORDER_REFLECT)


@pytest.mark.parametrize("step", [(0, 0), (3, 0), (-2.5, 1.5), (6, -5)])
def test_a_shift_is_found(scene, step):
    motion = MotionEstimator().between(scene, shift(scene, *step))
    inner = motion.back[16:-16, 16:-16]
    error = np.hypot(inner[..., 0] + step[0], inner[..., 1] + step[1])
    assert np.median(error) < 0.3
    assert motion.matched > 0.85
    assert motion.speed == pytest.approx(np.hypot(*step), abs=0.5)


def test_a_still_picture_does_not_move_at_all_under_grain(scene, rng):
    first, second = (
        np.clip(scene + rng.normal(0, 1.5, scene.shape), 0, 255).astype(np.uint8) for _ in range(2)
    )
    motion = MotionEstimator().between(first, second)
    assert (motion.back == 0).all(axis=-1).mean() > 0.8
    assert motion.matched > 0.95


def test_other_pictures_are_not_found(scene, cameraman):
    assert MotionEstimator().between(scene, scene[::-1].copy()).matched < 0.4
    noise = np.random.default_rng(0).integers(0, 256, scene.shape).astype(np.uint8)
    assert MotionEstimator().between(scene, noise).matched < 0.4


@pytest.mark.parametrize("gain", [0.9, 1.1])
def test_a_change_of_light_is_no_motion(scene, gain):
    motion = MotionEstimator().between(scene, cv2.convertScaleAbs(scene, alpha=gain, beta=4))
    assert motion.matched > 0.9
    assert np.median(np.abs(motion.back)) < 0.1


def test_what_comes_out_from_behind_is_not_trusted(scene, rng):
    grain = cv2.GaussianBlur(rng.normal(0, 150, scene.shape), (0, 0), 2)
    dark = np.clip(70 + grain, 0, 255).astype(np.uint8)
    first, second = dark.copy(), dark.copy()
    first[60:140, 60:120] = scene[60:140, 60:120] // 2 + 120
    second[60:140, 72:132] = scene[60:140, 60:120] // 2 + 120  # moved by 12
    trust = MotionEstimator().between(first, second).trust
    uncovered, elsewhere = trust[70:130, 62:70], trust[150:, :]
    assert uncovered.mean() < 0.25
    assert elsewhere.mean() > 0.9


def test_what_comes_into_view_is_not_trusted(scene):
    trust = MotionEstimator().between(scene, shift(scene, 12, 0)).trust
    assert trust[:, :9].mean() < 0.4
    assert trust[:, 24:].mean() > 0.8


def test_plain_surfaces_follow_the_camera(scene):
    plain = scene.copy()
    plain[100:, :] = 128
    motion = MotionEstimator().between(plain, shift(plain, 4, 0))
    surface = motion.back[130:200, 30:190]
    assert np.median(motion.trust[130:200, 30:190]) > 0.9
    assert np.abs(surface[..., 0]).max() < 8


@pytest.mark.parametrize("size", [(1, 1), (2, 30), (12, 12), (23, 64)])
def test_pictures_too_small_for_flow_stand_still(size):
    picture = np.zeros(size, np.uint8)
    motion = MotionEstimator().between(picture, picture)
    assert (motion.back == 0).all()
    assert motion.matched == 1


def test_carrying_follows_the_motion(scene):
    estimator = MotionEstimator()
    moved = shift(scene, 5, 0)
    motion = estimator.between(scene, moved)
    carried = estimator.warp(scene.astype(np.float32), motion.back)
    assert np.abs(carried - moved)[:, 16:].mean() < 2


def test_motion_on_another_grid_is_the_same_motion(scene):
    small = MotionEstimator().between(scene, np.roll(scene, 6, axis=1))
    height, width = scene.shape
    large = small.on((2 * height, 3 * width))
    assert large.back.shape == (2 * height, 3 * width, 2)
    inner = large.back[20:-20, 60:-20]
    np.testing.assert_allclose(np.median(inner[..., 0]), -18, atol=0.5)
    np.testing.assert_allclose(np.median(inner[..., 1]), 0, atol=0.2)
    assert large.speed == pytest.approx(2 * small.speed)
    assert large.trust.mean() == pytest.approx(small.trust.mean(), abs=0.01)


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((216, 384), (108, 192)),
        ((72, 108), (72, 108)),
        ((1, 900), (1, 900)),
        ((540, 216), (270, 108)),
    ],
)
def test_motion_is_estimated_on_small_pictures(size, wanted):
    assert motion_size(size) == wanted
