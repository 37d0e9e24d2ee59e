# SPDX-License-Identifier: Apache-2.0
"""Kills at random moments: the command on a folder, ended by SIGKILL again and again, and resumed.

Each run is a fresh process with the real network, killed after a time drawn evenly from what a
whole run takes; the next one resumes. After each kill all that lies in the results' folder is held,
byte for byte, against a run that nobody disturbed. Before each run a photograph is touched and a
result removed, so that there is always something to do.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.fullsize import make_grey_jpeg
from benchmarks.result import Result
from tintype.errors import OptionError
from tintype.imaging.atomic import PART_SUFFIX
from tintype.jobs.ledger import JOURNAL
from tintype.records.journal import Entry, read_journal

_KILLS, _PHOTOGRAPHS = 50, 24
_SIZE = (408, 272)  # (width, height): small, so that many moments are near a file's writing
_SEED = 20160313

Files = dict[str, bytes]


def run() -> Result:
    """Kill, look, resume.

    Raises:
        OptionError: this system has no SIGKILL, or the command failed.
    """
    if not hasattr(signal, "SIGKILL"):
        raise OptionError("this system has no SIGKILL")
    with tempfile.TemporaryDirectory() as root:
        counts = kill_again_and_again(Path(root), kills=_KILLS, photographs=_PHOTOGRAPHS)
    return Result(
        title="Killed and resumed",
        method=f"`tintype colorize FOLDER --recursive --resume` over {_PHOTOGRAPHS} photographs "
        f"of {_SIZE[0]} × {_SIZE[1]}, killed by SIGKILL at moments drawn evenly from the time that "
        f"a whole run takes (seed {_SEED}), until {_KILLS} have been; looked at after each, and at "
        f"the end of a last run that was left alone.",
        header=("what", "how many"),
        rows=list(counts.items()),
    )


def kill_again_and_again(root: Path, *, kills: int, photographs: int) -> dict[str, int]:
    """Kill runs over a folder and resume them.

    Args:
        root: an empty folder to work in.
        kills: how many.
        photographs: how many the folder has.

    Returns:
        What happened → how often.

    Raises:
        OptionError: a run that was not killed failed.
    """
    chance = random.Random(_SEED)  # noqa: S311
    folder, out = root / "in", root / "out"
    originals = _fill(folder, photographs)
    whole, seconds = _run_undisturbed(folder, root / "whole")
    counts = Counter[str]()
    while counts["kills"] < kills:  # a run may be through before its moment comes
        _give_work(folder, out, chance)
        before = len(_entries(out))
        killed = _kill_after(chance.uniform(0, seconds), _command(folder, out))
        counts["kills"] += killed
        counts["of them while photographs were in hand"] += killed and in_hand(
            _entries(out)[before:]
        )
        found = _read_all(out)
        counts["temporary files that were left by them"] += len(found) - len(_results(found))
        counts["results looked at after them"] += len(_results(found))
        counts["results that were not whole"] += _different(_results(found), whole)
    _run(_command(folder, out))
    last = _read_all(out)
    counts["results lost at the end"] = len(whole.keys() - last.keys())
    counts["results that differ from an undisturbed run's"] = _different(_results(last), whole)
    counts["temporary files at the end"] = len(last) - len(_results(last))
    counts["originals changed"] = _different(_read_all(folder), originals)
    return dict(counts)


def _fill(folder: Path, photographs: int) -> Files:
    data = make_grey_jpeg(_SIZE)
    for number in range(photographs):
        path = folder / f"box {number % 3}" / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return _read_all(folder)


def _command(folder: Path, out: Path) -> list[str]:
    ours = [sys.executable, "-m", "tintype", "colorize", str(folder), "-o", str(out)]
    return [*ours, "--recursive", "--resume", "--device", "cpu"]


def _run_undisturbed(folder: Path, out: Path) -> tuple[Files, float]:
    """What a run leaves, and the seconds that it takes."""
    start = time.perf_counter()
    _run(_command(folder, out))
    return _read_all(out), time.perf_counter() - start


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise OptionError(done.stderr.strip())


def _give_work(folder: Path, out: Path, chance: random.Random) -> None:
    """Touch a third of the photographs, and remove a third of the results."""
    sources = sorted(folder.rglob("*.jpg"))
    for path in chance.sample(sources, len(sources) // 3):
        os.utime(path)
    results = sorted(out.rglob("*.jpg"))
    for path in chance.sample(results, len(results) // 3):
        path.unlink()


def _kill_after(seconds: float, command: Sequence[str]) -> bool:
    """Whether the command was still at work when it was to be killed."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return process.returncode == -signal.SIGKILL
    if process.returncode:
        raise OptionError(said.decode(errors="replace").strip())
    return False


def _entries(out: Path) -> list[Entry]:
    """What all runs have written down; nothing before the first."""
    path = out / JOURNAL
    return list(read_journal(path, kind="folder")) if path.exists() else []


def in_hand(entries: Sequence[Entry]) -> bool:
    """Whether a run that wrote this had begun photographs that it did not come to the end of."""
    ended = {entry.get("ended") for entry in entries}
    return any(entry["begun"] not in ended for entry in entries if "begun" in entry)


def _read_all(folder: Path) -> Files:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != JOURNAL)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def _results(found: Files) -> Files:
    return {name: data for name, data in found.items() if not name.endswith(PART_SUFFIX)}


def _different(found: Files, expected: Files) -> int:
    return sum(data != expected.get(name) for name, data in found.items())
