# SPDX-License-Identifier: Apache-2.0
"""Killed at twenty moments, and resumed each time: the same stream as without, to the last byte."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

# Imports once, and forks for each run: a child dies where it is told to, and leaves what a killed
# program leaves.
PROGRAM = """
import importlib.util, json, os, signal, sys
from pathlib import Path

from tintype.video import film, line, making
from tintype.video.job import plan_film
from tintype.video.options import FilmOptions

conftest, source, target, steady, moments = sys.argv[1:]
spec = importlib.util.spec_from_file_location("conftest", conftest)
helpers = importlib.util.module_from_spec(spec)
spec.loader.exec_module(helpers)
PLACES = {
    "read": (line, "read_samples"),
    "save": (making, "save_state"),
    "vouch": (making.Workshop, "vouch"),
    "encode": (making.PartEncoder, "encode"),
    "write": (film, "write_result"),
    "place": (film, "_take_place"),
}

def dies(function, calls):
    left = [calls]
    def run(*args, **kwargs):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return run

def child(place, calls):
    if place in PLACES:
        owner, name = PLACES[place]
        setattr(owner, name, dies(getattr(owner, name), calls))
    options = FilmOptions(segment=0.3, steady=steady)
    job = plan_film(Path(source), Path(target), options=options, resume=True)
    film.color_film(job, helpers.FakeNetwork())

fates = []
for place, calls in json.loads(moments):
    pid = os.fork()
    if pid == 0:
        child(place, calls)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    fates.append([os.waitstatus_to_exitcode(status), os.path.exists(target)])
print(json.dumps(fates))
"""

# Each run goes on where the one before was killed, so every moment is another part of the film's.
MOMENTS = [
    ("read", 0),
    ("encode", 0),
    ("encode", 1),
    ("read", 7),
    ("save", 0),
    ("vouch", 0),
    ("encode", 9),
    ("vouch", 1),
    ("read", 13),
    ("encode", 12),
    ("save", 1),
    ("vouch", 1),
    ("encode", 3),
    ("read", 11),
    ("encode", 7),
    ("vouch", 1),
    ("encode", 10),
    ("vouch", 1),
    ("write", 0),
    ("place", 0),
]


def run(source: Path, target: Path, steady: str, moments: list[tuple[str, int]]) -> list[list[int]]:
    """Exit status of each run, and whether there is a result after it."""
    conftest = Path(__file__).with_name("conftest.py")
    arguments = [conftest, source, target, steady, json.dumps(moments)]
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("steady", ["motion", "bidirectional"])
def test_twenty_kills_leave_no_trace(films, wander, tmp_path, steady):
    source = films.write(tmp_path / "in.mp4", wander(110))
    target = tmp_path / "out.mp4"
    fates = run(source, target, steady, [*MOMENTS, ("never", 0)])
    assert fates == [[-signal.SIGKILL, False]] * len(MOMENTS) + [[0, True]]
    assert run(source, tmp_path / "whole.mp4", steady, [("never", 0)]) == [[0, True]]
    assert target.read_bytes() == (tmp_path / "whole.mp4").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.mp4", "out.mp4", "whole.mp4"]
