# SPDX-License-Identifier: Apache-2.0
"""What a comparison of two films sees, and what it does not overlook."""

from fractions import Fraction

import pytest

from tintype.video.fidelity import compare_films

MILLISECOND = Fraction(1, 1000)
TICK = 512  # of MP4_BASE: a frame at 25 a second


@pytest.fixture
def with_sound(films, wander, tmp_path):
    streams = []
    return films.write(
        tmp_path / "sound.mp4",
        wander(12),
        before=lambda container, _: streams.append(films.add_sound(container)),
        after=lambda container: films.write_sound(container, streams[0], 0.5),
    )


def test_a_film_is_all_there_in_itself(with_sound):
    same = compare_films(with_sound, with_sound)
    assert (same.frames, same.luma, same.times, same.longer) == (12, 12, 12, 0.0)
    assert same.packets == same.copied
    assert same.copied > 3


def test_one_changed_frame_is_noticed(films, wander, tmp_path):
    pictures, changed = wander(12), wander(12)
    changed[5] = changed[5].copy()
    changed[5][3, 3] ^= 1
    film, other = (
        films.write(tmp_path / name, shown, codec="ffv1", base=MILLISECOND)
        for name, shown in (("a.mkv", pictures), ("b.mkv", changed))
    )
    found = compare_films(film, other)
    assert (found.frames, found.luma, found.times) == (12, 11, 12)


def test_missing_frames_and_other_times_are_noticed(films, wander, tmp_path):
    film = films.write(tmp_path / "a.mp4", wander(12))
    later = [TICK * (number if number < 6 else 2 * number) for number in range(10)]
    other = films.write(tmp_path / "b.mp4", wander(10), stamps=later)
    found = compare_films(film, other)
    assert (found.frames, found.times) == (12, 6)
    assert (found.later, found.longer > 0.2) == (0.0, True)


def test_a_film_that_begins_later_is_else_the_same(films, wander, tmp_path):
    film = films.write(tmp_path / "a.mkv", wander(8), base=MILLISECOND)
    later = [40 * number + 120 for number in range(8)]
    other = films.write(tmp_path / "b.mkv", wander(8), stamps=later, base=MILLISECOND)
    found = compare_films(film, other)
    assert (found.times, found.later) == (8, 0.12)


def test_missing_sound_is_noticed(films, wander, tmp_path, with_sound):
    silent = films.write(tmp_path / "silent.mp4", wander(12))
    found = compare_films(with_sound, silent)
    assert found.packets > 3
    assert found.copied == 0
