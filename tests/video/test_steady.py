# SPDX-License-Identifier: Apache-2.0
"""Colours that stay: against flicker, behind moving things, over cuts, flashes and fades."""

import cv2
import numpy as np
import pytest

from tintype.inference.prediction import Prediction
from tintype.video.steady import Steadier, Watcher

SIZE = 72, 108


def predict(u, v=0.0, confidence=0.6):
    """A network that gives one colour all over, or the planes it is given."""
    planes = np.stack([np.broadcast_to(np.float32(value), (18, 27)) for value in (u, v)])
    sure = np.full((18, 27), confidence, np.float32)
    return lambda: Prediction(chroma=planes.astype(np.float32), confidence=sure)


def test_the_first_frame_has_the_networks_colours(scene):
    colors = Steadier().step(scene, predict(30, -20))
    assert (colors.predicted, colors.cut, colors.recalled) == (True, True, False)
    np.testing.assert_allclose(colors.chroma[0], 30, atol=0.1)
    np.testing.assert_allclose(colors.chroma[1], -20, atol=0.1)


def test_flicker_is_averaged_away(scene):
    steadier, rng = Steadier(every=1), np.random.default_rng(1)
    alone = rng.normal(0, 20, 60)
    kept = [steadier.step(scene, predict(u)).chroma[0].mean() for u in alone]
    assert np.abs(np.diff(kept[10:])).mean() < 0.15 * np.abs(np.diff(alone[10:])).mean()


def test_one_slip_is_outvoted_and_a_lasting_change_is_followed(scene):
    steadier = Steadier(every=1)
    for _ in range(12):
        steadier.step(scene, predict(-20))
    slipped = [steadier.step(scene, predict(60)).chroma[0].mean()]
    slipped += [steadier.step(scene, predict(-20)).chroma[0].mean() for _ in range(4)]
    assert max(slipped) < 0
    assert slipped[-1] < -15
    followed = [steadier.step(scene, predict(60)).chroma[0].mean() for _ in range(8)]
    assert followed[-1] > 50
    assert np.diff(followed).max() < 0.4 * 80  # never in one jump


def test_a_change_of_mind_calls_for_another_look(scene):
    steadier = Steadier()
    seen = [steadier.step(scene, predict(-20 if n < 40 else 60)).predicted for n in range(60)]
    runs = np.flatnonzero(seen)
    first = int(runs[runs >= 40][0])
    assert first - runs[runs < 40][-1] == 8
    assert seen[first : first + 5] == [True, False, True, False, True]


@pytest.mark.parametrize("every", [1, 2, 5])
def test_the_network_sees_every_nth_frame_when_told(scene, every):
    steadier = Steadier(every=every)
    seen = [steadier.step(scene, predict(10)).predicted for _ in range(20)]
    assert seen == [number % every == 0 for number in range(20)]


def test_a_still_scene_needs_the_network_less_and_less(scene):
    steadier = Steadier()
    seen = [n for n in range(60) if steadier.step(scene, predict(10)).predicted]
    assert seen[:4] == [0, 2, 4, 6]
    assert np.diff(seen).max() == 8
    assert len(seen) < 12


def test_motion_seen_ahead_is_the_motion(cameraman, another):
    """Also from the middle on, as when a job is resumed."""
    frames = [
        cameraman[40:112, 3 * n : 3 * n + 108].astype(np.float32) / np.float32(2.55)
        for n in range(8)
    ]
    frames[5] = another
    plain, ahead, resumed = Steadier(), Steadier(), Steadier()
    watcher, later = Watcher(), None
    for number, lightness in enumerate(frames):
        expected = plain.step(lightness, predict(10 + number)).chroma
        motion = watcher.watch(lightness)
        colors = ahead.step(lightness, predict(10 + number), motion=motion)
        np.testing.assert_array_equal(colors.chroma, expected)
        if number == 2:
            resumed.memory, later = ahead.memory, Watcher(ahead.memory.lightness)
        elif later is not None:
            motion = later.watch(lightness)
            colors = resumed.step(lightness, predict(10 + number), motion=motion)
            np.testing.assert_array_equal(colors.chroma, expected)


def test_a_moving_camera_asks_for_more(cameraman):
    def window(number):
        plane = cameraman[40:112, 3 * number : 3 * number + 108]
        return plane.astype(np.float32) / 2.55

    steadier = Steadier()
    seen = [n for n in range(40) if steadier.step(window(n), predict(10)).predicted]
    assert 12 <= len(seen) <= 20


def test_nothing_is_left_over_after_a_cut(scene, another):
    steadier = Steadier()
    for _ in range(20):
        steadier.step(scene, predict(60))
    colors = steadier.step(another, predict(-40))
    assert (colors.predicted, colors.cut, colors.recalled) == (True, True, False)
    np.testing.assert_allclose(colors.chroma[0], -40, atol=0.5)


@pytest.mark.parametrize("frames", [1, 3])
def test_after_a_flash_the_colours_are_those_before_it(scene, frames):
    steadier = Steadier()
    for _ in range(12):
        before = steadier.step(scene, predict(30)).chroma
    for _ in range(frames):
        assert steadier.step(np.full(SIZE, 98, np.float32), predict(0)).cut or frames > 1
    after = steadier.step(scene, predict(-30))
    assert after.recalled
    np.testing.assert_allclose(after.chroma[0], before[0], atol=6)


def test_where_another_light_leaves_nothing_known_the_network_is_asked_at_once(scene):
    steadier = Steadier()
    steadier.step(0.5 * scene, predict(30))
    colors = steadier.step(0.5 * scene + 30, predict(-40))
    assert (colors.predicted, colors.cut) == (True, False)
    np.testing.assert_allclose(colors.chroma[0], -40, atol=2)


def test_a_plain_scene_is_not_taken_for_another_that_was_plain_in_another_light(scene):
    steadier = Steadier()
    for light, u in ((98, 0), (20, -40)):
        for _ in range(4):
            steadier.step(scene, predict(30))
        colors = steadier.step(np.full(SIZE, light, np.float32), predict(u))
        assert colors.predicted
        assert not colors.recalled
        np.testing.assert_allclose(colors.chroma[0], u, atol=0.5)


def test_a_dialogue_cuts_back_to_the_same_colours(scene, another):
    steadier, left = Steadier(), {}
    for turn in range(3):
        for speaker, shot, u in (("he", scene, 40), ("she", another, -40)):
            shown = [steadier.step(shot, predict(u + 5 * turn)) for _ in range(10)]
            assert shown[0].recalled == (turn > 0)
            begins = shown[0].chroma[0].mean()
            assert begins == pytest.approx(left.get(speaker, u), abs=3)
            left[speaker] = shown[-1].chroma[0].mean()


def test_a_fade_is_no_cut_and_forgets_what_was_said_in_the_dark(scene):
    steadier, cuts = Steadier(), 0
    for number in range(25):
        colors = steadier.step(scene * number / 24, predict(0 if number < 8 else 50))
        cuts += colors.cut
    for _ in range(8):
        colors = steadier.step(scene, predict(50))
    assert cuts == 1
    assert np.median(colors.chroma[0]) > 42


def test_things_take_their_colours_along_and_leave_none_behind(scene, cameraman):
    thing = cameraman[60:84, 60:84].astype(np.float32) / 2.55 + 20

    def at(number):
        frame = scene.copy()
        left = 6 + 3 * number
        frame[24:48, left : left + 24] = np.clip(thing, 0, 100)
        u = np.zeros(SIZE, np.float32)
        u[24:48, left : left + 24] = 80
        return frame, u

    steadier = Steadier()
    for number in range(20):
        frame, true = at(number)
        small = cv2.resize(true, (27, 18), interpolation=cv2.INTER_AREA)
        colors = steadier.step(frame, predict(small))
    inside = colors.chroma[0][28:44, 67:83]
    behind = colors.chroma[0][28:44, 26:50]
    assert np.median(inside) > 60
    assert np.abs(behind).mean() < 8


def test_where_something_comes_into_view_it_soon_has_its_own_colours(scene, rng):
    steadier = Steadier()
    for _ in range(16):
        steadier.step(scene, predict(-30))
    new = scene.copy()
    new[20:60, 30:80] = cv2.GaussianBlur(
        rng.uniform(0, 100, (40, 50)).astype(np.float32), (5, 5), 1
    )
    for _ in range(3):
        colors = steadier.step(new, predict(50))
        if colors.predicted:
            break
    assert colors.predicted
    assert np.median(colors.chroma[0][26:54, 36:74]) > 40


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (20, 3)])
def test_any_size_will_do(size):
    steadier = Steadier()
    for _ in range(3):
        colors = steadier.step(np.full(size, 50, np.float32), predict(20))
        assert colors.chroma.shape == (2, *size)
        np.testing.assert_allclose(colors.chroma[0], 20, atol=0.1)


def test_a_network_that_is_not_sure_counts_for_less(scene):
    def settled(*predictions):
        steadier = Steadier(every=10)
        for prediction in predictions:
            for _ in range(10):
                colors = steadier.step(scene, prediction)
        return colors.chroma[0].mean()

    sure, unsure = predict(40, confidence=0.9), predict(-40, confidence=0.1)
    assert settled(sure, unsure) == pytest.approx(40 - 80 * 0.2, abs=1.5)  # memory is patient, to 4
    assert settled(predict(40, confidence=0.1), predict(-40, confidence=0.9)) < -30
