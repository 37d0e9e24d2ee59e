# SPDX-License-Identifier: Apache-2.0
"""A disk without room: each photograph is done whole or fails by name, and later runs go on."""

import os
import shutil
import subprocess

import pytest

from tintype.errors import OutputError
from tintype.imaging import atomic
from tintype.jobs.work import Status
from tintype.records.journal import Journal

NO_SPACE = OSError(28, os.strerror(28))


def test_photographs_fail_while_there_is_no_room_and_are_done_when_there_is(archive, monkeypatch):
    def fill_up(data, part):
        part.write_bytes(data[: len(data) // 2])
        raise NO_SPACE

    with monkeypatch.context() as patched:
        patched.setattr(atomic, "_write_to_disk", fill_up)
        result = archive.run()
    reasons = {str(outcome.error) for outcome in result.of(Status.FAILED)}
    assert sum("No space left on device; make room" in reason for reason in reasons) == 3
    assert archive.results() == []
    archive.check()
    again = archive.run(resume=True)  # without --retry: want of room may pass
    assert len(again.of(Status.DONE)) == 3
    archive.check()


@pytest.mark.parametrize("room", range(1, 9))
def test_a_journal_without_room_ends_the_run_and_nothing_is_lost(archive, monkeypatch, room):
    write, left = Journal._write, [room]

    def fill_up(journal, line):
        left[0] -= 1
        if left[0] < 0:
            write(journal, line[:20])
            raise NO_SPACE
        write(journal, line)

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "_write", fill_up)
        with pytest.raises(OutputError, match=r"cannot write to .*-journal: No space left"):
            archive.run(jobs=1)
    archive.check()
    assert archive.run(resume=True).complete
    assert archive.results() == ["a.jpg", "b.png", "x/y/a.jpg"]
    archive.check()


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own with room for one result and a half."""
    mount = shutil.which("mount")
    place = tmp_path / "disk"
    place.mkdir()
    command = [mount, "-t", "tmpfs", "-o", "size=32k", "tmpfs", place]
    if mount is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run([shutil.which("umount"), place], check=True)


def test_a_disk_that_is_really_full(archive, small_disk):
    archive.out = small_disk / "out"
    (small_disk / "ballast").write_bytes(bytes(4096))
    result = archive.run(jobs=1)
    failed = [o for o in result.of(Status.FAILED) if "No space left" in str(o.error)]
    assert failed
    assert result.of(Status.DONE)
    assert len(result.outcomes) == 5
    archive.check()
    subprocess.run(["mount", "-o", "remount,size=1m", small_disk], check=True)  # noqa: S607
    assert archive.run(resume=True).complete
    assert archive.results() == ["a.jpg", "b.png", "x/y/a.jpg"]
    archive.check()
