# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from tintype.errors import ImageTooLarge, OutputError, UnreadableImage
from tintype.imaging.files import read
from tintype.inference.colorizer import Colorizer
from tintype.jobs.plan import Task
from tintype.jobs.work import Outcome, color_file, make_folders
from tintype.spec.options import ColorizeOptions, FileOptions


@pytest.fixture(scope="module")
def colorizer(stand_in) -> Colorizer:
    return Colorizer(stand_in.file, device="cpu", threads=1)


@pytest.fixture
def task(tmp_path, grey_jpeg) -> Task:
    source = tmp_path / "a.jpg"
    source.write_bytes(grey_jpeg)
    return Task(source, tmp_path / "b.png")


def test_a_file_becomes_a_coloured_file(colorizer, task):
    outcome = color_file(colorizer, task)
    assert outcome == Outcome(task=task, seconds=outcome.seconds, size=(61, 90))
    assert outcome.seconds > 0
    assert not read(task.target).is_grey


def test_options_reach_each_step(colorizer, task):
    color_file(colorizer, task, ColorizeOptions(saturation=0.0), FileOptions(mark=False))
    assert read(task.target).is_grey
    refused = color_file(colorizer, task, file_options=FileOptions(max_pixels=10), overwrite=True)
    assert isinstance(refused.error, ImageTooLarge)


def test_a_photograph_in_colour_is_told_apart(colorizer, tmp_path, color_jpeg):
    (tmp_path / "a.jpg").write_bytes(color_jpeg)
    assert color_file(colorizer, Task(tmp_path / "a.jpg", tmp_path / "b.jpg")).was_colored


def test_what_is_wrong_with_a_photograph_is_its_outcome(colorizer, task):
    task.source.write_bytes(b"no picture")
    outcome = color_file(colorizer, task)
    assert isinstance(outcome.error, UnreadableImage)
    assert outcome.size is None
    assert not task.target.exists()


def test_an_earlier_result_is_kept_unless_it_may_be_replaced(colorizer, task):
    task.target.write_bytes(b"earlier")
    assert isinstance(color_file(colorizer, task).error, OutputError)
    assert task.target.read_bytes() == b"earlier"
    assert color_file(colorizer, task, overwrite=True).error is None


def test_too_little_memory_is_an_outcome_too(task, colorizer, monkeypatch):
    def exhaust(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Colorizer, "__call__", exhaust)
    outcome = color_file(colorizer, task)
    assert isinstance(outcome.error, ImageTooLarge)
    assert outcome.size == (61, 90)


def test_a_bug_is_no_outcome(task, colorizer, monkeypatch):
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Colorizer, "__call__", fail)
    with pytest.raises(ZeroDivisionError):
        color_file(colorizer, task)


def test_folders_of_results_are_made(tmp_path):
    make_folders([Task(Path("a"), tmp_path / "x" / name / "a.jpg") for name in "yyz"])
    assert (tmp_path / "x" / "y").is_dir()
    assert (tmp_path / "x" / "z").is_dir()


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot make the folder .*file/x: Not a directory"):
        make_folders([Task(Path("a"), tmp_path / "file" / "x" / "a.jpg")])
