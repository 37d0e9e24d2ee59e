# SPDX-License-Identifier: Apache-2.0
"""The plan of a film's colouring: all that can be settled, or refused, before any work is done."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tintype import __version__
from tintype.errors import OptionError, OutputError
from tintype.imaging.photograph import Photograph
from tintype.spec.model import ModelSpec
from tintype.spec.options import DEFAULTS as COLOR_DEFAULTS
from tintype.spec.options import ColorizeOptions
from tintype.video.codecs import FORMATS, choose_codec, find_format
from tintype.video.encoding import EncoderSettings, choose_settings
from tintype.video.hinting import FilmHint, check_moment
from tintype.video.options import DEFAULTS, FilmOptions
from tintype.video.sequences import find_numbered, first_number, is_sequence, name_picture
from tintype.video.source import FilmInfo, describe_film
from tintype.video.streams import OtherStreams, Span, choose_streams
from tintype.video.survey import Survey, survey_film

_SAMPLE = 1 << 20  # bytes of the input's head and tail that tell it from another


@dataclass(frozen=True, slots=True, eq=False)
class FilmReference:
    """A photograph whose palette leads.

    Attributes:
        photograph: in colour.
        seconds: a moment of the film, for whose scene it holds; None for the whole film.

    Raises:
        OptionError: the moment is negative, or not finite.
    """

    photograph: Photograph
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.seconds is not None:
            check_moment("a reference", self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmJob:
    """One film's way from file to file.

    Attributes:
        film: the input.
        survey: what it looks like.
        target: the result.
        folder: of the parts, beside the result.
        codec: a key of :data:`tintype.video.codecs.CODECS`.
        settings: of the encoder of the parts.
        streams: what is copied beside the pictures.
        span: which part of the film is wanted.
        part_frames: frames of a part.
        colors: what colours are wanted.
        options: all else that is wanted.
        hints: colours that are known of places in it.
        references: whose palettes lead; that of a scene goes before that of the whole film.
        resume: whether to go on with unfinished work, if there is any.
    """

    film: FilmInfo
    survey: Survey
    target: Path
    folder: Path
    codec: str
    settings: EncoderSettings
    streams: OtherStreams
    span: Span
    part_frames: int
    colors: ColorizeOptions
    options: FilmOptions
    hints: tuple[FilmHint, ...] = ()
    references: tuple[FilmReference, ...] = ()
    resume: bool = False

    @property
    def frames(self) -> int:
        """How many frames the result will have, as far as the head tells; 0 if it does not."""
        film, options = self.film, self.options
        if options.start is None and options.end is None:
            return film.frames
        end = film.duration if options.end is None else min(options.end, film.duration)
        return max(0, round((end - (options.start or 0.0)) * film.rate))

    @property
    def notices(self) -> tuple[str, ...]:
        """What the owner of the film should know beforehand, in sentences."""
        return tuple(_notices(self))


def plan_film(
    source: Path,
    target: Path,
    *,
    colors: ColorizeOptions = COLOR_DEFAULTS,
    options: FilmOptions = DEFAULTS,
    hints: Sequence[FilmHint] = (),
    references: Sequence[FilmReference] = (),
    resume: bool = False,
    overwrite: bool = False,
) -> FilmJob:
    """Settle how a film will be coloured.

    Args:
        source: a file, or a sequence of pictures: ``frame_%05d.png``.
        target: the result; its suffix says what it will be.
        colors: what colours are wanted.
        options: all else that is wanted.
        hints: colours that are known of places in it; each holds for its scene.
        references: photographs whose palettes lead, in a scene or in the whole film.
        resume: whether to go on with unfinished work, if there is any.
        overwrite: whether to replace a result that is there, or give up unfinished work.

    Raises:
        UnreadableFilm: the source is no film.
        UnsupportedFilm: it is of a kind that cannot be kept or written.
        ImageTooLarge: its frames are larger than the options allow.
        OutputError: the result cannot be what its name says, or would replace what must stay.
        OptionError: the part that is wanted begins after the film's end.
    """
    folder = target.with_name(f"{target.name.replace('%', '')}.parts")
    find_format(target)
    _refuse_conflicts(source, target, folder, resume=resume, overwrite=overwrite)
    film = describe_film(source, rate=options.rate, max_pixels=options.max_pixels)
    codec = choose_codec(options.codec, target, depth=film.kind.depth, size=film.size)
    settings = choose_settings(film, codec, options)
    settings.open()  # raises what is wrong with them
    return FilmJob(
        film=film,
        survey=survey_film(film, rate=options.rate),
        target=target,
        folder=folder,
        codec=codec,
        settings=settings,
        streams=choose_streams(film, settings, target, wanted=options.streams, rate=options.rate),
        span=_span(film, options),
        part_frames=max(1, round(options.segment * film.rate)),
        colors=colors,
        options=options,
        hints=tuple(hints),
        references=tuple(references),
        resume=resume,
    )


def fingerprint(job: FilmJob, model: ModelSpec) -> dict[str, Any]:
    """What makes two jobs the same, as JSON values: then one can go on where the other stopped."""
    return {
        "program": __version__,
        "model": model.sha256,
        "film": _digest(job.film.path),
        "colors": asdict(job.colors),
        "options": asdict(job.options),
        "hints": [asdict(hint) for hint in job.hints],
        "references": [
            (hashlib.sha256(each.photograph.pixels.tobytes()).hexdigest(), each.seconds)
            for each in job.references
        ],
        "codec": job.codec,
    }


def _refuse_conflicts(
    source: Path, target: Path, folder: Path, *, resume: bool, overwrite: bool
) -> None:
    there = _files(target, numbered=find_format(target).numbered)
    own = _files(source, numbered=is_sequence(source) and not source.exists())
    if _identities(there) & _identities(own):
        raise OutputError(f"{target} is the film itself; name another file")
    if there and not overwrite:
        raise OutputError(f"{there[0]} is there already; allow overwriting, or name another file")
    if folder.exists() and not (resume or overwrite):
        raise OutputError(
            f"{folder} holds unfinished work; resume it, or allow overwriting to begin afresh"
        )
    parent = target.parent
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise OutputError(f"{parent} is not a folder that can be written to; make it first")


def _files(path: Path, *, numbered: bool) -> list[Path]:
    """Which of the files that a name stands for are there."""
    if numbered:
        return [picture for _, picture in find_numbered(path)]
    return [path] if path.exists() else []


def _identities(paths: list[Path]) -> set[tuple[int, int]]:
    """What tells files apart, however their names are spelt and whatever links lead to them."""
    return {(found.st_dev, found.st_ino) for found in map(Path.stat, paths)}


def _span(film: FilmInfo, options: FilmOptions) -> Span:
    if options.start and film.length_is_said and options.start >= film.duration:
        raise OptionError(
            f"start is at {options.start:g} s, and the film ends at {film.duration:g} s"
        )
    first = None if options.start is None else film.pts_at(options.start)
    end = None if options.end is None else film.pts_at(options.end)
    return Span(first=first, end=end, shift=0 if first is None else first - film.start)


def _notices(job: FilmJob) -> list[str]:
    film, layout = job.film, job.settings.layout
    said = []
    if job.survey.colored:
        said.append("the film is in colour already; its colours are replaced by computed ones")
    if job.survey.tinted:
        said.append("the film is tinted; the tint is replaced by computed colours")
    if job.survey.interlaced:
        said.append(
            "the film is interlaced; it is coloured as it is, woven; deinterlace it first for "
            "cleaner colours in motion"
        )
        if film.fields and not job.settings.fields:
            said.append(f"{job.codec} cannot tell players of the weave; h264 and ffv1 can")
    if job.survey.captions:
        said.append(
            "the closed captions hidden in the film's pictures are lost; extract them first"
        )
    if layout.rgb and film.aspect not in (None, 1):
        said.append(
            f"the film's pixels are {film.aspect} times as wide as high, which few viewers of "
            f"{job.target.suffix} files heed"
        )
    if film.unread_alpha:
        said.append("the film's transparency cannot be read, and is left out")
    if film.kind.alpha and not layout.alpha:
        said.append(
            f"{job.codec} has no transparency, and the film's is left out; "
            f"ffv1, prores and png keep it"
        )
    if layout.depth < film.kind.depth and not film.kind.rgb:
        said.append(
            f"{job.codec} has {layout.depth} bits, and the film's {film.kind.depth} are rounded; "
            f"ffv1 keeps them"
        )
    tick = FORMATS[job.target.suffix.lower()].tick
    if tick and (1 / film.rate) % tick:
        said.append(
            f"{job.target.suffix} files keep time in steps of {float(1000 * tick):g} ms, to which "
            f"the film's time stamps are rounded; .mp4 and .mov keep them exactly"
        )
    said += [f"{name} is left out" for name in job.streams.left_out]
    return said


def _digest(path: Path) -> str:
    """SHA-256 over a file's size, head and tail; of a sequence of pictures, over its first."""
    if is_sequence(path) and not path.exists():
        path = name_picture(path, first_number(path))
    digest = hashlib.sha256(path.name.encode())
    if path.exists():
        size = path.stat().st_size
        digest.update(str(size).encode())
        with open(path, "rb") as file:
            digest.update(file.read(_SAMPLE))
            file.seek(max(0, size - _SAMPLE))
            digest.update(file.read(_SAMPLE))
    return digest.hexdigest()
