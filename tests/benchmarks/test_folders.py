# SPDX-License-Identifier: Apache-2.0
"""How folders are measured: kills that really kill, damage that would be seen, memory and time."""

import os
import signal
import sys

import pytest

from benchmarks import kills, large
from tintype.errors import OptionError

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")


@pytest.mark.slow
def test_runs_are_killed_and_resumed_and_nothing_is_lost(tmp_path):
    counts = kills.kill_again_and_again(tmp_path, kills=2, photographs=3)
    assert counts["kills"] == 2
    for name in (
        "results that were not whole",
        "results lost at the end",
        "results that differ from an undisturbed run's",
        "temporary files at the end",
        "originals changed",
    ):
        assert counts[name] == 0, name
    assert len(list((tmp_path / "out").rglob("*.jpg"))) == 3


def test_damage_would_be_seen():
    whole = {"a.jpg": b"whole", "b.jpg": b"too"}
    assert kills._different({"a.jpg": b"whole"}, whole) == 0
    assert kills._different({"a.jpg": b"who", "c.jpg": b""}, whole) == 2
    assert kills._results({"a.jpg": b"", ".0.tintype-part": b""}) == {"a.jpg": b""}


def test_a_command_that_ends_by_itself_was_not_killed_and_one_that_fails_is_told():
    assert kills._kill_after(30, [sys.executable, "-c", ""]) is False
    assert kills._kill_after(0.1, [sys.executable, "-c", "import time; time.sleep(60)"]) is True
    with pytest.raises(OptionError, match="no such thing"):
        kills._kill_after(30, [sys.executable, "-c", "raise SystemExit('no such thing')"])


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="memory is not told here")
def test_the_memory_of_a_command_is_the_most_that_it_held():
    _, little = large.measure([sys.executable, "-c", ""])
    seconds, much = large.measure(
        [sys.executable, "-c", "import time; b'x' * 10**8; time.sleep(0.2)"]
    )
    assert 0.9e8 < much - little < 1.2e8
    assert seconds > 0.2
    with pytest.raises(OptionError, match="no such thing"):
        large.measure([sys.executable, "-c", "raise SystemExit('no such thing')"])
