# SPDX-License-Identifier: Apache-2.0
"""The members of a network, from the runs that trained them and from released weights."""

from collections.abc import Sequence
from pathlib import Path

from tintype.errors import OptionError
from tintype.learn.network import Network
from tintype.learn.recipe import Recipe
from tintype.learn.training import LAST, load_network
from tintype.learn.weights import count_members, find_weights, load_weights, mean_weights
from tintype.spec.models import MODELS

_AND = "+"  # between places whose weights' mean is meant


def load_members(recipes: Sequence[Recipe], places: Sequence[Path]) -> list[Network]:
    """Trained networks, in evaluation mode: of each recipe all of its own, one after another.

    Args:
        recipes: of each.
        places: each one's run folder, or a released network, by its name or its weights' file:
            a network's is then the member at its own place among all, or the last one. Several,
            joined by ``+``, stand for the mean of their weights.

    Raises:
        OptionError: there are not as many places as recipes.
        ModelError: there is nothing at a place, or it is of another recipe's network.
    """
    if len(places) != len(recipes):
        raise OptionError(f"there must be a run for each of the {len(recipes)} recipes, or none")
    networks: list[Network] = []
    for recipe, place in zip(recipes, places, strict=True):
        before = len(networks)
        networks += [
            _load_member(recipe, place, own, before + own).eval()
            for own in range(len(recipe.members))
        ]
    return networks


def _load_member(recipe: Recipe, place: Path, own: int, member: int) -> Network:
    """One of a recipe's networks, ``own`` among these and ``member`` among all."""
    names = [str(place)] if place.exists() else str(place).split(_AND)
    if len(names) > 1:
        return mean_weights([_load_member(recipe, Path(name), own, member) for name in names])
    if place.suffix == ".safetensors" or str(place) in MODELS:
        weights = find_weights(str(place))
        network = Network(recipe.members[own])
        load_weights(network, weights, member=min(member, count_members(weights) - 1))
        return network
    return load_network(recipe, place / LAST, own)
