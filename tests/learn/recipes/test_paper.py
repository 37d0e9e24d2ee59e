"""The paper's recipes say what the paper says, and build."""

from pathlib import Path

import pytest
import torch

from tintype.learn.network import Network
from tintype.learn.recipe import find_recipe, list_recipes

BY_HEART = Path(__file__).parents[3] / "docs" / "paper" / "by_heart"
PAPER = [name for name in list_recipes() if name.startswith("paper")]


def test_all_are_there():
    assert PAPER == [
        "paper_classification",
        "paper_huber",
        "paper_regression",
        "paper_small_classification",
        "paper_small_huber",
        "paper_small_regression",
    ]


@pytest.mark.parametrize("name", PAPER)
def test_trained_as_the_paper_trains(name):
    """Section 5.2: Adam, β1 0.9 and β2 0.999, rate 0.0003, batches of six."""
    recipe = find_recipe(name)
    assert recipe.name == name
    optimizer = recipe.optimizer
    assert (optimizer.name, optimizer.betas, optimizer.rate) == ("adam", (0.9, 0.999), 3e-4)
    assert optimizer.schedule == "constant"
    assert recipe.batch_size == 6
    assert recipe.imagenet_start


@pytest.mark.parametrize("name", PAPER)
def test_builds_and_answers(name):
    recipe = find_recipe(name)
    with torch.device("meta"):
        network = Network(recipe.network)
        grey = torch.zeros(1, 1, recipe.side, recipe.side)
        raw = network(grey)
    stride = 2 if "small" in name else 1
    assert recipe.side == (128 if "small" in name else 224)
    assert raw.shape[-2:] == (recipe.side // stride, recipe.side // stride)
    assert raw.shape[1] == (100 if "classification" in name else 2)


@pytest.mark.parametrize("objective", ["classification", "regression"])
def test_what_learns_by_heart_is_the_paper_s_network(objective):
    own = find_recipe(str(BY_HEART / f"{objective}.py"))
    drawn = find_recipe(f"paper_{objective}")
    assert own.network.encoder == drawn.network.encoder
    assert type(own.network.decoder) is type(drawn.network.decoder)
    assert type(own.network.head) is type(drawn.network.head)
    assert own.batch_size == 4
