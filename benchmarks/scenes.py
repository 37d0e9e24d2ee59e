# SPDX-License-Identifier: Apache-2.0
"""New scenes found, against PySceneDetect: hard cuts, fades, dissolves, and what is none of these.

The films are grey, made of package photographs, and their scenes are known: shots that pan, some of
them a third of a second short; fades through black; dissolves; flashes; and a camera that does its
worst. Clips of one's own, named by ``--clip``, are cut together in turn.

A system finds a new scene if it says so between the last whole frame of the old one and the first
whole frame of the new one, give or take a frame. All else that it says is false; what it says twice
within one transition counts once. A flash is no new scene.

PySceneDetect (BSD-3-Clause, in the extra ``bench``) runs with its own defaults, except that it is
told to look at luma only, as these films have nothing else.
"""

import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.result import Result
from scripts.clips import FRAMES, Picture, look, photograph, write_clip
from tintype.cli.films import parse_clip
from tintype.errors import InputError, OptionError
from tintype.records.cells import Cell
from tintype.video.motion import motion_size
from tintype.video.scenes import View, walk
from tintype.video.source import describe_film
from tintype.video.viewing import view_film

Span = tuple[int, int]  # the last whole frame of a scene, the first of the next

_PHOTOGRAPHS = ("coffee", "chelsea", "astronaut", "rocket", "motorcycle_left", "camera", "ihc")
_SIZE = 216, 384  # (H, W)
_SHOTS = 24
_TRANSITIONS = 8
_SLACK = 1  # frames
_TURN = 50  # frames of each clip, before it is the next one's turn
_TURNS = 12


@dataclass(frozen=True, slots=True)
class Film:
    """A film whose scenes are known."""

    pictures: Iterator[Picture]
    transitions: list[Span]


def run(clips: Sequence[str] = ()) -> Result:
    """Look for scenes in every film, with every system.

    Args:
        clips: paths of films to be cut together; ``PATH@SECONDS`` to begin there.

    Raises:
        OptionError: PySceneDetect is not installed.
        InputError: a clip is no film, there is only one, or one is too short.
    """
    systems = {"tintype": find_cuts, **_others()}
    films: dict[str, Callable[[], Film]] = {
        "hard cuts": cuts,
        "fades": fades,
        "dissolves": dissolves,
    }
    films |= {"flashes": flashes, "camera": camera}
    counts: dict[str, np.ndarray] = {name: np.zeros(3, int) for name in systems}
    seconds = dict.fromkeys(systems, 0.0)
    rows: list[list[Cell]] = []
    if clips:
        films["clips by turns"] = lambda: by_turns(clips)
    frames = there = 0
    with tempfile.TemporaryDirectory() as folder:
        for title, make in films.items():
            film = make()
            there += len(film.transitions)
            path = write_clip(Path(folder, "film.mp4"), film.pictures, _SIZE)
            frames += describe_film(path).frames
            row: list[Cell] = [title, len(film.transitions)]
            for name, find in systems.items():
                begun = perf_counter()
                found = find(path)
                seconds[name] += perf_counter() - begun
                hits, false = score(found, film.transitions)
                counts[name] += (hits, false, len(film.transitions))
                row.append(f"{hits} + {false}")
            rows.append(row)
    rows.append(["all", there, *map(_sum, counts.values())])
    rows.append(["F1", None, *map(_f1, counts.values())])
    rows.append(["frames/s", None, *(round(frames / seconds[name]) for name in systems)])
    return Result(
        title="New scenes",
        method=f"New scenes found + said where there are none, in {frames} grey frames of "
        "384 × 216 with grain. PySceneDetect "
        f"{import_module('scenedetect').__version__} with its defaults, looking at luma only; its "
        "speed includes decoding, as ours does.",
        header=("film", "new scenes", *systems),
        rows=rows,
        digits=2,
    )


def score(found: Sequence[int], transitions: Sequence[Span]) -> tuple[int, int]:
    """Count new scenes that were found, and those that are none.

    Args:
        found: the frames that are said to begin a scene.
        transitions: those that there are.
    """
    inside = [
        [first < frame + _SLACK and frame <= last + _SLACK for first, last in transitions]
        for frame in found
    ]
    hits = sum(any(column) for column in zip(*inside, strict=True)) if inside else 0
    return hits, sum(not any(row) for row in inside)


def find_cuts(path: Path) -> list[int]:
    """The frames at which ours says that a scene begins."""
    film = describe_film(path)
    size = motion_size((film.size[0] // 2, film.size[1] // 2))
    view = View(film=film, picture=(slice(None), slice(None)), size=size, rate=25.0, first=None)
    return [number for number, (_, _, cut) in enumerate(walk(view)) if cut and number]


def _others() -> dict[str, Callable[[Path], list[int]]]:
    """PySceneDetect's ways of looking."""
    try:
        library = import_module("scenedetect")
    except ImportError as error:
        raise OptionError("PySceneDetect is not installed; pip install 'tintype[bench]'") from error
    detectors: dict[str, Callable[[], Any]] = {
        "content": lambda: library.ContentDetector(luma_only=True),
        "adaptive": lambda: library.AdaptiveDetector(luma_only=True),
        "histogram": library.HistogramDetector,
        "hash": library.HashDetector,
    }

    def look_with(make: Callable[[], Any]) -> Callable[[Path], list[int]]:
        return lambda path: [
            int(begin.frame_num) for begin, _ in library.detect(str(path), make())[1:]
        ]

    return {name: look_with(make) for name, make in detectors.items()}


def cuts() -> Film:
    """Shots of ten to sixty frames."""
    rng = np.random.default_rng(0)
    shots = [list(_shot(number, int(rng.integers(10, 60)), rng)) for number in range(_SHOTS)]
    return _join(shots, [0] * (_SHOTS - 1), lambda old, new, share: new)


def fades() -> Film:
    """Fades to black and out of it, twelve to thirty frames in all."""
    rng = np.random.default_rng(1)
    shots = [list(_shot(number, 60, rng)) for number in range(_TRANSITIONS + 1)]
    lengths = rng.integers(12, 30, _TRANSITIONS).tolist()

    def fade(old: Picture, new: Picture, share: float) -> Picture:
        shown = old if share < 0.5 else new
        return np.asarray(shown * abs(2 * share - 1), np.uint8)

    return _join(shots, lengths, fade)


def dissolves() -> Film:
    """One picture turns into another within four to twenty-five frames."""
    rng = np.random.default_rng(2)
    shots = [list(_shot(number, 60, rng)) for number in range(_TRANSITIONS + 1)]
    lengths = rng.integers(4, 25, _TRANSITIONS).tolist()
    return _join(
        shots,
        lengths,
        lambda old, new, share: np.asarray(old * (1 - share) + new * share, np.uint8),
    )


def flashes() -> Film:
    """Flashes of one to three frames, some of them white all over."""
    rng = np.random.default_rng(3)
    frames = [picture for number in range(3) for picture in _shot(number, 120, rng)]
    for number in range(20, len(frames), 40):
        for picture in frames[number : number + int(rng.integers(1, 4))]:
            level = rng.choice([1.0, 0.6])
            picture[:] = picture * (1 - level) + 250 * level
    return Film(iter(frames), [(119, 120), (239, 240)])


def camera() -> Film:
    """A camera that is shaken, swept and zoomed, and light that flickers."""

    def shoot() -> Iterator[Picture]:
        rng = np.random.default_rng(4)
        for share in np.linspace(0, 1, FRAMES // 2):  # a hand that shakes
            x, y = 0.4 + 0.2 * share + rng.normal(0, 0.01, 2)
            yield look(photograph("coffee"), x, y, 1.5, _SIZE)
        for share in np.linspace(0, 1, FRAMES // 6):  # a sweep
            yield look(photograph("coffee"), 0.6 - 0.5 * share, 0.6 - 0.3 * share, 1.5, _SIZE)
        for share in np.linspace(0, 1, FRAMES // 3):  # a zoom
            yield look(photograph("coffee"), 0.1 + 0.4 * share, 0.3, 1.5 + 1.5 * share, _SIZE)
        for share in np.linspace(0, 1, FRAMES // 2):  # light that flickers
            picture = look(photograph("coffee"), 0.5, 0.3 + 0.2 * share, 3.0, _SIZE)
            yield np.asarray(picture * (0.7 + 0.3 * rng.random()), np.uint8)

    return Film(shoot(), [])


def by_turns(clips: Sequence[str]) -> Film:
    """Pieces of clips, one after the other and round again.

    Raises:
        InputError: there is only one clip, or one ends before its turns do.
    """
    if len(clips) < 2:
        raise InputError("clips take turns from two on; give another --clip, or none")
    sources = [parse_clip(clip) for clip in clips]
    views = [view_film(path, short_side=_SIZE[0], start=start) for path, start in sources]

    def show() -> Iterator[Picture]:
        for turn in range(_TURNS):
            pictures = list(islice(views[turn % len(views)], _TURN))
            if len(pictures) < _TURN:
                raise InputError(
                    f"{clips[turn % len(views)]} is too short: "
                    f"it needs {math.ceil(_TURNS / len(views)) * _TURN} frames"
                )
            for picture in pictures:
                seen = np.asarray(np.moveaxis(picture, 0, -1) * 255 + 0.5, np.uint8)
                yield look(seen, 0.5, 0.5, 1.0, _SIZE)

    return Film(show(), [(turn * _TURN - 1, turn * _TURN) for turn in range(1, _TURNS)])


def _shot(number: int, frames: int, rng: np.random.Generator) -> Iterator[Picture]:
    """A pan, or a camera that stands, before one of the photographs."""
    picture = photograph(_PHOTOGRAPHS[number % len(_PHOTOGRAPHS)])
    x, y, zoom = rng.uniform(0.1, 0.6), rng.uniform(0.1, 0.9), rng.uniform(1.2, 2.2)
    speed = rng.choice([0.0, 0.003, 0.008])  # of what there is to see, a frame
    for frame in range(frames):
        yield look(picture, min(1.0, x + speed * frame), y, zoom, _SIZE)


def _join(
    shots: list[list[Picture]],
    lengths: Sequence[int],
    mix: Callable[[Picture, Picture, float], Picture],
) -> Film:
    """Join shots by transitions, for which each shot gives its frames at both ends."""
    frames, transitions = list(shots[0]), []
    for shot, length in zip(shots[1:], lengths, strict=True):
        begin = len(frames) - length
        for step in range(length):
            frames[begin + step] = mix(frames[begin + step], shot[step], (step + 1) / (length + 1))
        frames += shot[length:]
        transitions.append((begin - 1, begin + length))
    return Film(iter(frames), transitions)


def _sum(counts: np.ndarray) -> str:
    return f"{counts[0]} + {counts[1]}"


def _f1(counts: np.ndarray) -> float:
    hits, false, there = counts
    return float(2 * hits / (hits + false + there))
