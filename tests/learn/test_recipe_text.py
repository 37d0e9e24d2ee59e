# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest

from tintype.errors import InputError
from tintype.learn.heads.channel_bins import ChannelBinsConfig
from tintype.learn.recipe import find_recipe, list_recipes
from tintype.learn.recipe_text import RECIPE_FILE, describe_recipe, is_told, parse_recipe
from tintype.learn.training import _claim


def test_a_recipe_is_read_without_running_it(small_recipe):
    read = parse_recipe(repr(small_recipe))
    assert (read["type"], read["name"], read["batch_size"]) == ("Recipe", "small", 2)
    assert read["network"]["encoder"] == {
        "type": "MobileNetV2Config",
        "width": 0.25,
        "frozen": 0,
        "norm": True,
        "stages": 5,
    }
    assert read["augment"]["area"] == [0.5, 1.0]


@pytest.mark.parametrize("text", ["Recipe(name=print(1))", "__import__('os')", "Recipe(", "2 + x"])
def test_what_is_no_recipe_is_refused(text):
    with pytest.raises(InputError, match="no recipe's text"):
        parse_recipe(text)


@pytest.mark.parametrize("name", list_recipes())
def test_a_recipe_is_told_by_its_own_text_and_by_no_others(name):
    told = parse_recipe(describe_recipe(find_recipe(name)))
    assert [other for other in list_recipes() if is_told(told, find_recipe(other))] == [name]


def test_settings_that_came_later_count_as_their_defaults(small_recipe, tmp_path):
    old = describe_recipe(small_recipe).replace(", scenes=0.0", "").replace(", thin=False", "")
    assert len(old) < len(describe_recipe(small_recipe))
    assert is_told(parse_recipe(old), small_recipe)
    assert not is_told(parse_recipe(old), replace(small_recipe, scenes=0.1))
    (tmp_path / RECIPE_FILE).write_text(old)
    with pytest.raises(InputError, match="another recipe"):
        _claim(tmp_path, replace(small_recipe, scenes=0.1))
    assert (tmp_path / RECIPE_FILE).read_text() == old
    _claim(tmp_path, small_recipe)
    assert (tmp_path / RECIPE_FILE).read_text() == describe_recipe(small_recipe)


def test_what_differs_or_is_unknown_is_another_recipe(small_recipe):
    told = parse_recipe(describe_recipe(small_recipe))
    network = replace(small_recipe.network, head=ChannelBinsConfig())
    assert not is_told(told, replace(small_recipe, seed=1))
    assert not is_told(told, replace(small_recipe, network=network))
    assert not is_told({**told, "gone": 1}, small_recipe)
    del told["photographs"]  # which has no default
    assert not is_told(told, small_recipe)
