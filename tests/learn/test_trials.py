"""Overfitting and the search for a rate, on a network small enough to train in a second."""

import math
from dataclasses import replace

import pytest

from tintype.errors import Diverged, InputError, OptionError
from tintype.learn import trials
from tintype.learn.augment import center_crop
from tintype.learn.datasets import TrainingCrops
from tintype.learn.decoders.residual_concat import ResidualConcatConfig
from tintype.learn.encoders.vgg16 import VGG16Config
from tintype.learn.heads.channel_bins import ChannelBinsConfig
from tintype.learn.history import read_history
from tintype.learn.network import NetworkConfig
from tintype.learn.recipe import OptimizerConfig
from tintype.learn.trials import (
    OverfitOptions,
    RateOptions,
    Trial,
    best_rate,
    draw,
    overfit,
    search_rates,
    with_rate,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:lightning")


@pytest.fixture
def recipe(small_recipe):
    network = NetworkConfig(
        encoder=VGG16Config(width=0.1, blocks=3),
        decoder=ResidualConcatConfig(final=(16,)),
        head=ChannelBinsConfig(),
    )
    adam = OptimizerConfig(name="adam", rate=1e-2, encoder_rate=1e-2, warmup=0, clip=0.0)
    return replace(small_recipe, network=network, optimizer=adam)


def test_overfits_two_photographs_and_stops(recipe, photographs, tmp_path):
    seen = []
    options = OverfitOptions(photographs=2, steps=400, check_every=20, target=0.9)
    checks = overfit(recipe, photographs, tmp_path / "run", options, on_check=seen.append)
    assert seen == checks
    assert min(checks[-1].accuracy_u, checks[-1].accuracy_v) >= 0.9
    assert [check.step for check in checks] == list(range(20, checks[-1].step + 1, 20))
    assert checks[-1].step < 400


def test_looks_of_before_a_stop_are_kept(recipe, photographs, tmp_path):
    class Stop(Exception):
        pass

    def stop(check):
        if check.step == 4:
            raise Stop

    options = OverfitOptions(photographs=2, steps=6, check_every=2, target=1.0)
    with pytest.raises(Stop):
        overfit(recipe, photographs, tmp_path / "run", options, on_check=stop)
    checks = overfit(recipe, photographs, tmp_path / "run", options)
    assert [check.step for check in checks] == [2, 4, 6]


def test_a_run_may_be_given_more_steps_but_nothing_else(recipe, photographs, tmp_path):
    options = OverfitOptions(photographs=2, steps=4, check_every=2, target=1.0)
    overfit(recipe, photographs, tmp_path / "run", options)
    more = replace(options, steps=6)
    checks = overfit(recipe, photographs, tmp_path / "run", more)
    assert [check.step for check in checks] == [2, 4, 6]
    assert read_history(tmp_path / "run").steps == 6
    for other in (replace(recipe, seed=5), recipe):  # another recipe, and fewer steps again
        with pytest.raises(InputError, match="another recipe"):
            overfit(other, photographs, tmp_path / "run", replace(more, steps=5))


def test_what_is_learnt_is_what_is_scored(recipe, photographs, tmp_path, monkeypatch):
    """Of photographs that are no squares, a random square would be something else each time."""
    seen = []
    real = trials.train

    def spy(recipe, learnt, *arguments, **options):
        crops = TrainingCrops(learnt, side=recipe.side, augment=recipe.augment, seed=0)
        for number in range(6):
            index, crop, _ = crops.draw(number)
            assert crop == center_crop(*learnt.sizes[index])
        seen.append(learnt)
        return real(recipe, learnt, *arguments, **options)

    monkeypatch.setattr(trials, "train", spy)
    options = OverfitOptions(photographs=3, steps=2, check_every=2)
    overfit(recipe, photographs, tmp_path / "run", options)
    (learnt,) = seen
    assert len(learnt) == 3


def test_drawing_is_the_seeds(photographs):
    first, again = (draw(photographs, 4, seed=1).keys for _ in range(2))
    assert first == again
    assert len(first) == 4
    assert set(draw(photographs, 4, seed=2).keys) != set(first)
    assert len(draw(photographs, 99, seed=1)) == len(photographs)


def test_tries_every_rate_and_prefers_one_that_learns(recipe, photographs, tmp_path):
    options = RateOptions(low=1e-9, high=1e-2, count=2, steps=12)
    trials = search_rates(recipe, photographs, tmp_path / "rates", options)
    assert [trial.rate for trial in trials] == pytest.approx([1e-9, 1e-2])
    assert trials[0].last == pytest.approx(trials[0].first, rel=0.2)
    assert trials[1].last < trials[0].last
    assert best_rate(trials) == pytest.approx(1e-2)


def test_a_rate_at_which_weights_diverge_is_a_trial_too(recipe, photographs, tmp_path, monkeypatch):
    real = trials.train

    def train(tried, *arguments, **options):
        if tried.optimizer.rate == 1e-2:
            raise Diverged("no numbers")
        return real(tried, *arguments, **options)

    monkeypatch.setattr(trials, "train", train)
    options = RateOptions(low=1e-3, high=1e-2, count=2, steps=4)
    calm, wild = search_rates(recipe, photographs, tmp_path / "rates", options)
    assert math.isfinite(calm.last)
    assert wild == Trial(1e-2, math.inf, math.inf)


def test_rates_are_even_in_the_logarithm():
    assert RateOptions(low=1e-4, high=1e-1, count=4).rates == pytest.approx([1e-4, 1e-3, 1e-2, 0.1])


def test_a_rate_that_diverged_is_never_the_best():
    assert best_rate([Trial(1e-3, 4.0, 3.0), Trial(1.0, 4.0, math.inf)]) == 1e-3


def test_encoder_and_new_layers_keep_their_proportion(recipe):
    slower = replace(recipe, optimizer=replace(recipe.optimizer, rate=1e-2, encoder_rate=2e-3))
    tried = with_rate(slower, 1e-3, steps=7)
    assert tried.optimizer.encoder_rate == pytest.approx(2e-4)
    assert tried.steps == 7


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RateOptions(low=1e-2, high=1e-2), "low .* must be below high"),
        (lambda: RateOptions(count=1), "count must be"),
        (lambda: OverfitOptions(target=1.5), "target must be"),
    ],
)
def test_options_are_checked(make, message):
    with pytest.raises(OptionError, match=message):
        make()
