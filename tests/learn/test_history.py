# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest
from lightning.pytorch.callbacks import Callback

from tintype.errors import InputError
from tintype.learn.history import read_history
from tintype.learn.training import Schedule, train

pytestmark = pytest.mark.slow


class StopAfter(Callback):
    """Stops a run after some steps."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def on_train_batch_end(self, trainer, *_):
        trainer.should_stop = trainer.global_step >= self.steps


def test_a_run_of_two_sittings_is_told_as_one(small_recipe, photographs, tmp_path):
    run = tmp_path / "run"
    schedule = Schedule(validate_every=3, log_every=1)
    for callbacks in ([StopAfter(2)], []):
        train(small_recipe, photographs, photographs, run, schedule=schedule, callbacks=callbacks)
    history = read_history(run)
    assert history.sittings == 2
    assert (history.steps, history.photographs) == (6, 12)
    assert [step for step, _ in history.curves["loss"]] == [1, 2, 3, 4, 5, 6]
    assert [step for step, _ in history.curves["val_de00"]][-2:] == [3, 6]
    assert "epoch" not in history.curves
    assert 0 < history.hours < 0.1


def test_steps_that_were_done_again_count_once(small_recipe, photographs, tmp_path):
    run = tmp_path / "run"
    schedule = Schedule(validate_every=0, log_every=1)
    train(small_recipe, photographs, None, run, schedule=schedule)
    before = read_history(run).curves["loss"]
    (run / "last.ckpt").unlink()  # as a kill before the first checkpoint leaves it
    (run / "recipe.txt").unlink()
    train(replace(small_recipe, seed=1), photographs, None, run, schedule=schedule)
    after = read_history(run)
    assert after.sittings == 2
    assert after.hours > 0
    assert [step for step, _ in after.curves["loss"]] == [step for step, _ in before]
    assert after.curves["loss"] != before


def test_a_folder_without_a_run_says_so(tmp_path):
    with pytest.raises(InputError, match=r"holds no training run.*recipe\.txt is missing"):
        read_history(tmp_path)
