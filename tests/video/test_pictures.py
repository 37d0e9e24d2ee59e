# SPDX-License-Identifier: Apache-2.0
"""Every frame with its time, and damaged films bridged to their full length."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from tintype.errors import UnreadableFilm
from tintype.video.pictures import Damage, PictureReader, sum_damage
from tintype.video.source import describe_film

GOP = {"g": "12", "bf": "2"}


def read(path, *, first=None, exactly=False, seek=True):
    reader = PictureReader(describe_film(path))
    return list(reader.read(first, exactly=exactly, seek=seek)), reader


def flip(path, *, share, count, seed=1):
    """Turn some bytes over in the middle of a file."""
    data = bytearray(path.read_bytes())
    first, end = (int(part * len(data)) for part in share)
    for at in np.random.default_rng(seed).integers(first, end, count):
        data[at] ^= 0x5A
    broken = path.with_name(f"broken-{path.name}")
    broken.write_bytes(data)
    return broken


def test_frames_come_in_order_with_their_times(films, wander, tmp_path):
    stamps = np.cumsum(np.random.default_rng(2).integers(100, 1500, 40)).tolist()
    path = films.write(tmp_path / "a.mkv", wander(40), stamps=stamps, base=Fraction(1, 1000))
    pictures, reader = read(path)
    assert [picture.pts for picture in pictures] == stamps
    assert not reader.damage
    assert not any(picture.repeated for picture in pictures)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi", "ts", "webm"])
def test_whole_films_have_no_damage(films, wander, tmp_path, suffix):
    codec = {"avi": "mpeg4", "webm": "libvpx"}.get(suffix, "libx264")
    base = {"avi": Fraction(1, 25)}.get(suffix, Fraction(1, 1000))
    path = films.write(tmp_path / f"a.{suffix}", wander(60), codec=codec, base=base)
    pictures, reader = read(path)
    assert len(pictures) == 60
    assert str(reader.damage) == ""


@pytest.mark.parametrize("number", [0, 1, 30, 137, 199])
@pytest.mark.parametrize("seek", [True, False])
def test_reading_begins_at_the_very_frame(films, wander, tmp_path, number, seek):
    path = films.write(tmp_path / "a.mp4", wander(200, (16, 16)), options=GOP)
    whole, _ = read(path)
    part, _ = read(path, first=512 * number, exactly=True, seek=seek)
    assert [picture.pts for picture in part] == [picture.pts for picture in whole[number:]]
    for one, other in zip(part, whole[number:], strict=True):
        assert bytes(one.frame.planes[0]) == bytes(other.frame.planes[0])


def test_a_frame_that_is_not_there_is_said(films, wander, tmp_path):
    path = films.write(tmp_path / "a.mp4", wander(10))
    with pytest.raises(UnreadableFilm, match=r"no picture that can be decoded at 0\.20 s"):
        read(path, first=5 * 512 + 1, exactly=True)


def test_a_damaged_film_keeps_its_length(films, wander, tmp_path):
    path = films.write(
        tmp_path / "a.mp4",
        wander(90),
        options=GOP,
        container_options={"movflags": "faststart"},
    )
    broken = flip(path, share=(0.4, 0.7), count=400)
    pictures, reader = read(broken)
    assert len(pictures) == 90
    assert [picture.pts for picture in pictures] == [512 * index for index in range(90)]
    assert reader.damage.lost + reader.damage.concealed > 0
    assert sum(picture.repeated for picture in pictures) == reader.damage.lost
    assert "first at" in str(reader.damage)


def test_what_replaces_a_lost_frame_is_the_one_before(films, wander, tmp_path):
    path = films.write(
        tmp_path / "a.mov", wander(30), codec="png", pixel_format="rgb24", base=Fraction(1, 25)
    )
    broken = flip(path, share=(0.40, 0.42), count=60)
    pictures, reader = read(broken)
    assert reader.damage.lost >= 1
    assert len(pictures) == 30
    for before, picture in pairwise(pictures):
        assert (picture.frame is before.frame) == picture.repeated


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi"])
def test_a_film_that_ends_too_early_is_said_to(films, wander, tmp_path, suffix):
    codec = "mpeg4" if suffix == "avi" else "libx264"
    path = films.write(
        tmp_path / f"a.{suffix}",
        wander(60),
        codec=codec,
        base=Fraction(1, 25),
        options=GOP,
        container_options={"movflags": "faststart"} if suffix == "mp4" else {},
    )
    path.write_bytes(path.read_bytes()[: int(0.6 * path.stat().st_size)])
    pictures, reader = read(path)
    assert 10 < len(pictures) < 60
    assert reader.damage.missing > 5
    assert "missing from the file" in str(reader.damage)


def test_a_gap_in_a_regular_film_is_noted_and_kept(films, wander, tmp_path):
    stamps = [40 * index for index in range(60) if not 30 <= index < 35]
    path = films.write(tmp_path / "a.mkv", wander(55), stamps=stamps, base=Fraction(1, 1000))
    pictures, reader = read(path)
    assert [picture.pts for picture in pictures] == stamps
    assert reader.damage.missing == 5


def test_variable_rate_is_no_damage(films, wander, tmp_path):
    stamps = np.cumsum([40, 40, 33, 47, 40, 200, 40, 33] * 6).tolist()
    path = films.write(tmp_path / "a.mkv", wander(48), stamps=stamps, base=Fraction(1, 1000))
    assert not read(path)[1].damage


def test_damage_adds_up():
    first, second = Damage(), Damage()
    first.note("lost", 2.0, 3)
    second.note("lost", 5.0)
    second.note("missing", 4.0, 2)
    both = first.plus(second)
    assert (both.lost, both.missing, both.first) == (4, 2, 2.0)
    gain = both.since(first)
    assert (gain.lost, gain.missing) == (1, 2)
    assert not both.since(both)
    assert sum_damage([first, second]) == both
    assert not sum_damage([])
