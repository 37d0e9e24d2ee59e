# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.color.luv import rgb_to_luv
from tintype.evaluate.points import draw_points


@pytest.fixture
def luv(color_pixels) -> np.ndarray:
    return rgb_to_luv(np.moveaxis(color_pixels, -1, 0).astype(np.float32) / 255)


def test_fewer_points_are_the_first_of_more(luv):
    assert draw_points(luv, 10, key="k", seed=3)[:4] == draw_points(luv, 4, key="k", seed=3)


def test_points_depend_on_the_photograph_and_the_seed_alone(luv):
    points = draw_points(luv, 5, key="k", seed=3)
    assert points == draw_points(luv, 5, key="k", seed=3)
    assert points != draw_points(luv, 5, key="other", seed=3)
    assert points != draw_points(luv, 5, key="k", seed=4)
    assert draw_points(luv, 0, key="k", seed=3) == []


def test_each_point_has_the_true_colour_of_its_patch(luv):
    for hint in draw_points(luv, 50, key="k", seed=0):
        assert 0 <= hint.y < luv.shape[1]
        assert 0 <= hint.x < luv.shape[2]
        rows, columns = (slice(max(0, at - 1), at + 2) for at in (hint.y, hint.x))
        expected = luv[1:, rows, columns].mean(axis=(1, 2))
        rgb = np.frombuffer(bytes.fromhex(hint.color[1:]), np.uint8).reshape(3, 1, 1) / 255
        assert rgb_to_luv(rgb)[1:, 0, 0] == pytest.approx(expected, abs=2.0)
