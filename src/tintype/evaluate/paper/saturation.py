# SPDX-License-Identifier: Apache-2.0
"""What the saturation of a prediction depends on: decode, memory, noise, confidence, training.

The paper expects regression to be dull and classification not to be. Where that does not come out,
one wants to know whether the measure, the decode or the training is to blame. So the two pictured
networks are decoded in every way that could matter, on photographs that they were trained on and
on others, and the longer runs are looked at while they learn.

* *Blurred*: if spread were noise from pixel to pixel, it would go with a blur.
* *Scaled*: a prediction whose squared error falls when it is multiplied by less than 1 says more
  than it knows. The factor is fitted on the validation photographs.
* *Expectation*: the mean of a classification's distribution, which is what a regression is after.
  Where it is more vivid than the best bins, the distribution's peak lies nearer to grey than its
  middle, and to take the best bin costs colour.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.color.luv import rgb_to_luv
from tintype.evaluate.paper.grid import PICTURED, Cell, Search
from tintype.evaluate.paper.landscapes import LANDSCAPE
from tintype.evaluate.paper.tables import MEASURES, Grid, Results, Table, write_signed
from tintype.learn.datasets import PhotographCache
from tintype.learn.heads.channel_bins import ChannelBinsHead
from tintype.learn.network import Network
from tintype.learn.recipe import Recipe
from tintype.learn.scores import predict_chroma, read_squares, score_chroma

STUDY = "saturation"  # its name among the results
_BLUR = 17  # pixels
_LITTLE = 0.05  # a change of Sat. diff. that is not worth a word
_AS_IT_IS, _BEST = "as predicted", "means of the best bins"
_DECODES = {"center": "centres of the best bins", "expectation": "expectation over all bins"}
_BLURRED, _SCALED = f"blurred, {_BLUR} pixels", "scaled by"
_LEARNT = "on photographs it learnt from"

Squares = NDArray[np.float32]
Row = dict[str, Any]


class Trained(Protocol):
    """What a reproduction offers: its photographs and its finished networks."""

    def part(self, data: str, which: str) -> PhotographCache:
        """The ``train``, ``validation`` or ``test`` photographs of a set."""

    def network(self, name: str) -> tuple[Network, Recipe]:
        """A finished cell's network and recipe."""


def study_saturation(reproduction: Trained) -> list[Row]:
    """Decode the pictured networks in every way: what was done, and its scores.

    As many training photographs are looked at as there are test photographs.
    """
    rows: list[Row] = []
    for name in PICTURED:
        network, recipe = reproduction.network(name)
        test = reproduction.part(LANDSCAPE, "test")
        squares = read_squares(test, recipe.side)
        for how, chroma in _decode(network, squares):
            rows.append({"run": name, "how": how, **score_chroma(chroma, squares).summary()})
        checked = read_squares(reproduction.part(LANDSCAPE, "validation"), recipe.side)
        factor = fit_factor(predict_chroma(network, checked), rgb_to_luv(checked)[:, 1:])
        chroma = predict_chroma(network, squares)
        scaled = score_chroma((factor * chroma).astype(np.float32), squares)
        rows.append({"run": name, "how": f"{_SCALED} {factor:.2f}", **scaled.summary()})
        known = reproduction.part(LANDSCAPE, "train")
        squares = read_squares(known.subset(range(min(len(test), len(known)))), recipe.side)
        own = score_chroma(predict_chroma(network, squares), squares)
        rows.append({"run": name, "how": _LEARNT, **own.summary()})
    return rows


def fit_factor(chroma: Squares, truth: Squares) -> float:
    """What a prediction has to be multiplied by for the least squared error; 1 for pure grey."""
    power = float(np.sum(np.square(chroma, dtype=np.float64)))
    return float(np.sum(chroma * truth, dtype=np.float64)) / power if power else 1.0


def saturation_tables(grid: Grid, results: Results) -> list[Table]:
    """The study, and the saturation of the longer runs while they learnt; those that are there."""
    columns = tuple(title for _, title, _ in MEASURES)
    systems = {run.name: run.system for run in grid}
    rows = [
        (systems[row["run"]], row["how"], *(write(row[name]) for name, _, write in MEASURES))
        for row in results.get(STUDY, {}).get("rows", ())
    ]
    study = Table(
        "Table 6. What the saturation depends on: decode, noise, confidence, memory",
        ("system", "chroma", *columns),
        tuple(rows),
    )
    rows = [
        (
            run.system,
            f"{look['photographs']:,}",
            *(write(look[name]) for name, _, write in MEASURES),
        )
        for run in longer_runs(grid, results)
        for look in results[run.name]["course"]
    ]
    course = Table(
        "Table 7. While they learn, on the validation photographs",
        ("system", "photographs seen", *columns),
        tuple(rows),
    )
    return [table for table in (study, course) if table.rows]


def explain_saturation(grid: Grid, results: Results) -> list[str]:
    """What the study and the longer runs say, in sentences; none where there is neither."""
    sentences = _explain_decodes(results)
    for run in longer_runs(grid, results):
        values = [look["saturation_difference"] for look in results[run.name]["course"]]
        if values:
            sentences.append(
                f"Training: on the validation photographs, {run.system}, went from "
                f"{write_signed(values[0])} to {write_signed(values[-1])}, between "
                f"{write_signed(min(values))} and {write_signed(max(values))}, over {len(values)} "
                "looks at the network while it learnt."
            )
    return sentences


def longer_runs(grid: Grid, results: Results) -> list[Cell]:
    """The finished runs that were trained for longer than the others."""
    cells = [run for run in grid if not isinstance(run, Search)]
    usual = min((run.recipe.photographs for run in cells), default=0)
    return [run for run in cells if run.recipe.photographs > usual and run.name in results]


def _explain_decodes(results: Results) -> list[str]:
    rows = results.get(STUDY, {}).get("rows", ())
    dull, binned = (
        {row["how"]: row["saturation_difference"] for row in rows if row["run"] == name}
        for name in PICTURED
    )
    if not dull or not binned:
        return []
    usual, best = dull[_AS_IT_IS], binned[_BEST]
    center, expectation = (binned[_DECODES[decode]] for decode in ("center", "expectation"))
    blurred = dull[_BLURRED]
    scaled = next(how for how in dull if how.startswith(_SCALED))
    nearer = "nearer to grey than" if best < expectation else "no nearer to grey than"
    return [
        f"Noise: a blur over {_BLUR} pixels changes the regression's Sat. diff. from "
        f"{write_signed(usual)} to {write_signed(blurred)}; "
        f"{'little of it is' if abs(blurred - usual) < _LITTLE else 'much of it is'} noise.",
        f"Confidence: on the validation photographs the regression's squared error is least with "
        f"its chroma {scaled}; so scaled, its Sat. diff. is {write_signed(dull[scaled])}.",
        f"Decode: the best bins give {write_signed(best)} with their means and "
        f"{write_signed(center)} with their centres, the expectation over the same network's bins "
        f"{write_signed(expectation)}: the peaks of its distributions lie {nearer} their means.",
        f"Memory: on photographs that it learnt from, regression has {write_signed(dull[_LEARNT])} "
        f"and classification {write_signed(binned[_LEARNT])}.",
    ]


def _decode(network: Network, squares: Squares) -> Iterator[tuple[str, Squares]]:
    """Every decode of a network, in words, and what it gives."""
    chroma = predict_chroma(network, squares)
    head = network.head
    binned = isinstance(head, ChannelBinsHead)
    yield _BEST if binned else _AS_IT_IS, chroma
    yield _BLURRED, _blur(chroma)
    if isinstance(head, ChannelBinsHead):
        own = head.config
        for decode, words in _DECODES.items():
            head.config = replace(own, decode=decode)
            yield words, predict_chroma(network, squares)
        head.config = own


def _blur(chroma: Squares) -> Squares:
    """Means over squares around each pixel."""
    planes = chroma.reshape(-1, *chroma.shape[-2:])
    return np.stack([cv2.blur(plane, (_BLUR, _BLUR)) for plane in planes]).reshape(chroma.shape)
