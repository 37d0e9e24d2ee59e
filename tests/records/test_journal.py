# SPDX-License-Identifier: Apache-2.0
"""The journal keeps what it accepted, whatever happens to its writer."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tintype.errors import OutputError, RecordError
from tintype.records import journal as module
from tintype.records.journal import Journal, read_journal

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs fork, signals")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()) | st.sampled_from(["a\nb", "\udcff.jpg", "\x00", "\u2028"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.jsonl"


def write(path, *numbers):
    with Journal(path, kind="test", durable=False) as journal:
        for number in numbers:
            journal.append({"number": number})


def numbers_of(entries):
    return [entry["number"] for entry in entries]


def test_a_new_journal_is_one_readable_line(path):
    with Journal(path, kind="test") as journal:
        assert journal.earlier == []
    assert path.read_text() == '{"format":"tintype-journal/1","kind":"test"}\n'
    assert read_journal(path, kind="test") == []


@given(entries=st.lists(st.dictionaries(st.text(), json_values, max_size=3), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_entries_come_back_as_they_were(path, entries):
    path.unlink(missing_ok=True)
    with Journal(path, kind="test", durable=False) as journal:
        for entry in entries:
            journal.append(entry)
    assert read_journal(path, kind="test") == entries
    with Journal(path, kind="test", durable=False) as journal:
        assert journal.earlier == entries
    assert path.read_bytes().count(b"\n") == 1 + len(entries)


def test_a_journal_cut_anywhere_keeps_every_whole_entry_and_goes_on(path):
    write(path, 1, 22, 333)
    whole = path.read_bytes()
    ends = [at + 1 for at, byte in enumerate(whole) if byte == ord("\n")]
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        kept = [1, 22, 333][: max(0, sum(end <= length for end in ends) - 1)]
        assert numbers_of(read_journal(path, kind="test")) == kept
        write(path, 4444)
        assert numbers_of(read_journal(path, kind="test")) == [*kept, 4444]


@pytest.mark.parametrize("holes", [b"\0" * 40, b"\0" * 20 + b'e":7}\n'])
def test_holes_that_a_power_failure_left_are_a_torn_line(path, holes):
    write(path, 1)
    path.write_bytes(path.read_bytes() + holes)
    assert numbers_of(read_journal(path, kind="test")) == [1]
    write(path, 2)
    assert numbers_of(read_journal(path, kind="test")) == [1, 2]


WRITER = """
import sys
from pathlib import Path
from tintype.records.journal import Journal
with Journal(Path(sys.argv[1]), kind="test", durable=False) as journal:
    number = len(journal.earlier)
    while True:
        journal.append({"number": number, "filler": "x" * (number % 7 * 3000)})
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()
        number += 1
"""


def test_a_journal_that_is_all_holes_is_a_new_one(path):
    path.write_bytes(b"\0" * 70)
    write(path, 1)
    assert numbers_of(read_journal(path, kind="test")) == [1]


@posix_only
@pytest.mark.parametrize("seed", range(6))
def test_kill_9_loses_no_entry_that_was_accepted(path, seed):
    accepted = -1
    for _ in range(3):  # each run goes on where the killed one was
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        )
        with process:
            process.stdout.readline()
            time.sleep(random.Random(seed).uniform(0, 0.05))  # noqa: S311  # no secret
            process.send_signal(signal.SIGKILL)
            printed = process.stdout.read().rpartition("\n")[0].split()
        accepted = max([accepted, *map(int, printed)])
        kept = numbers_of(read_journal(path, kind="test"))
        assert kept == list(range(len(kept)))
        assert len(kept) > accepted


def test_a_second_writer_is_refused_until_the_first_has_ended(path):
    with Journal(path, kind="test") as journal:
        journal.append({"number": 1})
        with pytest.raises(RecordError, match="another run is writing to .*journal.jsonl; wait"):
            Journal(path, kind="test")
        assert numbers_of(read_journal(path, kind="test")) == [1]  # readers may
    write(path, 2)


@posix_only
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_worker_holds_no_lock_and_cannot_write(path):
    journal = Journal(path, kind="test")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            journal.append({})
        except ValueError:
            os.write(writer, b"refused")
            signal.pause()  # outlive the parent's journal
        os._exit(1)
    os.close(writer)
    try:
        assert os.read(reader, 7) == b"refused"
        with pytest.raises(RecordError, match="another run"):  # the parent still holds it
            Journal(path, kind="test")
        journal._file.close()  # as the system does when the parent is killed
        write(path, 1)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)
    assert numbers_of(read_journal(path, kind="test")) == [1]


@posix_only
def test_a_journal_removed_while_it_is_opened_is_made_again(path, monkeypatch):
    lock, removals = module._lock, iter([True])

    def remove_and_lock(file):
        if next(removals, False):
            path.unlink()
        lock(file)

    monkeypatch.setattr(module, "_lock", remove_and_lock)
    write(path, 1)
    assert numbers_of(read_journal(path, kind="test")) == [1]


class Dribble:
    """A file that takes little at a time, and lets other threads in between."""

    def __init__(self, file):
        self.file = file

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, data):
        time.sleep(1e-5)
        return self.file.write(data[:3])


def test_threads_share_a_journal(path):
    def append_all(journal, number):
        for _ in range(10):
            journal.append({"number": number})

    with Journal(path, kind="test", durable=False) as journal:
        journal._file = Dribble(journal._file)
        threads = [threading.Thread(target=append_all, args=(journal, n)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(numbers_of(read_journal(path, kind="test"))) == sorted(list(range(6)) * 10)


class FullDisk:
    """A file on a disk that takes so many bytes more."""

    def __init__(self, file, room):
        self.file, self.room = file, room

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, data):
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = min(self.room, len(data))
        self.room -= taken
        return self.file.write(data[:taken])


@pytest.mark.parametrize("room", [0, 1, 10])
def test_a_full_disk_refuses_the_entry_and_leaves_no_half_of_it(path, room):
    with Journal(path, kind="test") as journal:
        journal.append({"number": 1})
        real = journal._file
        journal._file = FullDisk(real, room)
        with pytest.raises(OutputError, match="cannot write to .*: No space left on device"):
            journal.append({"number": 2})
        journal._file = real  # room was made
        journal.append({"number": 3})
    assert numbers_of(read_journal(path, kind="test")) == [1, 3]


@pytest.mark.parametrize("durable", [True, False])
def test_durable_waits_for_the_disk_at_every_entry(path, durable, monkeypatch):
    with Journal(path, kind="test", durable=durable) as journal:
        synced = []
        monkeypatch.setattr(module.os, "fsync", synced.append)
        journal.append({})
        journal.append({})
    assert len(synced) == (2 if durable else 0)


@pytest.mark.parametrize(
    "content", [b"Dear diary,\n", b"no newline", b'{"a": 1}', b'{"format":"other"}\n', b"\xff\xfe"]
)
def test_somebody_elses_file_is_refused_and_left_alone(path, content):
    path.write_bytes(content)
    with pytest.raises(RecordError, match="no journal of kind 'test'"):
        Journal(path, kind="test")
    with pytest.raises(RecordError, match="no journal of kind 'test'"):
        read_journal(path, kind="test")
    assert path.read_bytes() == content


def test_a_journal_of_another_kind_is_refused(path):
    write(path, 1)
    with pytest.raises(RecordError, match="no journal of kind 'film'"):
        Journal(path, kind="film")


@pytest.mark.parametrize("line", [b"scribble\n", b"[1]\n"])
def test_what_something_else_wrote_between_entries_is_pointed_at(path, line):
    write(path, 1, 2)
    header, *entries = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(header + entries[0] + line + entries[1])
    with pytest.raises(RecordError, match=r"journal.jsonl, line 3 is no entry: .* move it away"):
        read_journal(path, kind="test")


def test_what_is_not_json_is_refused_and_not_written(path):
    with Journal(path, kind="test") as journal:
        with pytest.raises(ValueError, match="JSON compliant"):
            journal.append({"number": float("nan")})
        with pytest.raises(TypeError, match="not JSON serializable"):
            journal.append({"number": object()})
    assert read_journal(path, kind="test") == []


def test_a_closed_journal_takes_nothing(path):
    journal = Journal(path, kind="test")
    journal.close()
    journal.close()
    with pytest.raises(ValueError, match="closed"):
        journal.append({})


def test_places_that_cannot_hold_a_journal(tmp_path):
    with pytest.raises(OutputError, match="cannot open .*: No such file or directory"):
        Journal(tmp_path / "missing" / "journal", kind="test")
    with pytest.raises(OutputError, match="cannot open .*: Is a directory"):
        Journal(tmp_path, kind="test")
    with pytest.raises(RecordError, match="cannot read the journal .*missing"):
        read_journal(tmp_path / "missing", kind="test")


def test_a_journal_can_be_read_by_any_json_reader(path):
    write(path, 1)
    assert [json.loads(line) for line in path.read_text().splitlines()][1] == {"number": 1}
