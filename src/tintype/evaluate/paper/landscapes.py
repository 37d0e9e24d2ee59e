# SPDX-License-Identifier: Apache-2.0
"""The photographs of the experiments: landscapes in place of Open Country, and a mixed set.

The paper trains on the 411 photographs of MIT CVCL's Open Country. Where those are at hand,
prepared as shards, they are taken; so are the landscape labels of two other collections, which
stand in for them. A larger set of every label there is shows what more, and more diverse,
photographs do.

Which photograph trains, validates or tests is decided by its key and a seed
(:mod:`tintype.learn.prepare.split`), so the split is the same on every machine.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tintype.errors import InputError
from tintype.learn.prepare.split import shuffled

LANDSCAPES = frozenset(
    {
        "cvcl/opencountry",
        "intel/forest",
        "intel/glacier",
        "intel/mountain",
        "intel/sea",
        "miniplaces/badlands",
        "miniplaces/canyon",
        "miniplaces/coast",
        "miniplaces/corn_field",
        "miniplaces/mountain",
        "miniplaces/rainforest",
        "miniplaces/river",
        "miniplaces/rock_arch",
        "miniplaces/sand",
        "miniplaces/swamp",
        "miniplaces/valley",
        "miniplaces/volcano",
    }
)
"""``source/label`` of photographs that show what Open Country shows."""

LANDSCAPE, MIXED = "landscapes", "mixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How many photographs each part is to have; fewer, in proportion, where there are not enough.

    The paper's set of landscapes has 411; it held out a tenth of all that it trained on.
    """

    train: int
    validation: int
    test: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.train + self.validation + self.test


WANTED = {
    LANDSCAPE: Wanted(train=400, validation=44, test=240),
    MIXED: Wanted(train=4000, validation=44, test=240),
}


@dataclass(frozen=True, slots=True)
class Split:
    """Places of photographs in the list of keys that was split, by part."""

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]


def split_landscapes(keys: Sequence[str], *, seed: int) -> dict[str, Split]:
    """Choose the photographs of both sets; none of a set's test trains either set.

    Args:
        keys: ``source/label/number`` of the photographs there are.
        seed: of the choice.

    Raises:
        InputError: fewer than ten landscapes.
    """
    place = {key: index for index, key in enumerate(keys)}
    order = shuffled(keys, seed=seed)
    landscapes = [key for key in order if key.rpartition("/")[0] in LANDSCAPES]
    if len(landscapes) < 10:
        raise InputError(
            f"{len(landscapes)} landscapes among {len(keys)} photographs; the experiments need "
            "ten at least: prepare Open Country with `tintype data prepare cvcl`, or name your "
            "labels as tintype.evaluate.paper.landscapes does"
        )
    first = _cut(landscapes, WANTED[LANDSCAPE])
    held_out = set(first[1]) | set(first[2])
    second = _cut([key for key in order if key not in held_out], WANTED[MIXED])
    chosen = set(second[1]) | set(second[2])
    first = ([key for key in first[0] if key not in chosen], *first[1:])
    return {
        name: Split(*(tuple(place[key] for key in part) for part in parts))
        for name, parts in ((LANDSCAPE, first), (MIXED, second))
    }


def count_labels(keys: Iterable[str]) -> dict[str, int]:
    """Photographs by ``source/label``, most first."""
    return dict(Counter(key.rpartition("/")[0] for key in keys).most_common())


def _cut(order: list[str], wanted: Wanted) -> tuple[list[str], list[str], list[str]]:
    """Test first, then validation, then training; all smaller by one factor if need be."""
    share = min(1.0, len(order) / wanted.total)
    test = max(1, int(wanted.test * share))
    validation = max(1, int(wanted.validation * share))
    train = int(wanted.train * share) if share < 1 else wanted.train
    held = test + validation
    return order[held : held + train], order[test:held], order[:test]
