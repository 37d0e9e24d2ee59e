# SPDX-License-Identifier: Apache-2.0
import os

import pytest

from tintype.errors import ImageTooLarge, OutputError, RecordError, UnreadableImage
from tintype.imaging.arrays import photograph_of_array
from tintype.jobs.ledger import JOURNAL, Ledger, digest_wish
from tintype.jobs.plan import Task
from tintype.jobs.work import DONE_BEFORE, Outcome, Status
from tintype.spec.options import ColorizeOptions, FileOptions


@pytest.fixture
def task(tmp_path) -> Task:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(b"grey")
    return Task(tmp_path / "in" / "a.jpg", tmp_path / "out" / "a.jpg")


def keep(task: Task, wish: str = "w", **what: object) -> None:
    """A run that settles one photograph."""
    with Ledger(task.target.parent, wish) as ledger:
        ledger.begin(task)
        if "error" not in what:
            task.target.write_bytes(b"in colour")
        ledger.end(Outcome(task=task, seconds=0.5, size=(3, 4), **what))


def recall(task: Task, wish: str = "w", *, retry: bool = False) -> Outcome | None:
    with Ledger(task.target.parent, wish) as ledger:
        return ledger.recall(task, retry=retry)


def test_what_is_done_need_not_be_done_again(task):
    assert recall(task) is None
    keep(task)
    outcome = recall(task)
    assert (outcome.status, outcome.skipped, outcome.size) == (Status.SKIPPED, DONE_BEFORE, (3, 4))


def test_a_change_of_photograph_result_or_wish_makes_it_work_again(task):
    keep(task)
    assert recall(task, "another wish") is None
    os.utime(task.source, ns=(0, 0))
    assert recall(task) is None
    keep(task)
    assert recall(task)
    task.target.unlink()
    assert recall(task) is None


def test_a_photograph_that_changes_while_it_is_read_has_changed(task):
    with Ledger(task.target.parent, "w") as ledger:
        ledger.begin(task)
        task.target.write_bytes(b"in colour")
        task.source.write_bytes(b"another scan")
        ledger.end(Outcome(task=task))
    assert recall(task) is None


def test_a_lasting_failure_is_remembered_until_it_is_to_be_tried_again(task):
    keep(task, error=UnreadableImage("it ends early"))
    outcome = recall(task)
    assert isinstance(outcome.error, UnreadableImage)
    assert str(outcome.error) == "it ends early"
    assert recall(task, retry=True) is None
    task.source.write_bytes(b"a whole copy")
    assert recall(task) is None


@pytest.mark.parametrize(
    "error", [OutputError("no space left"), ImageTooLarge("more pixels than allowed")]
)
def test_a_failure_that_may_pass_is_none(task, error):
    keep(task, error=error)
    assert recall(task) is None


def test_ours_is_what_we_wrote_and_as_long_as_it_is_that(task):
    task.target.write_bytes(b"somebody's")
    with Ledger(task.target.parent, "w") as ledger:
        assert not ledger.owns(task)
    keep(task)
    with Ledger(task.target.parent, "w") as ledger:
        assert ledger.owns(task)
        task.target.write_bytes(b"in better colours, by hand")
        assert not ledger.owns(task)
        task.target.unlink()
        assert not ledger.owns(task)


def test_a_result_edited_by_hand_is_not_ours_also_where_it_keeps_its_size(task):
    keep(task)
    written = task.target.stat()
    task.target.write_bytes(b"BY HAND!!")
    os.utime(task.target, ns=(written.st_atime_ns, written.st_mtime_ns + 1))
    assert task.target.stat().st_size == written.st_size
    with Ledger(task.target.parent, "w") as ledger:
        assert not ledger.owns(task)


def test_a_link_in_a_results_place_is_not_ours(task):
    keep(task)
    moved = task.target.rename(task.target.with_name("moved.jpg"))
    task.target.symlink_to(moved)
    with Ledger(task.target.parent, "w") as ledger:
        assert not ledger.owns(task)


def test_a_copy_of_a_result_is_ours_at_any_time_of_change(task):
    keep(task)
    os.utime(task.target, ns=(1, 1))
    assert recall(task).skipped == DONE_BEFORE


def test_what_was_begun_and_not_ended_is_ours_and_not_done(task):
    ledger = Ledger(task.target.parent, "w")
    ledger.begin(task)
    task.target.write_bytes(b"in colour")
    ledger.__exit__(None, None, None)  # as a kill leaves it
    with Ledger(task.target.parent, "w") as resumed:
        assert resumed.owns(task)
        assert resumed.recall(task, retry=False) is None
        assert resumed.unfinished == [task.target]
        assert not resumed.is_new


def test_a_photograph_of_the_same_name_from_elsewhere_is_a_stranger(task, tmp_path):
    keep(task)
    (tmp_path / "other").mkdir()
    stranger = Task(tmp_path / "other" / "a.jpg", task.target)
    stranger.source.write_bytes(b"grey too")
    with Ledger(task.target.parent, "w") as ledger:
        ledger.refuse_strangers([task])
        with pytest.raises(OutputError, match=r"is the result of .*in/a\.jpg, and .*other/a\.jpg"):
            ledger.refuse_strangers([stranger])
        task.source.unlink()  # the archive has moved
        ledger.refuse_strangers([stranger])


def test_only_one_run_at_a_time(task):
    with (
        Ledger(task.target.parent, "w"),
        pytest.raises(RecordError, match="another run is writing"),
    ):
        Ledger(task.target.parent, "w")


def test_a_name_that_is_no_text_is_kept(task):
    odd = Task(task.source, task.target.with_name("a\udcff\n.jpg"))
    keep(odd)
    assert recall(odd)
    assert (task.target.parent / JOURNAL).read_bytes().isascii()


def test_the_wish_is_all_that_a_result_depends_on(stand_in, make_stand_in, color_pixels):
    plain = digest_wish(stand_in, ColorizeOptions(), FileOptions())
    assert plain == digest_wish(stand_in, ColorizeOptions(), FileOptions())
    others = {
        digest_wish(make_stand_in(hints=True), ColorizeOptions(), FileOptions()),
        digest_wish(stand_in, ColorizeOptions(vividness=0.6), FileOptions()),
        digest_wish(stand_in, ColorizeOptions(), FileOptions(quality=90)),
        digest_wish(stand_in, ColorizeOptions(), FileOptions(), photograph_of_array(color_pixels)),
    }
    assert len(others | {plain}) == 5
    assert digest_wish(stand_in, ColorizeOptions(), FileOptions(max_pixels=100)) == plain
