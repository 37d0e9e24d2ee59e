# SPDX-License-Identifier: Apache-2.0
"""Killed at many moments and resumed each time; several runs at once: the same bytes as without.

The moments are the run's own dealings with the file system, which is where a kill could do harm:
before the n-th of them the process dies by SIGKILL, as suddenly as by a power cut. Kills by the
clock, of the real command with the real network, are the benchmark ``kills``.
"""

import json
import random
import signal
import subprocess
import sys

import pytest

from tintype.jobs.ledger import JOURNAL
from tintype.records.journal import read_journal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL, and no fork")

MOMENTS = 16
# Imports once, and forks for each run: a child leaves what a killed program leaves.
PROGRAM = """
import hashlib, json, os, signal, sys
from pathlib import Path

from tintype.errors import InputError
from tintype.jobs.folder import colorize_folder
from tintype.spec.options import EngineOptions, FolderOptions

TOUCHING = {"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.scandir", "os.truncate"}

def die_before(number, out):
    left = [number]
    def look(event, arguments):
        if event in TOUCHING and any(str(given).startswith(out) for given in arguments[:2]):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(look)
    return left

def say(*words):
    os.write(1, (json.dumps(words) + chr(10)).encode())  # at one stroke: processes share it

def child(folder, model, out, moment):
    left = die_before(moment, out)
    run = FolderOptions(recursive=True, resume=True)
    try:
        result = colorize_folder(folder, out, run=run, engine=EngineOptions(model=model))
    except InputError as error:
        say("refused", str(error))
        os._exit(2)
    counts = [len(result.of(status)) for status in ("done", "failed", "skipped")]
    say("ended", moment - left[0], counts)
    os._exit(0)

def start(*arguments):
    pid = os.fork()
    if pid == 0:
        child(*arguments)
    return pid

def end(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def look_at(out):
    files = sorted(path for path in Path(out).rglob("*") if path.is_file())
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files if path.name != ".tintype-journal"
    }

folder, model, runs = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
for out, *moments in runs:
    pids = [start(folder, model, out, moment) for moment in moments]
    say("left", [end(pid) for pid in pids], look_at(out))
"""
NEVER = 10**9


@pytest.fixture
def work(archive, stand_in):
    """Do runs: each a folder of results, and the moments of those that shall run at once there.

    Gives what was said, by its first word.
    """

    def work(*runs: tuple[object, ...]) -> dict[str, list[list]]:
        told = json.dumps([[str(out), *moments] for out, *moments in runs])
        command = [sys.executable, "-c", PROGRAM, archive.folder, stand_in.file, told]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert not done.stderr
        said: dict[str, list[list]] = {"refused": []}
        for line in done.stdout.splitlines():
            word, *rest = json.loads(line)
            said.setdefault(word, []).append(rest)
        return said

    return work


@pytest.fixture
def undisturbed(work, tmp_path):
    """What a run leaves that nobody disturbs, and how often it touches the disk."""
    said = work((tmp_path / "whole", NEVER))
    ((touches, counts),) = said["ended"]
    ((codes, files),) = said["left"]
    assert (codes, counts) == ([0], [3, 1, 1])
    return files, touches


@pytest.mark.slow
def test_kills_at_any_moment_leave_no_trace(archive, work, undisturbed, tmp_path):
    whole, touches = undisturbed
    chance = random.Random(20160313)  # noqa: S311 - the same moments every time
    moments = chance.sample(range(touches), MOMENTS)
    outs = [tmp_path / f"out-{moment}" for moment in moments]
    killed = [(out, moment) for out, moment in zip(outs, moments, strict=True)]
    said = work(*killed, *((out, NEVER) for out in outs))
    for codes, files in said["left"][:MOMENTS]:
        assert codes == [-signal.SIGKILL]
        for name, digest in files.items():  # a result is whole, or not there
            assert name.endswith(".tintype-part") or digest == whole[name]
    for (codes, files), (_, counts) in zip(said["left"][MOMENTS:], said["ended"], strict=True):
        assert codes == [0]
        assert sum(counts) == len(archive.photographs)
        assert files == whole  # and so no temporary file
    for name, data in archive.photographs.items():
        assert (archive.folder / name).read_bytes() == data


def test_kills_one_after_the_other_get_through_in_the_end(archive, work, undisturbed):
    whole, touches = undisturbed
    moments = [touches // 2] * 6 + [NEVER]
    left = work(*((archive.out, moment) for moment in moments))["left"]
    assert left[0][0] == [-signal.SIGKILL]
    assert left[-1] == [[0], whole]


def test_of_runs_at_the_same_time_one_works_and_the_others_say_so(archive, work, undisturbed):
    said = work((archive.out, *[NEVER] * 4))
    ((codes, files),) = said["left"]
    assert set(codes) <= {0, 2}
    assert codes.count(2) == len(said["refused"])
    assert all("another run is writing to" in reason for (reason,) in said["refused"])
    assert sum(counts[0] for _, counts in said["ended"]) == 3  # each photograph once
    assert files == undisturbed[0]
    entries = read_journal(archive.out / JOURNAL, kind="folder")
    ended = [entry["ended"] for entry in entries if "ended" in entry]
    assert sorted(ended) == sorted([*files, "bad.jpg"])
