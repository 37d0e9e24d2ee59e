# SPDX-License-Identifier: Apache-2.0
"""The films that benchmarks are taken of, and how they watch the work."""

import itertools
import os
from fractions import Fraction
from pathlib import Path

import av
import pytest

from benchmarks import faithful, film, longfilm
from tintype.errors import OptionError


def test_a_film_has_the_rate_that_was_wanted_and_sound(tmp_path, monkeypatch):
    monkeypatch.setattr(faithful, "_FRAMES", 6)
    path = faithful._write_film(tmp_path / "a.mp4", [1, 2])
    with av.open(str(path)) as container:
        times = [frame.pts * frame.time_base for frame in container.decode(video=0)]
        assert container.streams.audio
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert [gap * 25 for gap in gaps] == [Fraction(n) for n in (1, 2, 1, 2, 1)]


def test_a_long_film_is_as_long_as_it_says(tmp_path, monkeypatch):
    monkeypatch.setattr(longfilm, "_MINUTES", 1)
    monkeypatch.setattr(longfilm, "_RATE", 2)
    with av.open(str(longfilm._write_film(tmp_path / "a.mp4"))) as container:
        assert sum(1 for _ in container.decode(video=0)) == 120


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
def test_memory_is_seen():
    assert longfilm._resident(os.getpid()) > 10_000_000


def test_work_that_fails_is_not_taken_for_measured(tmp_path):
    with pytest.raises(OptionError, match="gone"):
        film.color(tmp_path / "gone.mp4", tmp_path / "out.mp4")
    if Path("/proc/self/status").exists():
        with pytest.raises(OptionError, match="gone"):
            list(longfilm._watch(tmp_path / "gone.mp4", tmp_path / "out.mp4"))
