# SPDX-License-Identifier: Apache-2.0
"""Would a second pass backwards pay? Colours from earlier frames alone, and from later ones too.

A film's colours remember what was predicted before. So the first frames of a scene, and what has
just come into view, know less than they could. Here each clip is coloured a second time from its
end to its beginning, by the same predictions, and in every frame the two are merged, each place by
how much either way knows of it. What that gains is held against the forward pass alone: errors,
also of the first frames of each scene, colourfulness, steadiness.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.result import Result
from scripts.clips import CLIPS, write_clip
from tintype.cli.films import SHORT_SIDE, parse_clip
from tintype.color.difference import ciede2000
from tintype.color.lab import rgb_to_lab
from tintype.evaluate.video import TRUTH, TrueFilm
from tintype.imaging.film import chroma_planes, decode_planes, luma_to_lightness, shrink
from tintype.imaging.resize import resize
from tintype.inference.engine import Engine
from tintype.inference.prediction import Prediction
from tintype.records.cells import Cell
from tintype.spec.models import find_model
from tintype.spec.options import ENGINE_DEFAULTS
from tintype.video.coloring import small_size
from tintype.video.guided import spread
from tintype.video.pictures import PictureReader
from tintype.video.pixels import read_samples
from tintype.video.source import FilmInfo, describe_film
from tintype.video.steady import Memory, Steadier
from tintype.video.viewing import view_film

_FRAMES = 100
_FIRST = 12  # frames of a scene
_RADIUS = 3  # of the windows for edges, as the steadier has it

Floats = NDArray[np.float32]


@dataclass(slots=True, eq=False)
class Told(Steadier):
    """A steadier that is told which frames the network has seen."""

    seen: bool = False

    def _is_due(self, memory: Memory) -> bool:
        return self.seen


@dataclass(slots=True, eq=False)
class Clip:
    """A clip's small lightness, its predictions, and what either pass knows.

    Attributes:
        lightness: ``(h, w)`` of each frame.
        predictions: by frame.
        begins: frames with which scenes begin.
    """

    lightness: list[Floats]
    predictions: dict[int, Prediction] = field(default_factory=dict)
    begins: list[int] = field(default_factory=list)

    def forward(self, predict: Callable[[int], Prediction]) -> list[Memory]:
        """What is known at each frame from those before."""
        known, steadier = [], Steadier()
        for number, lightness in enumerate(self.lightness):
            colors = steadier.step(lightness, lambda at=number: self._ask(at, predict))  # type: ignore[misc]
            if colors.cut:
                self.begins.append(number)
            assert steadier.memory is not None
            known.append(steadier.memory)
        return known

    def backward(self, predict: Callable[[int], Prediction]) -> list[Memory]:
        """What is known at each frame from those after."""
        known, steadier = [], Told()
        for number in reversed(range(len(self.lightness))):
            steadier.seen = number in self.predictions
            steadier.step(self.lightness[number], lambda at=number: self._ask(at, predict))  # type: ignore[misc]
            assert steadier.memory is not None
            known.append(steadier.memory)
        return known[::-1]

    def _ask(self, number: int, predict: Callable[[int], Prediction]) -> Prediction:
        if number not in self.predictions:
            self.predictions[number] = predict(number)
        return self.predictions[number]

    def show(self, number: int, *memories: Memory) -> Floats:
        """``(2, h, w)``: the colours of a frame by what one pass knows, or both."""
        weights = [memory.known[..., 2] for memory in memories]
        total = np.add.reduce(weights) + np.float32(1e-6)
        pairs = zip(memories, weights, strict=True)
        shown = sum(m.shown * weight[..., None] for m, weight in pairs) / total[..., None]
        lightness = self.lightness[number]
        planes = np.ascontiguousarray(np.moveaxis(shown, -1, 0), np.float32)
        chroma = spread(planes, total, lightness, lightness, radius=_RADIUS)
        return chroma * np.float32(np.mean([memory.dulling for memory in memories]))


def run(clips: Sequence[str] = ()) -> Result:
    """Colour every clip one way and both ways.

    Args:
        clips: paths of films in colour; ``PATH@SECONDS`` to begin there.

    Raises:
        OptionError: a clip is no film.
    """
    spec = find_model(ENGINE_DEFAULTS.model)
    engine, rows = Engine(spec, device="cpu"), []
    with tempfile.TemporaryDirectory() as folder:
        made = [(write_clip(Path(folder, f"{n}.mp4"), make()), 0.0) for n, make in CLIPS.items()]
        for path, start in [*made, *map(parse_clip, clips)]:
            rows += _measure(path, start, engine)
    return Result(
        title="Colours from later frames too",
        method=f"{spec.name}, SHA-256 {spec.sha256}; {_FRAMES} frames of each clip, measured at a "
        f"short side of {SHORT_SIDE} pixels, without coding. Both ways: a second pass backwards by "
        f"the same predictions, merged with the first. Firsts: each scene's first {_FIRST} frames.",
        header=(
            "clip",
            "passes",
            "ΔE00",
            "ΔE00 of firsts",
            "colourfulness",
            "CDC excess × 1000",
            "warping error",
        ),
        rows=rows,
        digits=2,
    )


def _measure(path: Path, start: float, engine: Engine) -> list[list[Cell]]:
    film = describe_film(path)
    lumas = list(_read(film, start))
    small = small_size((film.size[0] // 2, film.size[1] // 2))
    clip = Clip([luma_to_lightness(shrink(luma, small), film.coding) for luma in lumas])

    def predict(number: int) -> Prediction:
        lightness = luma_to_lightness(lumas[number], film.coding)
        return engine.predict(lightness, want=("confidence",))

    first, second = clip.forward(predict), clip.backward(predict)
    pictures = list(view_film(path, short_side=SHORT_SIDE, start=start, frames=_FRAMES))
    true = TrueFilm(pictures)
    excess = true.score_itself()[TRUTH].cdc
    firsts = {at for begin in clip.begins for at in range(begin, begin + _FIRST)}
    rows: list[list[Cell]] = []
    for name, passes in {"forwards": (first,), "both ways": (first, second)}.items():
        shown = [
            _render(luma, clip.show(number, *(known[number] for known in passes)), film, pictures)
            for number, luma in enumerate(lumas)
        ]
        score = true.score(shown)
        errors = [
            float(np.mean(ciede2000(rgb_to_lab(pictures[at]), rgb_to_lab(shown[at]))))
            for at in firsts
            if at < len(shown)
        ]
        rows.append(
            [
                path.stem,
                name,
                score.ciede2000,
                float(np.mean(errors)),
                score.colorfulness,
                1000 * (score.cdc - excess),
                score.warping_error,
            ]
        )
    return rows


def _read(film: FilmInfo, start: float) -> Iterator[NDArray[np.uint8]]:
    for picture in islice(PictureReader(film).read(film.pts_at(start)), _FRAMES):
        yield read_samples(picture.frame, film.kind, film.coding)[0].copy()


def _render(
    luma: NDArray[np.uint8], chroma: Floats, film: FilmInfo, pictures: Sequence[Floats]
) -> Floats:
    """``(3, h, w)``: a frame as it is seen, at the size that it is measured at."""
    size = pictures[0].shape[1], pictures[0].shape[2]
    light = resize(luma.astype(np.float32), size)
    planes = chroma_planes(np.rint(light).astype(np.uint8), resize(chroma, size), film.coding)
    cb, cr = (plane.astype(np.float32) for plane in planes)
    return decode_planes(light, cb, cr, film.coding)
