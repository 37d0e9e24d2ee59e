# SPDX-License-Identifier: Apache-2.0
"""A step that comes out as no numbers changes nothing; a run of such steps is given up."""

import csv
import math
from dataclasses import replace

import pytest
import torch
from lightning.pytorch.callbacks import Callback

from tintype.errors import Diverged
from tintype.learn import training
from tintype.learn.training import Schedule, train

pytestmark = pytest.mark.slow
QUIET = Schedule(validate_every=0, log_every=1, checkpoint_minutes=60)


class States(Callback):
    """Each step's loss, and the network's weights and statistics after it."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.states: list[dict[str, torch.Tensor]] = []

    def on_train_batch_end(self, _trainer, module, outputs, *_):
        self.losses.append(outputs["loss"].item())
        state = module.network.state_dict()
        self.states.append({k: t.clone() for k, t in state.items() if t.is_floating_point()})


@pytest.fixture
def spoil(monkeypatch):
    """Let what the network is given be no numbers at some steps."""

    def spoil_at(steps):
        whole = training.degrade

        def degrade(lightness, augment, *, seed, step):
            given = whole(lightness, augment, seed=seed, step=step)
            return given * math.nan if step in steps else given

        monkeypatch.setattr(training, "degrade", degrade)

    return spoil_at


def differ(one, other) -> list[str]:
    return [name for name in one if not torch.equal(one[name], other[name])]


def test_a_step_of_no_numbers_changes_nothing(small_recipe, photographs, tmp_path, spoil):
    spoil({2, 4})
    watch = States()
    train(small_recipe, photographs, None, tmp_path, schedule=QUIET, callbacks=[watch])
    assert [math.isnan(loss) for loss in watch.losses] == [False, False, True, False, True, False]
    before, after, next_one = watch.states[1:4]
    assert differ(before, after) == []
    moved = differ(after, next_one)
    assert any("running_mean" in name for name in moved)
    assert any(name.endswith("conv.weight") for name in moved)
    (log,) = (tmp_path / "csv").glob("*/metrics.csv")
    taken_back = [row["taken_back"] for row in csv.DictReader(log.read_text().splitlines())]
    assert taken_back == ["", "", "1.0", "1.0", "2.0", "2.0"]


def test_a_run_of_such_steps_is_given_up(small_recipe, photographs, tmp_path, spoil):
    spoil(range(3, 99))
    long = replace(small_recipe, photographs=20 * small_recipe.batch_size)
    with pytest.raises(Diverged, match="up to step 12 the gradients of 10 steps in a row"):
        train(long, photographs, None, tmp_path, schedule=QUIET)


@pytest.mark.parametrize("largest", [0.0, 1e-3])
def test_the_norm_of_the_whole_gradient_is_bounded(small_recipe, photographs, tmp_path, largest):
    norms = []

    class Norms(Callback):
        def on_before_zero_grad(self, _trainer, module, _optimizer):
            known = [p.grad.norm() for p in module.parameters() if p.grad is not None]
            norms.extend([torch.stack(known).norm().item()] if known else [])

    recipe = replace(small_recipe, optimizer=replace(small_recipe.optimizer, clip=largest))
    train(recipe, photographs, None, tmp_path, schedule=QUIET, callbacks=[Norms()])
    assert norms
    if largest:
        assert max(norms) == pytest.approx(largest, rel=1e-3)
    else:
        assert max(norms) > 1e-2
