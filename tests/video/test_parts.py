# SPDX-License-Identifier: Apache-2.0
"""Parts survive whatever happens to their writer, and say so when they have been tampered with."""

import os
from pathlib import Path

import numpy as np
import pytest

from tintype.errors import OutputError, RecordError
from tintype.video.encoding import Coded
from tintype.video.parts import Part, PartWriter, Workshop, read_part
from tintype.video.state import State, capture, load_state, restore, save_state
from tintype.video.steady import Memory, Steadier

JOB = {"film": "abc", "options": {"crf": None}, "size": (3, 4)}
CODED = [Coded(pts=pts, key=pts == 0, data=bytes([pts]) * pts) for pts in (0, 4, 2, 1, 3)]


def part(number, **changes):
    values = {
        "number": number,
        "frames": 5,
        "next": 5,
        "end": 5,
        "delay": 2,
        "predictions": 1,
        "cuts": 1,
        "damage": {"lost": 0, "first": None},
        "checksum": 0,
    }
    return Part(**(values | changes))


def write(workshop, number):
    writer = PartWriter(workshop.path(number))
    for packet in CODED:
        writer.write(packet)
    delay = writer.finish()
    return part(number, delay=delay, checksum=writer.checksum)


def test_packets_come_back_as_they_were(tmp_path):
    with Workshop(tmp_path / "w", JOB, resume=False) as workshop:
        made = write(workshop, 0)
    assert made.delay == 2  # pts 1 has rank 1 and comes at place 3
    assert list(read_part(workshop.path(0), made)) == CODED


def test_a_resumed_job_finds_what_was_vouched_for(tmp_path):
    with Workshop(tmp_path / "w", JOB, resume=False) as first:
        made = write(first, 0)
        first.vouch(made)
        write(first, 1)  # never vouched for
    with Workshop(tmp_path / "w", JOB, resume=True) as second:
        assert second.parts == [made]


def test_beginning_afresh_forgets_it(tmp_path):
    with Workshop(tmp_path / "w", JOB, resume=False) as first:
        first.vouch(write(first, 0))
    with Workshop(tmp_path / "w", JOB, resume=False) as second:
        assert second.parts == []
    assert sorted(os.listdir(tmp_path / "w")) == ["journal.jsonl"]


def test_another_job_is_not_mixed_in(tmp_path):
    Workshop(tmp_path / "w", JOB, resume=False).close()
    with pytest.raises(RecordError, match=r"parts of another job \(options differ\)"):
        Workshop(tmp_path / "w", JOB | {"options": {"crf": 20}}, resume=True)
    Workshop(tmp_path / "w", JOB, resume=True).close()


def test_two_runs_do_not_share_a_folder(tmp_path):
    other = pytest.raises(RecordError, match="another run is writing")
    with Workshop(tmp_path / "w", JOB, resume=False), other:
        Workshop(tmp_path / "w", JOB, resume=True)


def test_an_altered_part_is_noticed(tmp_path):
    with Workshop(tmp_path / "w", JOB, resume=False) as workshop:
        made = write(workshop, 0)
    data = bytearray(workshop.path(0).read_bytes())
    data[-1] ^= 1
    workshop.path(0).write_bytes(data)
    with pytest.raises(RecordError, match=r"00000\.part has been altered"):
        list(read_part(workshop.path(0), made))
    workshop.path(0).write_bytes(data[:-7])
    with pytest.raises(RecordError):
        list(read_part(workshop.path(0), made))
    workshop.path(0).unlink()
    with pytest.raises(RecordError, match="cannot be read"):
        list(read_part(workshop.path(0), made))


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(OutputError, match="cannot write"):
        PartWriter(tmp_path / "nowhere" / "00000.part")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot make the folder"):
        Workshop(tmp_path / "file", JOB, resume=False)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")
def test_a_full_disk_is_said():
    writer = PartWriter(Path("/dev/full"))
    writer.write(Coded(pts=0, key=True, data=bytes(5)))
    with pytest.raises(OutputError, match="No space left"):
        writer.finish()
    with pytest.raises(OutputError, match="No space left"):
        save_state(State(None, ()), Path("/dev/full"))


def memory(rng, runs):
    return Memory(
        lightness=rng.integers(0, 256, (6, 8)).astype(np.uint8),
        known=rng.normal(0, 1, (6, 8, 4)).astype(np.float32),
        shown=rng.normal(0, 1, (6, 8, 2)).astype(np.float32),
        runs=runs,
        age=3,
        travel=2.5,
        doubted=0.25,
        dulling=1.05,
    )


@pytest.mark.parametrize("scenes", [0, 2])
def test_a_state_comes_back_from_the_disk(tmp_path, rng, scenes):
    state = State(memory(rng, 7), tuple(memory(rng, number) for number in range(scenes)))
    save_state(state, tmp_path / "s.npz")
    found = load_state(tmp_path / "s.npz")
    steadier = Steadier()
    restore(steadier, found)
    again = capture(steadier)
    for one, other in zip(
        (state.memory, *state.scenes), (again.memory, *again.scenes), strict=True
    ):
        np.testing.assert_array_equal(one.lightness, other.lightness)
        np.testing.assert_array_equal(one.known, other.known)
        np.testing.assert_array_equal(one.shown, other.shown)
        assert (one.runs, one.age, one.travel) == (other.runs, other.age, other.travel)
        assert (one.doubted, one.dulling) == (other.doubted, other.dulling)


def test_no_state_is_a_state_too(tmp_path):
    save_state(State(None, ()), tmp_path / "s.npz")
    assert load_state(tmp_path / "s.npz").memory is None


@pytest.mark.parametrize("kept", [0, 3, 0.5, 0.99])
def test_a_damaged_state_is_noticed(tmp_path, rng, kept):
    path = tmp_path / "s.npz"
    save_state(State(memory(rng, 7), ()), path)
    data = path.read_bytes()
    path.write_bytes(data[: int(kept * len(data)) if isinstance(kept, float) else kept])
    with pytest.raises(RecordError, match=r"s\.npz cannot be read: .*; begin afresh"):
        load_state(path)
    path.write_bytes(data.replace(b"known0", b"thing0"))
    with pytest.raises(RecordError, match="cannot be read"):
        load_state(path)
    path.write_bytes(b"nonsense")
    with pytest.raises(RecordError, match="cannot be read"):
        load_state(path)
