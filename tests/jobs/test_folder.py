# SPDX-License-Identifier: Apache-2.0
"""A folder from end to end: what is refused, what becomes of each file, how a run is gone on with.

What a kill, a full disk and hostile files do to it is in ``test_faults.py``.
"""

import io
import os
from threading import Barrier, Event, Thread
from time import monotonic, sleep

import pytest
from PIL import Image

from tintype.errors import ImageTooLarge, InputError, OutputError, RecordError, UnreadableImage
from tintype.imaging.files import read
from tintype.jobs import folder as module
from tintype.jobs import watch
from tintype.jobs.ledger import Ledger
from tintype.jobs.plan import Task
from tintype.jobs.work import DONE_BEFORE, Status, color_file
from tintype.spec.options import ColorizeOptions, FileOptions

GOOD = ["a.jpg", "b.png", "x/y/a.jpg"]


def names(archive, outcomes):
    return [outcome.task.source.relative_to(archive.folder).as_posix() for outcome in outcomes]


def test_the_tree_is_mirrored_and_every_file_ends_in_exactly_one_way(archive):
    result = archive.run()
    assert archive.results() == GOOD
    assert result.complete
    assert result.seconds > 0
    assert names(archive, result.of(Status.DONE)) == GOOD
    assert names(archive, result.of(Status.FAILED)) == ["bad.jpg"]
    assert names(archive, result.of(Status.SKIPPED)) == ["notes.txt"]
    assert sorted(names(archive, result.outcomes)) == sorted(archive.photographs)
    archive.check()


def test_each_file_is_told_of_as_it_is_settled_and_the_counts_add_up(archive):
    told, steps = [], []
    result = archive.run(on_outcome=told.append, on_progress=steps.append)
    assert tuple(told) == result.outcomes
    assert [step.finished for step in steps] == [1, 2, 3, 4, 5]
    assert {step.total for step in steps} == {5}
    last = steps[-1]
    assert (last.done, last.failed, last.skipped, last.left) == (3, 1, 1, 0)


def test_folders_inside_are_taken_only_if_that_is_asked_for(archive):
    archive.run(recursive=False)
    assert archive.results() == GOOD[:2]


def test_options_reach_each_photograph(archive):
    files = FileOptions(format="tiff", mark=False, max_pixels=10_000)
    result = archive.run(ColorizeOptions(saturation=0.0), files=files)
    assert archive.results() == ["a.tif", "b.tif", "x/y/a.tif"]
    assert read(archive.out / "a.tif").is_grey  # as was asked for
    assert b"compositeWithTrainedAlgorithmicMedia" not in (archive.out / "a.tif").read_bytes()
    small = archive.run(files=FileOptions(max_pixels=100), overwrite=True)
    assert [type(outcome.error) for outcome in small.of(Status.FAILED)] == [ImageTooLarge] * 4
    assert len(result.of(Status.DONE)) == 3


@pytest.mark.parametrize(
    ("added", "said"),
    [
        (["b"], "would both be written to .*out/b.png"),
        (["c", "c.png/d.jpg"], "in/c would be written to .*out/c.png, which is to be a folder"),
        (["e.pgm", "e.ppm"], "would both be written to .*out/e.ppm"),
    ],
)
def test_results_that_would_collide_are_refused_before_any_work(archive, grey_png, added, said):
    for name in added:
        archive.add(name, grey_png)
    with pytest.raises(OutputError, match=said):
        archive.run()
    assert not archive.out.exists()


def test_a_strangers_file_in_the_results_folder_is_refused_before_any_work(archive):
    archive.out.mkdir()
    (archive.out / "b.png").write_bytes(b"somebody's")
    for resume in (False, True):
        with pytest.raises(OutputError, match=r"out/b\.png is there already"):
            archive.run(resume=resume)
    assert os.listdir(archive.out) == ["b.png"]
    assert (archive.out / "b.png").read_bytes() == b"somebody's"


def test_the_photographs_folder_cannot_take_the_results(archive):
    archive.out = archive.folder
    with pytest.raises(OutputError, match="is the folder of the photographs itself"):
        archive.run(overwrite=True)
    assert sorted(os.listdir(archive.folder)) == ["a.jpg", "b.png", "bad.jpg", "notes.txt", "x"]


def test_a_folder_inside_can_and_is_not_coloured_again(archive):
    archive.out = archive.folder / "in-colour"
    archive.run()
    again = archive.run(resume=True)
    assert archive.results() == GOOD
    assert len(again.outcomes) == 5


def test_links_to_a_photograph_are_coloured_and_it_stays(archive):
    (archive.folder / "link.jpg").symlink_to("a.jpg")
    (archive.folder / "broken.jpg").symlink_to("nowhere.jpg")
    result = archive.run()
    assert "link.jpg" in archive.results()
    failed = {outcome.task.source.name: str(outcome.error) for outcome in result.of(Status.FAILED)}
    assert "no such file" in failed["broken.jpg"]
    archive.check()


def test_no_folder_is_the_callers_mistake(archive):
    archive.folder = archive.folder / "none"
    with pytest.raises(InputError, match="none is not a folder"):
        archive.run()
    assert not archive.out.exists()


def test_a_folder_of_results_out_of_reach_is_said(archive):
    archive.out = archive.folder / ("too-long-a-name" * 20)
    with pytest.raises(OutputError, match="cannot make the folder .*: File name too long"):
        archive.run()


def test_another_run_into_the_same_folder_must_say_what_it_wants(archive):
    archive.run()
    before = (archive.out / "a.jpg").stat().st_mtime_ns
    with pytest.raises(OutputError, match="holds an earlier run's work; resume it, or allow"):
        archive.run()
    assert (archive.out / "a.jpg").stat().st_mtime_ns == before
    assert len(archive.run(overwrite=True).of(Status.DONE)) == 3
    assert (archive.out / "a.jpg").stat().st_mtime_ns > before


def test_nothing_is_done_twice(archive, monkeypatch):
    archive.run()

    def load(*_: object, **__: object) -> None:
        raise AssertionError("there is nothing to load a network for")

    monkeypatch.setattr(module, "Colorizer", load)
    again = archive.run(resume=True)
    assert [outcome.skipped for outcome in again.outcomes].count(DONE_BEFORE) == 3
    assert names(archive, again.of(Status.FAILED)) == ["bad.jpg"]
    assert isinstance(again.of(Status.FAILED)[0].error, UnreadableImage)
    assert again.complete


def test_what_is_missing_or_has_changed_is_done_again_and_nothing_else(archive, grey_png):
    archive.run()
    (archive.out / "a.jpg").unlink()
    os.utime(archive.folder / "b.png", ns=(0, 0))
    archive.add("new.png", grey_png)
    again = archive.run(resume=True)
    assert names(archive, again.of(Status.DONE)) == ["a.jpg", "b.png", "new.png"]
    assert names(archive, again.of(Status.SKIPPED)) == ["notes.txt", "x/y/a.jpg"]
    archive.check()


def test_other_options_are_other_results(archive):
    archive.run()
    again = archive.run(ColorizeOptions(vividness=1.0), resume=True)
    assert names(archive, again.of(Status.DONE)) == GOOD


@pytest.mark.parametrize("grown", [0, 10])
def test_a_result_that_somebody_has_edited_stays(archive, grown):
    archive.run()
    result = archive.out / "a.jpg"
    edited = result.read_bytes()[::-1] + bytes(grown)
    result.write_bytes(edited)
    os.utime(result, ns=(0, 0))  # whatever the clock says
    with pytest.raises(OutputError, match=r"a\.jpg is there already"):
        archive.run(resume=True)
    assert result.read_bytes() == edited


def test_a_failure_is_tried_again_on_request_or_when_its_photograph_has_changed(archive, grey_jpeg):
    archive.run()
    (remembered,) = archive.run(resume=True).of(Status.FAILED)
    (tried,) = archive.run(resume=True, retry=True).of(Status.FAILED)
    assert str(remembered.error) == str(tried.error)
    assert remembered.seconds == 0 < tried.seconds
    archive.add("bad.jpg", grey_jpeg)
    assert names(archive, archive.run(resume=True).of(Status.DONE)) == ["bad.jpg"]


def test_another_limit_on_pixels_concerns_only_what_was_too_large(archive):
    large = io.BytesIO()
    Image.new("L", (100, 100), 90).save(large, "PNG")
    archive.add("large.png", large.getvalue())
    first = archive.run(files=FileOptions(max_pixels=9_999))
    assert names(archive, first.of(Status.FAILED)) == ["bad.jpg", "large.png"]
    again = archive.run(files=FileOptions(max_pixels=10_000), resume=True)
    assert names(archive, again.of(Status.DONE)) == ["large.png"]
    assert [outcome.skipped for outcome in again.outcomes].count(DONE_BEFORE) == 3


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_stop_finishes_what_is_in_hand_and_the_next_run_does_the_rest(archive, monkeypatch, jobs):
    stop, together = Event(), Barrier(jobs)

    def color(*arguments: object, **options: object):
        together.wait(30)  # all have one in hand
        stop.set()
        return color_file(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(module, "color_file", color)
        result = archive.run(jobs=jobs, stop=stop)
    in_hand = ["a.jpg", "b.png", "bad.jpg"][:jobs]
    assert names(archive, result.outcomes) == ["notes.txt", *in_hand]
    assert not result.complete
    assert archive.results() == [name for name in in_hand if name != "bad.jpg"]
    archive.check()
    again = archive.run(resume=True)
    assert again.complete
    assert archive.results() == GOOD
    assert len(result.of(Status.DONE)) + len(again.of(Status.DONE)) == 3


def test_a_stop_before_the_first_does_nothing(archive):
    stop = Event()
    stop.set()
    result = archive.run(stop=stop)
    assert not result.complete
    assert archive.results() == []


def test_ctrl_c_is_raised_after_what_is_in_hand_and_loses_nothing(archive):
    def interrupt(outcome):
        if outcome.has_result:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.run(on_outcome=interrupt, jobs=1)
    archive.check()
    finished = archive.results()
    assert "a.jpg" in finished
    again = archive.run(resume=True)
    assert sorted(finished + names(archive, again.of(Status.DONE))) == GOOD


def test_a_bug_in_the_middle_leaves_a_folder_that_can_be_gone_on_with(archive, monkeypatch):
    def fail(colorizer, task, *_: object, **__: object):
        task.target.with_name(".0123456789abcdef.tintype-part").write_bytes(b"half")
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(module, "color_file", fail)
        with pytest.raises(ZeroDivisionError):
            archive.run(jobs=1)
    assert archive.run(resume=True).complete
    assert archive.results() == GOOD
    archive.check()


def test_a_second_run_meanwhile_is_refused_and_harms_nothing(archive):
    part = archive.out / ".0123456789abcdef.tintype-part"
    archive.out.mkdir()
    with Ledger(archive.out, "the first run"):
        part.write_bytes(b"what the first one is writing")
        for wish in ({"resume": True}, {"overwrite": True}, {}):
            with pytest.raises(RecordError, match="another run is writing"):
                archive.run(**wish)
        assert part.exists()
    assert archive.results() == []


def test_results_of_another_folders_photographs_are_not_replaced(archive, tmp_path, grey_png):
    archive.run()
    archive.folder = tmp_path / "other"
    archive.add("b.png", grey_png)
    with pytest.raises(OutputError, match=r"b\.png is the result of .*in/b\.png, and .*other/b"):
        archive.run(resume=True)


def test_a_journal_that_cannot_be_written_ends_the_run_and_says_so(archive, monkeypatch):
    def refuse(*_: object) -> None:
        raise OutputError("cannot write to the journal: No space left on device")

    monkeypatch.setattr(Ledger, "begin", refuse)
    with pytest.raises(OutputError, match="No space left"):
        archive.run()
    assert archive.results() == []


def test_the_threads_of_the_machine_are_shared_out(archive, monkeypatch):
    asked = []
    load = module.Colorizer

    def watching(*arguments: object, threads: int, **options: object):
        asked.append(threads)
        return load(*arguments, threads=threads, **options)

    monkeypatch.setattr(module, "Colorizer", watching)
    monkeypatch.setattr("tintype.jobs.work.usable_cpus", lambda: 8)
    archive.run(jobs=2)
    assert asked == [4]


class Watched:
    """A watch in a thread of its own, looking often."""

    def __init__(self, archive, monkeypatch, **options):
        monkeypatch.setattr(watch, "EVERY", 0.02)
        self.outcomes, self.stop, self.result = [], Event(), None

        def run():
            self.result = archive.run(
                watch=True, stop=self.stop, on_outcome=self.outcomes.append, **options
            )

        self.thread = Thread(target=run)
        self.thread.start()

    def wait_for(self, count):
        until = monotonic() + 30
        while len(self.outcomes) < count and self.thread.is_alive() and monotonic() < until:
            sleep(0.01)
        assert len(self.outcomes) == count
        return self.outcomes[-1]

    def end(self):
        self.stop.set()
        self.thread.join(30)
        return self.result


def test_a_watch_colours_what_arrives_until_it_is_stopped(archive, monkeypatch, grey_png):
    watched = Watched(archive, monkeypatch)
    try:
        watched.wait_for(5)
        archive.add("x/new.png", grey_png)
        assert watched.wait_for(6).task == Task(
            archive.folder / "x/new.png", archive.out / "x/new.png"
        )
        archive.add("bad.jpg", archive.photographs["a.jpg"])  # scanned again
        assert watched.wait_for(7).status is Status.DONE
        archive.add("b", grey_png)  # its result would be b.png
        assert "would take the place of that of" in str(watched.wait_for(8).error)
    finally:
        result = watched.end()
    assert result.complete
    assert archive.results() == ["a.jpg", "b.png", "bad.jpg", "x/new.png", "x/y/a.jpg"]
    archive.check()


def test_a_watch_does_not_replace_what_came_from_another_folder(
    archive, monkeypatch, tmp_path, grey_png
):
    archive.run()
    archive.folder = tmp_path / "other"
    archive.folder.mkdir()
    before = (archive.out / "b.png").read_bytes()
    listed, find = Event(), module.find_photographs

    def listing(*where, **options):
        found = find(*where, **options)
        listed.set()
        return found

    monkeypatch.setattr(module, "find_photographs", listing)
    watched = Watched(archive, monkeypatch, resume=True)
    try:
        assert listed.wait(30)
        (archive.folder / "b.png").write_bytes(grey_png)
        assert "is the result of" in str(watched.wait_for(1).error)
    finally:
        watched.end()
    assert (archive.out / "b.png").read_bytes() == before
