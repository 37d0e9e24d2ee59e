"""The grid is the paper's: both networks, section 5.2 one change at a time, its settings."""

import pytest
import torch

from tintype.evaluate.paper.grid import (
    ALTERNATIVES,
    HEADLINE,
    LENGTH,
    TRAINING,
    Cell,
    Search,
    count_photographs,
    make_grid,
)
from tintype.evaluate.paper.options import PaperOptions
from tintype.learn.network import Network

SMALL = make_grid(PaperOptions(), 6000)
FULL = make_grid(PaperOptions(full=True), 6000)


def cells(grid, table):
    return [run for run in grid if isinstance(run, Cell) and run.table == table]


def test_names_are_folders_of_their_own():
    names = [run.name for run in SMALL]
    assert len(set(names)) == len(names)
    assert [run.name for run in FULL] == names


def test_headline_networks_have_every_seed():
    assert len(cells(SMALL, HEADLINE)) == 9
    assert {cell.recipe.seed for cell in cells(SMALL, HEADLINE)} == {0, 1, 2}
    assert len(cells(make_grid(PaperOptions(seeds=1), 6000), HEADLINE)) == 3


def test_the_first_two_runs_are_the_headline_pair():
    assert [run.name for run in SMALL[:2]] == ["classification-seed-0", "regression-l2-seed-0"]


@pytest.mark.parametrize("grid", [SMALL, FULL], ids=["small", "full"])
def test_every_cell_has_the_same_budget_but_those_that_ask_for_more(grid):
    longer = cells(grid, LENGTH)
    assert [cell.name for cell in longer] == ["regression-l2-longer", "classification-longer"]
    assert {cell.recipe.photographs for cell in longer} == {12_000}
    others = [run for run in grid if isinstance(run, Cell) and run not in longer]
    assert {run.recipe.photographs for run in others} == {6000}
    assert {run.recipe.photographs for run in grid if isinstance(run, Search)} == {600}


def test_photographs_are_counted_over_all_runs():
    searches = [run for run in SMALL if isinstance(run, Search)]
    usual = len(SMALL) - len(searches) + len(cells(SMALL, LENGTH))  # these are twice as long
    expected = 6000 * usual + 600 * sum(len(s.rates) for s in searches)
    assert count_photographs(SMALL) == expected


def test_alternatives_change_one_thing_each():
    base = cells(SMALL, HEADLINE)[0].recipe
    by_name = {cell.name: cell.recipe for cell in cells(SMALL, ALTERNATIVES)}
    for name, recipe in by_name.items():
        if name == "hsv-regression":
            continue
        differing = [
            part
            for part in ("encoder", "decoder", "head")
            if getattr(recipe.network, part) != getattr(base.network, part)
        ]
        settings = recipe.imagenet_start != base.imagenet_start
        assert len(differing) + settings == 1, name
        assert recipe.optimizer == base.optimizer
    assert len(by_name["one-convolution"].network.decoder.final) == 1
    assert len(by_name["two-convolutions"].network.decoder.final) == 2
    assert not by_name["no-units"].network.decoder.units
    assert by_name["sum"].network.decoder.merge == "sum"


def test_at_full_size_no_units_means_straight_from_the_pooling():
    recipe = next(cell.recipe for cell in cells(FULL, ALTERNATIVES) if cell.name == "no-units")
    assert recipe.network.encoder.taps == "pools"
    assert recipe.side == 224


def test_settings_are_the_papers():
    by_name = {cell.name: cell for cell in cells(SMALL, TRAINING)}
    assert by_name["beta-0.99"].recipe.optimizer.betas == (0.9, 0.99)
    assert by_name["nesterov"].recipe.optimizer.name == "nesterov"
    assert by_name["nesterov"].search == "search-nesterov"
    assert sorted(by_name[f"batch-{size}"].recipe.batch_size for size in (4, 8, 12)) == [4, 8, 12]
    order = [run.name for run in SMALL]
    assert order.index("search-nesterov") < order.index("nesterov")


FIRST_SEED = [run for run in SMALL if isinstance(run, Cell) and run.recipe.seed == 0]


@pytest.mark.parametrize("cell", FIRST_SEED, ids=lambda cell: cell.name)
def test_every_network_builds(cell):
    with torch.device("meta"):
        network = Network(cell.recipe.network)
        raw = network(torch.zeros(1, 1, cell.recipe.side, cell.recipe.side))
    assert raw.shape[-1] == cell.recipe.side // 2
