import math
from types import SimpleNamespace

import pytest

from tintype.errors import Diverged
from tintype.learn import curves
from tintype.learn.curves import (
    CourseRecorder,
    Curve,
    CurveRecorder,
    Point,
    read_course,
    read_curve,
)


def train(recorder, losses, *, start=0):
    trainer = SimpleNamespace(global_step=start)
    recorder.on_train_start(trainer, None)
    for loss in losses:
        trainer.global_step += 1
        recorder.on_train_batch_end(trainer, None, {"loss": loss}, None, 0)
    return trainer


def test_points_are_means_over_the_steps_between(tmp_path):
    recorder = CurveRecorder(tmp_path, every=2)
    recorder.on_train_end(train(recorder, [4.0, 2.0, 1.0, 1.0, 9.0]), None)
    assert read_curve(tmp_path).training == (Point(2, 3.0), Point(4, 1.0), Point(5, 9.0))


def test_steps_that_were_repeated_count_once(tmp_path):
    killed = CurveRecorder(tmp_path, every=1)
    train(killed, [3.0, 2.0, 7.0])
    killed.on_exception(None, None, KeyboardInterrupt())
    resumed = CurveRecorder(tmp_path, every=1)
    resumed.on_train_end(train(resumed, [1.5, 1.0], start=2), None)
    assert read_curve(tmp_path).training == (
        Point(1, 3.0),
        Point(2, 2.0),
        Point(3, 1.5),
        Point(4, 1.0),
    )


def test_a_loss_that_is_no_number_is_kept_as_one(tmp_path):
    recorder = CurveRecorder(tmp_path, every=1)
    recorder.on_train_end(train(recorder, [math.inf]), None)
    assert math.isnan(read_curve(tmp_path).training[0].loss)


def test_validation_losses_stand_apart(tmp_path):
    recorder = CurveRecorder(tmp_path, every=1)
    trainer = train(recorder, [3.0])
    trainer.callback_metrics = {"val_loss": 2.5}
    recorder.on_validation_end(trainer, None)
    recorder.on_train_end(trainer, None)
    assert read_curve(tmp_path) == Curve((Point(1, 3.0),), (Point(1, 2.5),))


def test_a_run_without_a_curve_has_no_points(tmp_path):
    assert read_curve(tmp_path / "nowhere") == Curve((), ())


class Switch:
    """A network that only knows whether it is trained or looked at."""

    training = True

    def train(self):
        self.training = True

    def eval(self):
        self.training = False


@pytest.mark.parametrize(("last", "looks"), [(6, [3, 6]), (5, [3, 5])])
def test_the_course_is_scored_every_so_many_steps_and_after_the_last(
    tmp_path, monkeypatch, last, looks
):
    network = Switch()

    def score(looked_at, photographs, *, side):
        assert (looked_at, photographs, side) == (network, "photographs", 32)
        assert not network.training
        return SimpleNamespace(summary=lambda: {"l2": float(trainer.global_step)})

    monkeypatch.setattr(curves, "score_network", score)
    recorder = CourseRecorder(tmp_path, "photographs", side=32, every=3)
    trainer = SimpleNamespace(global_step=0, max_steps=last)
    for _ in range(last):
        trainer.global_step += 1
        recorder.on_train_batch_end(trainer, SimpleNamespace(network=network))
        assert network.training
    assert read_course(tmp_path) == [(step, {"l2": float(step)}) for step in looks]


def test_scores_that_are_no_numbers_end_the_run(tmp_path, monkeypatch):
    scores = SimpleNamespace(summary=lambda: {"l2": math.nan})
    monkeypatch.setattr(curves, "score_network", lambda *_, **__: scores)
    recorder = CourseRecorder(tmp_path, "photographs", side=32, every=1)
    trainer = SimpleNamespace(global_step=1, max_steps=2)
    with pytest.raises(Diverged, match=r"by step 1 .* lower the rates"):
        recorder.on_train_batch_end(trainer, SimpleNamespace(network=Switch()))
    assert read_course(tmp_path) == []


def test_a_run_that_was_not_looked_at_has_no_course(tmp_path):
    assert read_course(tmp_path) == []
