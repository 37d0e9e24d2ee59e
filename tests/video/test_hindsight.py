# SPDX-License-Identifier: Apache-2.0
"""The pass backwards: steadier, earlier right, never over a cut; the same wherever it begins."""

from collections import deque

import cv2
import numpy as np
import pytest

from tintype.inference.prediction import Prediction
from tintype.video.coloring import Sight
from tintype.video.frames import Colored, Read
from tintype.video.hindsight import _AHEAD, _STRETCH, Hindsight
from tintype.video.pictures import Damage
from tintype.video.steady import Steadier

SIZE = 72, 108
PART = 50


def predict(u, confidence=0.6, *, v=0.0):
    """A network that gives one colour all over, or the plane it is given."""
    planes = np.stack([np.broadcast_to(np.float32(value), (18, 27)) for value in (u, v)])
    sure = np.full((18, 27), confidence, np.float32)
    return lambda: Prediction(chroma=planes.astype(np.float32), confidence=sure)


def forwards(shots, networks, every=None):
    """Frames with what is known of them from earlier ones."""
    steadier = Steadier(every=every)
    for number, (lightness, network) in enumerate(zip(shots, networks, strict=True)):
        sight = Sight(lightness=lightness, motion=None)
        luma = np.zeros((1, 1), np.uint8)
        read = Read(pts=number, duration=1, luma=luma, alpha=None, sight=sight, damage=Damage())
        colors = steadier.step(lightness, network)
        yield Colored(read=read, colors=colors, before=None)


def both_ways(frames, first=0, part_frames=PART, *, whole=True):
    hindsight = Hindsight(first, part_frames)
    for frame in frames:
        yield from hindsight.add(frame)
    yield from hindsight.finish(whole=whole)


def level(frame):
    return float(np.median(frame.colors.chroma[0]))


def test_flicker_is_averaged_away_more_than_forwards(scene, rng):
    told = rng.normal(0, 20, 120)
    frames = list(forwards([scene] * 120, map(predict, told), every=1))
    one_way, two_ways = (
        np.array([level(f) for f in found]) for found in (frames, both_ways(frames))
    )
    assert np.abs(np.diff(two_ways)).mean() < 0.4 * np.abs(np.diff(one_way)).mean()


def test_a_scenes_first_frames_are_told_by_later_ones(scene):
    networks = [predict(-40, 0.1)] + [predict(40, 0.9)] * 29
    frames = list(forwards([scene] * 30, networks))
    assert level(frames[0]) == pytest.approx(-40, abs=1)
    assert level(next(both_ways(frames))) > 25


def test_a_lasting_change_of_mind_is_followed_no_later_than_it_comes(scene):
    frames = list(forwards([scene] * 48, [predict(-20)] * 24 + [predict(40)] * 24, every=1))
    turns = [
        next(n for n, frame in enumerate(found) if level(frame) > 10)
        for found in (frames, both_ways(frames))
    ]
    assert turns[0] > 24
    assert 12 < turns[1] <= 24


def test_nothing_goes_back_over_a_cut(scene, another):
    """Not even where both scenes look alike, as they do here in a third of the frame."""
    another[:24] = scene[:24]
    shots = [scene] * 20 + [another] * 20
    frames = list(forwards(shots, [predict(60)] * 20 + [predict(-40)] * 20))
    assert [n for n, frame in enumerate(frames) if frame.colors.cut] == [0, 20]
    found = np.stack([frame.colors.chroma[0] for frame in both_ways(frames)])
    np.testing.assert_allclose(found[:20], 60, atol=0.5)
    np.testing.assert_allclose(found[20:], -40, atol=0.5)


def test_things_leave_no_colours_before_or_behind_them(scene, cameraman):
    thing = cameraman[60:84, 60:84].astype(np.float32) / 2.55 + 20
    shots, networks = [], []
    for number in range(20):
        shot, u = scene.copy(), np.zeros(SIZE, np.float32)
        left = 6 + 3 * number
        shot[24:48, left : left + 24] = np.clip(thing, 0, 100)
        u[24:48, left : left + 24] = 80
        shots.append(shot)
        networks.append(predict(cv2.resize(u, (27, 18), interpolation=cv2.INTER_AREA)))
    found = [frame.colors.chroma[0] for frame in both_ways(forwards(shots, networks))]
    for number in (4, 10, 16):
        left = 6 + 3 * number
        inside = found[number][28:44, left + 4 : left + 20]
        behind = found[number][28:44, 2 : max(4, left - 6)]
        before = found[number][28:44, min(left + 30, 104) : 106]
        assert np.median(inside) > 60
        assert np.abs(behind).mean() < 8
        assert np.abs(before).mean() < 8


@pytest.mark.parametrize("part_frames", [7, PART, 200])
@pytest.mark.parametrize("count", [1, _STRETCH, _STRETCH + _AHEAD, 130])
def test_every_frame_comes_out_once_and_in_order(scene, part_frames, count):
    frames = forwards([scene[:24, :36]] * count, [predict(10)] * count)
    given = [frame.read.pts for frame in both_ways(frames, part_frames=part_frames)]
    assert given == list(range(count))


@pytest.mark.parametrize("part_frames", [20, PART])
def test_the_colours_are_the_same_from_any_part_on(cameraman, rng, part_frames):
    shots = [
        cameraman[40:112, n : n + 108].astype(np.float32) / np.float32(2.55) for n in range(120)
    ]
    frames = list(forwards(shots, map(predict, rng.normal(0, 20, 120))))
    whole = list(both_ways(frames, part_frames=part_frames))
    for first in range(part_frames, 120, part_frames):
        resumed = both_ways(frames[first:], first, part_frames)
        for one, other in zip(whole[first:], resumed, strict=True):
            np.testing.assert_array_equal(one.colors.memory.known, other.colors.memory.known)


@pytest.mark.parametrize("count", [10, PART - 3, PART + 5, PART + _AHEAD + 5])
def test_a_stop_ends_no_part_with_less_than_it_could_know(scene, rng, count):
    """A part whose successor has begun is vouched for: its frames are what the whole film has."""
    frames = list(forwards([scene] * 120, map(predict, rng.normal(0, 20, 120))))
    whole = list(both_ways(frames))
    stopped = list(both_ways(frames[:count], whole=False))
    vouched = (len(stopped) - 1) // PART * PART
    assert [f.read.pts for f in stopped] == list(range(len(stopped)))
    assert len(stopped) >= min(count, PART)
    for one, other in zip(whole[:vouched], stopped, strict=False):
        np.testing.assert_array_equal(one.colors.memory.known, other.colors.memory.known)


def test_no_more_frames_are_held_than_a_stretch_and_those_ahead(scene):
    hindsight, taken, most = Hindsight(0, 250), deque(), 0
    for number, frame in enumerate(forwards([scene[:24, :36]] * 600, [predict(10)] * 600), start=1):
        taken.extend(f.read.pts for f in hindsight.add(frame))
        most = max(most, number - len(taken))
    assert most == _STRETCH + _AHEAD - 1
