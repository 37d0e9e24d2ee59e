# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest

from tintype.errors import OptionError
from tintype.learn.recipe import OptimizerConfig, Recipe, find_recipe, list_recipes


@pytest.mark.parametrize("name", list_recipes())
def test_every_recipe_is_found_by_the_name_of_its_file(name):
    recipe = find_recipe(name)
    assert recipe.name == name
    assert recipe.smoke().steps <= 3


def test_a_recipe_of_ones_own(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from dataclasses import replace\n"
        "from tintype.learn.recipe import find_recipe\n"
        "RECIPE = replace(find_recipe('tintype_s'), name='mine', seed=7)\n"
    )
    assert find_recipe(str(file)).seed == 7


def test_no_such_recipe_lists_those_there_are():
    with pytest.raises(OptionError, match=r"no recipe 'nothing'; there are: .*tintype_s"):
        find_recipe("nothing")


def test_a_file_without_a_recipe_is_told_what_to_define(tmp_path):
    (tmp_path / "empty.py").write_text("")
    with pytest.raises(OptionError, match="must define RECIPE"):
        find_recipe(str(tmp_path / "empty.py"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"photographs": 3}, "at least one batch of 32, got 3"),
        ({"side": 100}, "multiple of 32, got 100"),
    ],
)
def test_what_cannot_be_trained_is_refused(change, message):
    with pytest.raises(OptionError, match=message):
        replace(find_recipe("tintype_s"), **change)


def test_an_unknown_optimizer_is_refused():
    with pytest.raises(OptionError, match="adamw, adam, nesterov; got 'sgdx'"):
        OptimizerConfig(name="sgdx")


def test_steps_are_whole_batches(small_recipe: Recipe):
    assert replace(small_recipe, photographs=13).steps == 6
