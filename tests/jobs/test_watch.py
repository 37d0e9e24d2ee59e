# SPDX-License-Identifier: Apache-2.0
"""What counts as arrived: looked at step by step, without waiting."""

import os
import shutil
from collections.abc import Callable

import pytest

from tintype.jobs.finding import find_photographs
from tintype.jobs.watch import Arrivals


class Script:
    """Stands for the event that ends a watch: before each look something happens, then it ends."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps = list(steps)
        self.waited: set[float] = set()

    def wait(self, seconds: float) -> bool:
        self.waited.add(seconds)
        if not self.steps:
            return True
        self.steps.pop(0)()
        return False


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "there.jpg").write_bytes(b"from the beginning")
    return tmp_path


@pytest.fixture
def arrivals(folder):
    """What arrives in the folder, by look, while steps happen before each look."""

    def look(*steps: Callable[[], object], recursive: bool = False) -> list[list[str]]:
        found = find_photographs(folder, leave_out=folder / "out")
        script = Script(*steps)
        watch = Arrivals(
            folder,
            found,
            recursive=recursive,
            leave_out=folder / "out",
            stop=script,
            every=0.25,
        )
        arrived = [[path.relative_to(folder).as_posix() for path in look] for look in watch]
        assert script.waited == {0.25}
        return arrived

    return look


def nothing() -> None:
    pass


def test_what_was_there_is_no_arrival(arrivals):
    assert arrivals(nothing, nothing, nothing) == []


def test_a_new_photograph_arrives_once(folder, arrivals):
    add = lambda: (folder / "b.jpg").write_bytes(b"scan")  # noqa: E731
    assert arrivals(nothing, add, nothing, nothing, nothing) == [["b.jpg"]]


def test_a_scan_is_not_taken_before_its_last_line_is_there(folder, arrivals):
    looks = []

    def write_more():
        looks.append(1)
        with open(folder / "b.jpg", "ab") as file:
            file.write(b"a line")

    def check():
        assert len(looks) == 3

    assert arrivals(write_more, write_more, write_more, check) == [["b.jpg"]]


def test_one_that_changes_later_arrives_again(folder, arrivals):
    change = lambda: os.utime(folder / "there.jpg", ns=(0, 0))  # noqa: E731
    again = lambda: os.utime(folder / "there.jpg", ns=(1, 1))  # noqa: E731
    assert arrivals(change, nothing, again, nothing) == [["there.jpg"], ["there.jpg"]]


def test_one_that_goes_away_is_not_missed(folder, arrivals):
    gone = lambda: (folder / "there.jpg").unlink()  # noqa: E731
    assert arrivals(gone, nothing, nothing) == []


def test_a_folder_that_is_away_for_a_while_is_waited_for(folder, arrivals):
    away = folder.with_name("away")

    def back():
        shutil.move(away, folder)
        (folder / "b.jpg").write_bytes(b"scan")

    assert arrivals(lambda: shutil.move(folder, away), nothing, back, nothing) == [["b.jpg"]]


def test_folders_inside_and_results(folder, arrivals):
    def add():
        for name in ("x/c.jpg", "out/d.jpg"):
            (folder / name).parent.mkdir()
            (folder / name).write_bytes(b"scan")

    assert arrivals(add, nothing, recursive=True) == [["x/c.jpg"]]
    shutil.rmtree(folder / "x")
    shutil.rmtree(folder / "out")
    assert arrivals(add, nothing) == []
