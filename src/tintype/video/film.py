# SPDX-License-Identifier: Apache-2.0
"""From a film to its coloured version: reading, colouring and encoding at once, a part at a time.

Three threads hand pictures on. One decodes, and sees what has moved; one finds the colours at a
small size, by network and along that motion; one brings them to the chroma planes' size, joins them
with the input's own luma, and encodes. FFmpeg, OpenCV and ONNX Runtime let go of Python's lock
while they work, so all three run side by side, and no more than a few pictures are in memory at any
time; some dozens where colours come from later ones too (:mod:`tintype.video.hindsight`).

The coded parts lie in a folder beside the result until the last is done. Then the result is written
in one go, with everything else that the film holds, and takes its place under its name; the parts
are removed when the disk holds it there.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from time import perf_counter

from tintype.errors import OutputError
from tintype.imaging.atomic import sync_file, sync_folder
from tintype.inference.engine import Engine
from tintype.video.codecs import find_format
from tintype.video.job import FilmJob, fingerprint
from tintype.video.line import Line
from tintype.video.parts import Part, Workshop
from tintype.video.pictures import Damage, sum_damage
from tintype.video.progress import Progress, Tally
from tintype.video.result import write_result
from tintype.video.sequences import find_numbered, name_picture


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmResult:
    """What has become of a film.

    Attributes:
        target: the file that was written: the result, or, if it was stopped, what there is of it,
            under a name that says so; None if it was stopped before there was anything.
        complete: whether it is the whole film.
        frames: in it.
        predictions: of these, how many the network saw.
        cuts: new scenes that were found.
        damage: what was wrong with the film.
        seconds: that this run took.
        busy: seconds that each step was busy in this run; they run side by side.
    """

    target: Path | None
    complete: bool
    frames: int
    predictions: int
    cuts: int
    damage: Damage
    seconds: float
    busy: dict[str, float]


def color_film(
    job: FilmJob,
    network: Engine,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    stop: Event | None = None,
) -> FilmResult:
    """Colour a film.

    Args:
        job: from :func:`tintype.video.job.plan_film`.
        network: what predicts colours.
        on_progress: told after every frame, from another thread.
        stop: when set, the frames in hand are finished, and what there is is written.

    Returns:
        What has become of it.

    Raises:
        UnreadableFilm: the film has changed, or what is left of it cannot be read.
        OutputError: the result cannot be written, for want of room perhaps.
        RecordError: unfinished work is of another job, or another run is at it.
        ModelError: the network failed.
    """
    begun = perf_counter()
    with Workshop(job.folder, fingerprint(job, network.spec), resume=job.resume) as workshop:
        tally = Tally(job.frames, sum(part.frames for part in workshop.parts), on_progress)
        rest = Line(job, network, workshop, tally, stop or Event()).run()
        path = _write(job, workshop, rest, network.spec.name)
        if rest is None:
            workshop.remove()
    parts = workshop.parts + ([] if rest is None else [rest])
    return FilmResult(
        target=path,
        complete=rest is None,
        frames=sum(part.frames for part in parts),
        predictions=sum(part.predictions for part in parts),
        cuts=sum(part.cuts for part in parts),
        damage=sum_damage(Damage(**part.damage) for part in parts),
        seconds=perf_counter() - begun,
        busy=dict(tally.busy),
    )


def _write(job: FilmJob, workshop: Workshop, rest: Part | None, model: str) -> Path | None:
    """Write what there is, and let it take its place.

    Args:
        job: the plan.
        workshop: of the finished parts.
        rest: what there is of one more, when the job was stopped; None when it is done.
        model: what predicted the colours.
    """
    parts = workshop.parts + ([] if rest is None or not rest.frames else [rest])
    if not parts:
        return None
    target = job.target
    if rest is not None:
        seconds = int(job.film.seconds(parts[-1].end - job.span.shift))
        clock = f"{seconds // 3600:02d}-{seconds // 60 % 60:02d}-{seconds % 60:02d}"
        target = target.with_name(f"{target.stem}.stopped-at-{clock}{target.suffix}")
        job = replace(job, span=replace(job.span, end=parts[-1].end))  # for the sound and the rest
    number = "_%d" if find_format(target).numbered else ""
    made = workshop.folder / f"result{number}{target.suffix}"
    write_result(job, workshop, parts, made, model=model)
    _take_place(made, target)
    return target


def _take_place(made: Path, target: Path) -> None:
    """Move what was made to its name, and wait until the disk holds both."""
    try:
        if find_format(target).numbered:
            for number, picture in find_numbered(made):
                _move(picture, name_picture(target, number))
        else:
            _move(made, target)
        sync_folder(target.parent)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror}") from error


def _move(made: Path, target: Path) -> None:
    sync_file(made)
    os.replace(made, target)
