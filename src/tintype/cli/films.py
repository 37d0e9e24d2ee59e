# SPDX-License-Identifier: Apache-2.0
"""``tintype evaluate --video``: clips made grey, coloured in every way, and measured.

Each way of colouring is ``tintype video`` in a process of its own, so that its time and its memory
are its own; what it writes is lossless, so that only the colours are measured. Beside the record
lies a sheet for each clip: consecutive frames, true and coloured in each way, to be looked at.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.errors import OptionError
from tintype.evaluate.video import KIND, TRUTH, FilmEvaluation, FilmScore, TrueFilm
from tintype.records.provenance import collect_provenance, hash_file
from tintype.records.record import Record, write_record
from tintype.spec.models import find_model
from tintype.video.fidelity import compare_films
from tintype.video.options import ALONE, BOTH_WAYS, FORWARDS
from tintype.video.viewing import view_film, write_grey

RECORD = "films.json"
SHORT_SIDE = 216  # pixels at which films are measured
WAYS = {  # the first is what the others are held against
    "each frame alone": ["--steady", ALONE],
    "along the motion": ["--steady", FORWARDS],
    "both ways": ["--steady", BOTH_WAYS],
}

_SHEET_FRAMES = 8
_SHEET_STEP = 3  # frames from one row of a sheet to the next

Floats = NDArray[np.float32]


def measure_films(
    clips: Sequence[str], networks: Sequence[str], out: Path, *, frames: int, device: str
) -> FilmEvaluation:
    """Measure networks on clips, and leave the record and the sheets.

    Args:
        clips: paths of colour films; ``PATH@SECONDS`` to begin there.
        networks: names or paths.
        out: folder; made if need be.
        frames: of each clip.
        device: where the networks run.

    Raises:
        OptionError: two clips have one name, or a clip is no film.
    """
    out.mkdir(parents=True, exist_ok=True)
    scores: dict[str, dict[str, FilmScore]] = {}
    data = {}
    for clip in clips:
        path, start = parse_clip(clip)
        name = f"{path.stem}@{start:g}" if start else path.stem
        if name in scores:
            raise OptionError(f"two clips are called {name}; rename one of them")
        data[path.name] = hash_file(path)
        with tempfile.TemporaryDirectory() as folder:
            scores[name] = _measure_clip(
                path, start, networks, Path(folder), out / f"{name}.png", frames, device
            )
    alone, *steady = WAYS
    evaluation = FilmEvaluation(
        short_side=SHORT_SIDE,
        clips=scores,
        networks={Path(name).name: find_model(name).sha256 for name in networks},
        baselines={
            _name(way, network, networks): _name(alone, network, networks)
            for network in networks
            for way in steady
        },
        notes=(f"{frames} frames of each clip, measured at a short side of {SHORT_SIDE} pixels.",),
    )
    provenance = collect_provenance(data=data)
    record = Record(kind=KIND, provenance=provenance, content=evaluation.to_content())
    write_record(record, out / RECORD)
    return evaluation


def parse_clip(text: str) -> tuple[Path, float]:
    """The path and the second of ``PATH@SECONDS``.

    Raises:
        OptionError: there is no such file, or no such second.
    """
    path, _, start = text.rpartition("@")
    if not path or os.path.exists(text):
        path, start = text, "0"
    try:
        seconds = float(start)
    except ValueError:
        path, seconds = text, 0.0
    if not os.path.isfile(path):
        raise OptionError(f"there is no film {path}")
    if not 0 <= seconds < math.inf:
        raise OptionError(f"a clip begins at 0 s or later, got {text}")
    return Path(path), seconds


def _measure_clip(
    path: Path,
    start: float,
    networks: Sequence[str],
    folder: Path,
    sheet: Path,
    frames: int,
    device: str,
) -> dict[str, FilmScore]:
    shown = {TRUTH: list(view_film(path, short_side=SHORT_SIDE, start=start, frames=frames))}
    true = TrueFilm(shown[TRUTH])
    scores = true.score_itself()
    grey = write_grey(path, folder / "grey.mkv", start=start, frames=frames)
    for network in networks:
        for way, flags in WAYS.items():
            target = folder / "result.mkv"
            flags = [*flags, "--codec", "ffv1", "--model", network, "--device", device]
            told = _run([str(grey), "-o", str(target), *flags, "--overwrite", "--json"])
            name = _name(way, network, networks)
            shown[name] = list(view_film(target, short_side=SHORT_SIDE))
            score = true.score(shown[name])
            pace = told["frames"] / told["seconds"]
            scores[name] = replace(
                score,
                frames_per_second=pace,
                peak_memory=told["peak_memory"],
                same_luma=compare_films(grey, target).luma,
            )
    _write_sheet(list(shown.values()), sheet)
    return scores


def _name(way: str, network: str, networks: Sequence[str]) -> str:
    return way if len(networks) == 1 else f"{network}, {way}"


def _run(arguments: list[str]) -> dict[str, Any]:
    """Run ``tintype video``; what it told of the result.

    Raises:
        OptionError: it failed; the message is its own.
    """
    command = [sys.executable, "-m", "tintype", "video", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 - our own program
    if done.returncode:
        raise OptionError(done.stderr.strip().removeprefix("tintype: "))
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _write_sheet(films: Sequence[Sequence[Floats]], path: Path) -> None:
    """Lay consecutive frames below each other, a column for each film, from the clip's middle."""
    count = len(films[0])
    first = max(0, count // 2 - _SHEET_FRAMES * _SHEET_STEP // 2)
    numbers = range(first, min(count, first + _SHEET_FRAMES * _SHEET_STEP), _SHEET_STEP)
    rows = [np.concatenate([film[number] for film in films], axis=-1) for number in numbers]
    sheet = np.moveaxis(np.concatenate(rows, axis=-2), 0, -1)
    cv2.imwrite(str(path), np.rint(255 * sheet[..., ::-1]).astype(np.uint8))
