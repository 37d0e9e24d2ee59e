# SPDX-License-Identifier: Apache-2.0
"""What is run: the paper's two kinds of network, and one change of them at a time.

A *cell* is one training run. Cells are ordered so that a grid that was stopped early has said the
most it could: both kinds of network first, then the alternatives of section 5.2, the training
settings, the larger set, twice the training, and last the headline networks with further seeds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tintype.evaluate.paper.landscapes import LANDSCAPE, MIXED
from tintype.evaluate.paper.options import LARGEST_BATCH, PaperOptions
from tintype.learn.decoders.residual_concat import ResidualConcatConfig
from tintype.learn.decoders.residual_encoder import ResidualEncoderConfig
from tintype.learn.encoders.vgg16 import VGG16Config
from tintype.learn.heads.hue_saturation import (
    HueSaturationBinsConfig,
    HueSaturationRegressionConfig,
)
from tintype.learn.heads.uv_regression import UVRegressionConfig
from tintype.learn.recipe import Recipe, find_recipe

HEADLINE, ALTERNATIVES, TRAINING = "headline", "alternatives", "training"
DATA, LENGTH = "data", "length"

REGRESSION, HUBER, CLASSIFICATION = "regression-l2", "regression-huber", "classification"

SEARCH_ADAM = "search-adam"
PICTURED = (f"{REGRESSION}-seed-0", f"{CLASSIFICATION}-seed-0")
"""The cells whose networks colour the figure and the blind page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One training run."""

    name: str  # its folder, and its key in the record
    table: str  # HEADLINE, ALTERNATIVES, TRAINING, DATA or LENGTH
    system: str  # its row's title
    recipe: Recipe
    data: str = LANDSCAPE
    search: str = ""  # of the search whose best rate it takes; "" for the recipe's own rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search for a learning rate: the same network, briefly, with each rate."""

    name: str
    system: str
    recipe: Recipe
    rates: tuple[float, ...]


SEARCH_SHARE = 10  # a search's run sees a tenth of what a cell sees
LONGER = 2  # times what a cell sees, in the runs that ask what more training does


def make_grid(options: PaperOptions, photographs: int) -> list[Cell | Search]:
    """Every run, in the order in which they are done.

    Args:
        options: full size or small, and how many seeds.
        photographs: that each cell's network sees.
    """
    bases = {name: _base(name, options, photographs) for name in _RECIPES}
    grid: list[Cell | Search] = list(_headline(bases, seed=0))
    grid += _alternatives(bases)
    grid += _training(bases[CLASSIFICATION])
    grid += _data(bases)
    grid += _length(bases)
    for seed in range(1, options.seeds):
        grid += _headline(bases, seed=seed)
    return grid


def count_photographs(grid: list[Cell | Search]) -> int:
    """How many photographs all runs together see."""
    return sum(
        run.recipe.photographs * (len(run.rates) if isinstance(run, Search) else 1) for run in grid
    )


_RECIPES = {REGRESSION: "regression", HUBER: "huber", CLASSIFICATION: "classification"}
_SYSTEMS = {
    REGRESSION: "regression, ℓ2",
    HUBER: "regression, Huber",
    CLASSIFICATION: "classification",
}


def _base(name: str, options: PaperOptions, photographs: int) -> Recipe:
    size = "" if options.full else "small_"
    recipe = find_recipe(f"paper_{size}{_RECIPES[name]}")
    return replace(recipe, photographs=max(photographs, LARGEST_BATCH))


def _headline(bases: dict[str, Recipe], *, seed: int) -> Iterator[Cell]:
    for name in (CLASSIFICATION, REGRESSION, HUBER):
        yield Cell(
            name=f"{name}-seed-{seed}",
            table=HEADLINE,
            system=_SYSTEMS[name],
            recipe=replace(bases[name], seed=seed),
        )


def _alternatives(bases: dict[str, Recipe]) -> Iterator[Cell]:
    """Section 5.2's list, and what else its text claims: one change each."""
    base = bases[CLASSIFICATION]
    decoder = base.network.decoder
    assert isinstance(decoder, ResidualConcatConfig)
    half = tuple(depth // 2 for depth in decoder.final)
    more = tuple(depth * 3 // 2 for depth in decoder.final)
    changes: list[tuple[str, str, dict[str, Any]]] = [
        (
            "sum",
            "sum instead of concatenation",
            {"decoder": replace(decoder, merge="sum", sum_width=decoder.final[0])},
        ),
        ("no-units", "no residual-encoder units", _without_units(base, decoder)),
        (
            "one-convolution",
            "one final convolution",
            {"decoder": replace(decoder, final=decoder.final[-1:])},
        ),
        (
            "two-convolutions",
            "two final convolutions",
            {"decoder": replace(decoder, final=decoder.final[-2:])},
        ),
        ("half-depths", f"final depths {_list(half)}", {"decoder": replace(decoder, final=half)}),
        ("more-depths", f"final depths {_list(more)}", {"decoder": replace(decoder, final=more)}),
        (
            "no-batch-norm",
            "no batch norm in the units",
            {"decoder": replace(decoder, norm=False)},
        ),
        ("hsv", "HSV, in bins", {"head": HueSaturationBinsConfig()}),
        ("regression-joined", "ℓ2 regression on this network", {"head": UVRegressionConfig()}),
    ]
    for name, system, parts in changes:
        yield Cell(name=name, table=ALTERNATIVES, system=system, recipe=_with_parts(base, **parts))
    yield Cell(
        name="hsv-regression",
        table=ALTERNATIVES,
        system="HSV, regression on the residual encoder",
        recipe=_with_parts(bases[REGRESSION], head=HueSaturationRegressionConfig()),
    )
    yield Cell(
        name="from-scratch",
        table=ALTERNATIVES,
        system="encoder not pretrained",
        recipe=replace(base, imagenet_start=False),
    )


def _training(base: Recipe) -> Iterator[Cell | Search]:
    """Optimisers, rates and batch sizes, on the classification network."""
    adam = base.optimizer
    nesterov = replace(adam, name="nesterov")
    brief = replace(base, photographs=max(base.batch_size, base.photographs // SEARCH_SHARE))
    yield Search(
        name=SEARCH_ADAM,
        system="Adam",
        recipe=brief,
        rates=(1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2),
    )
    yield Search(
        name="search-nesterov",
        system="Nesterov momentum 0.9",
        recipe=replace(brief, optimizer=nesterov),
        rates=(1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1),
    )
    changes: list[tuple[str, str, Recipe, str]] = [
        ("beta-0.99", "Adam, β2 = 0.99", _with_adam(base, betas=(0.9, 0.99)), ""),
        ("nesterov", "Nesterov, best rate", replace(base, optimizer=nesterov), "search-nesterov"),
        ("rate-0.001", "rate 0.001", _with_adam(base, rate=1e-3, encoder_rate=1e-3), ""),
        ("rate-0.0001", "rate 0.0001", _with_adam(base, rate=1e-4, encoder_rate=1e-4), ""),
    ]
    changes += [
        (f"batch-{size}", f"batches of {size}", replace(base, batch_size=size), "")
        for size in (4, 8, LARGEST_BATCH)
    ]
    for name, system, recipe, search in changes:
        yield Cell(name=name, table=TRAINING, system=system, recipe=recipe, search=search)


def _data(bases: dict[str, Recipe]) -> Iterator[Cell]:
    for name in (CLASSIFICATION, REGRESSION):
        yield Cell(
            name=f"{name}-mixed",
            table=DATA,
            system=f"{_SYSTEMS[name]}, mixed set",
            recipe=bases[name],
            data=MIXED,
        )


def _length(bases: dict[str, Recipe]) -> Iterator[Cell]:
    for name in (REGRESSION, CLASSIFICATION):
        yield Cell(
            name=f"{name}-longer",
            table=LENGTH,
            system=f"{_SYSTEMS[name]}, {LONGER} times as long",
            recipe=replace(bases[name], photographs=LONGER * bases[name].photographs),
        )


def _without_units(base: Recipe, decoder: ResidualConcatConfig) -> dict[str, Any]:
    """Aggregate straight from the encoder: on VGG16 from its max pooling, as the paper did."""
    encoder = base.network.encoder
    if isinstance(encoder, VGG16Config):
        encoder = replace(encoder, taps="pools")
    return {"encoder": encoder, "decoder": replace(decoder, units=False)}


def _with_parts(recipe: Recipe, **parts: Any) -> Recipe:
    return replace(recipe, network=replace(recipe.network, **parts))


def _with_adam(recipe: Recipe, **settings: Any) -> Recipe:
    return replace(recipe, optimizer=replace(recipe.optimizer, **settings))


def _list(depths: tuple[int, ...]) -> str:
    return ", ".join(map(str, depths))


def describe_decoder(recipe: Recipe) -> str:
    """The depths of one of the paper's decoders in words, for the report."""
    config = recipe.network.decoder
    assert isinstance(config, ResidualConcatConfig | ResidualEncoderConfig)
    widths = "the encoder's own" if config.widths is None else _list(config.widths)
    return f"units {widths}; final convolutions {_list(config.final) or 'none'}"
