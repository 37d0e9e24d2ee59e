# SPDX-License-Identifier: Apache-2.0
"""How new scenes that were found are counted, and the films that they are looked for in."""

import sys

import numpy as np
import pytest

from benchmarks import scenes
from tintype.errors import InputError, OptionError


@pytest.mark.parametrize(
    ("found", "counted"),
    [
        ([], (0, 0)),
        ([10, 30], (2, 0)),
        ([11, 25], (2, 0)),  # a frame late; within a fade
        ([12, 25], (1, 1)),
        ([22, 26], (1, 0)),  # twice within one fade
        ([8, 19, 32], (0, 3)),
    ],
)
def test_new_scenes_are_counted_once_and_false_ones_told(found, counted):
    assert scenes.score(found, [(9, 10), (20, 30)]) == counted


def test_a_join_is_whole_on_both_sides():
    def shot(level):
        return [np.full((2, 2, 3), level, np.uint8) for _ in range(10)]

    film = scenes._join(
        [shot(0), shot(100)], [4], lambda old, new, share: np.uint8(old * (1 - share) + new * share)
    )
    levels = [int(picture[0, 0, 0]) for picture in film.pictures]
    assert film.transitions == [(5, 10)]
    assert levels[:6] == [0] * 6
    assert levels[6:10] == [20, 40, 60, 80]
    assert levels[10:] == [100] * 6


@pytest.mark.parametrize(
    ("clips", "message"),
    [(["a"], "from two on"), (["a", "b"], "b is too short: it needs 300 frames")],
)
def test_clips_that_cannot_take_turns_are_refused(monkeypatch, clips, message):
    frames = {"a": 600, "b": 70}
    monkeypatch.setattr(scenes, "parse_clip", lambda clip: (clip, 0.0))
    monkeypatch.setattr(
        scenes,
        "view_film",
        lambda clip, **_: iter([np.zeros((3, 240, 320), np.float32)] * frames[clip]),
    )
    with pytest.raises(InputError, match=message):
        list(scenes.by_turns(clips).pictures)


def test_a_missing_pyscenedetect_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "scenedetect", None)
    with pytest.raises(OptionError, match=r"pip install 'tintype\[bench\]'"):
        scenes.run()
