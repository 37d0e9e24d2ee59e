# SPDX-License-Identifier: Apache-2.0
import errno
import os
import threading

import pytest

from tintype.errors import OutputError
from tintype.imaging import atomic
from tintype.imaging.atomic import (
    PART_SUFFIX,
    check_free,
    remove_parts,
    sync_file,
    sync_folder,
    write_whole,
)


@pytest.fixture(params=[False, True], ids=["new", "overwrite"])
def overwrite(request) -> bool:
    return request.param


def test_the_file_is_there_and_nothing_else(tmp_path, overwrite):
    write_whole(b"abc", tmp_path / "a.jpg", overwrite=overwrite)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.jpg", b"abc")]


def test_permissions_are_those_of_any_new_file(tmp_path):
    (tmp_path / "other").write_bytes(b"")
    write_whole(b"abc", tmp_path / "a.jpg")
    assert (tmp_path / "a.jpg").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_what_is_there_stays_unless_it_may_go(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match=r"a\.jpg exists already; choose another name, or allow"):
        write_whole(b"new", path)
    assert path.read_bytes() == b"old"
    write_whole(b"new", path, overwrite=True)
    assert path.read_bytes() == b"new"


def test_a_link_to_nowhere_is_taken_too(tmp_path):
    (tmp_path / "a.jpg").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputError, match="exists already"):
        check_free(tmp_path / "a.jpg", overwrite=False)


def test_a_link_is_replaced_and_its_target_stays(tmp_path):
    (tmp_path / "original.jpg").write_bytes(b"old")
    (tmp_path / "a.jpg").symlink_to("original.jpg")
    write_whole(b"new", tmp_path / "a.jpg", overwrite=True)
    assert (tmp_path / "original.jpg").read_bytes() == b"old"
    assert not (tmp_path / "a.jpg").is_symlink()


def test_a_name_taken_in_the_meantime_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "a.jpg"
    write = atomic._write_to_disk

    def write_late(data: bytes, part) -> None:
        write(data, part)
        path.write_bytes(b"another's")

    monkeypatch.setattr(atomic, "_write_to_disk", write_late)
    with pytest.raises(OutputError, match="exists already"):
        write_whole(b"ours", path)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.jpg", b"another's")]


def test_of_many_at_once_one_wins(tmp_path):
    outcomes = []

    def write(number: int) -> None:
        try:
            write_whole(bytes([number]) * 1000, tmp_path / "a.jpg")
            outcomes.append(number)
        except OutputError:
            outcomes.append(None)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [n for n in outcomes if n is not None]
    assert (tmp_path / "a.jpg").read_bytes() == bytes([winner]) * 1000
    assert len(list(tmp_path.iterdir())) == 1


def test_without_hard_links_it_is_renamed(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    write_whole(b"abc", tmp_path / "a.jpg")
    assert [p.name for p in tmp_path.iterdir()] == ["a.jpg"]
    with pytest.raises(OutputError, match="exists already"):
        write_whole(b"new", tmp_path / "a.jpg")


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_a_full_disk_and_ctrl_c_leave_what_was_there(tmp_path, monkeypatch, failure):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"old")

    def fail(_: int) -> None:
        raise failure

    monkeypatch.setattr(os, "fsync", fail)
    expected = OutputError if isinstance(failure, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as caught:
        write_whole(b"new", path, overwrite=True)
    assert expected is KeyboardInterrupt or "No space left; make room" in str(caught.value)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.jpg", b"old")]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(OutputError, match="No such file or directory; make room or choose another"):
        write_whole(b"abc", tmp_path / "none" / "a.jpg")


def test_the_longest_name_that_there_can_be_can_be_written(tmp_path):
    name = "a" * 251 + ".jpg"
    write_whole(b"abc", tmp_path / name)
    assert (tmp_path / name).read_bytes() == b"abc"


def test_a_part_is_known_by_its_name(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(os, "fsync", lambda _: seen.extend(p.name for p in tmp_path.iterdir()))
    write_whole(b"abc", tmp_path / "a.jpg")
    (part,) = seen
    assert part.startswith(".")
    assert part.endswith(PART_SUFFIX)


def test_what_a_kill_left_is_removed_and_nothing_else(tmp_path):
    kept = ["a.jpg", ".hidden", f"notes{PART_SUFFIX}", f".0123{PART_SUFFIX}"]
    for name in [*kept, f".0123456789abcdef{PART_SUFFIX}"]:
        (tmp_path / name).write_bytes(b"")
    remove_parts(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(kept)
    remove_parts(tmp_path / "none")


def test_who_waits_for_the_disk_hears_of_its_refusal(tmp_path, monkeypatch):
    def refuse(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    (tmp_path / "a.mp4").write_bytes(b"abc")
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="Input/output error"):
        sync_file(tmp_path / "a.mp4")
    sync_folder(tmp_path)  # as network file systems do, which is no failure
