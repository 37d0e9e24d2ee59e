# SPDX-License-Identifier: Apache-2.0
"""A film as it lies on the disk: what is in it, found by reading its head and its first frame.

Files are opened by FFmpeg's libraries, through PyAV. What the head says is not always true, so the
first frame is decoded too: its size, pixel format, colour tags and rotation are what counts.

Times are in seconds from the film's own beginning; ``pts`` are FFmpeg's presentation time stamps,
in units of the stream's time base, and are kept as they are from end to end.
"""

import math
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from tintype.errors import ImageTooLarge, UnreadableFilm, UnsupportedFilm
from tintype.imaging.film import Coding
from tintype.video.pixels import PixelKind, find_kind
from tintype.video.sequences import first_number, is_sequence, name_for_ffmpeg
from tintype.video.tags import ColorTags, complete_tags, tags_to_coding

_USUAL_RATE = Fraction(25)
_FASTEST = 240  # frames a second: a head that promises more has mostly been misread
_SLACK = 64 * 32_768  # pixels: FFmpeg counts every row as up to 63 wider; enough for 32,768 rows
_WITHOUT_HEAD = {"mpegts", "mpeg", "h264", "hevc", "m4v", "mpegvideo", "image2"}
_CLOCK = re.compile(r"(\d+):(\d\d):(\d\d\.\d+)")
_BB, _TB = 3, 4  # of FFmpeg's AVFieldOrder: those that show the lower field first
_ATTACHED_PICTURE = av.stream.Disposition.attached_pic


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmInfo:
    """What a film is.

    Attributes:
        path: of the file, or of a sequence of pictures: ``frame_%05d.png``.
        stream: index of the stream of pictures.
        size: (H, W) as stored, before any rotation.
        kind: of its pixels.
        coding: how its samples stand for light.
        tags: its colour tags, completed.
        codec: FFmpeg's name of the decoder.
        time_base: seconds per unit of ``pts``.
        rate: frames a second, on average.
        start: pts at which the film begins.
        frames: how many there are, as far as its head tells; 0 if it does not.
        duration: seconds; 0 if its head does not tell.
        length_is_said: whether the head says how long the film is, or FFmpeg has worked it out from
            what is there, as for broadcast streams.
        aspect: width of a pixel over its height; None if unsaid.
        display: the nine integers of its display matrix, which rotates it; None if it has none.
        fields: which field of a woven frame comes first, ``tff`` or ``bff``; None where its frames
            are not said to be woven.
        unread_alpha: whether it has transparency that FFmpeg's decoder passes over.
        max_pixels: a frame on the way that has many more is not decoded, and counts as damaged.
    """

    path: Path
    stream: int
    size: tuple[int, int]
    kind: PixelKind
    coding: Coding
    tags: ColorTags
    codec: str
    time_base: Fraction
    rate: Fraction
    start: int
    frames: int
    duration: float
    length_is_said: bool
    aspect: Fraction | None
    display: tuple[int, ...] | None
    fields: str | None = None
    unread_alpha: bool = False
    max_pixels: int

    @property
    def quarter_turns(self) -> int:
        """How often a frame must be turned left by 90 degrees to stand upright: 0 to 3."""
        if self.display is None:
            return 0
        a, b = self.display[0], self.display[1]
        return round(math.atan2(-b, a) / (math.pi / 2)) % 4

    def seconds(self, pts: int) -> float:
        """Time from the film's beginning, in seconds."""
        return float((pts - self.start) * self.time_base)

    def pts_at(self, seconds: float) -> int:
        """The first pts at or after a time, in seconds from the film's beginning."""
        ticks = Fraction(seconds).limit_denominator(10**6) / self.time_base
        return self.start + math.ceil(ticks)


@contextmanager
def open_film(
    path: Path, *, rate: float = 24.0, max_pixels: int
) -> Iterator[av.container.InputContainer]:
    """Open a film for reading.

    Args:
        path: of a file, or of a sequence of pictures.
        rate: frames a second, for a sequence.
        max_pixels: of a frame; no memory is taken for one that has many more, whatever the head
            says, and its decoder fails with FFmpeg's ``ArgumentError``.

    Raises:
        UnreadableFilm: there is none, or it is no film.
    """
    numbered = is_sequence(path) and not os.path.exists(path)
    if not numbered and not os.path.exists(path):
        raise UnreadableFilm(f"there is no file {path}, or no way to it")
    if os.path.isdir(path):
        raise UnreadableFilm(
            f"{path} is a folder; for a sequence of pictures, name them with their number's "
            f"place, such as {path / 'frame_%05d.png'}"
        )
    bound = {"max_pixels": str(max_pixels + _SLACK)}
    options = dict(bound)  # for the decoders that look at what there is
    if numbered:
        options["framerate"] = str(Fraction(rate).limit_denominator(1001))
        options["start_number"] = str(first_number(path))
    # "file:" keeps FFmpeg from taking a name with a colon for a network address.
    name = name_for_ffmpeg(path) if numbered else f"file:{path}"
    try:
        container = av.open(name, options=options, metadata_errors="replace")
    except (av.error.FFmpegError, OSError) as error:
        raise UnreadableFilm(f"{path} cannot be read as a film: {_reason(error, path)}") from error
    for stream in container.streams.video:
        if stream.codec_context is not None:
            stream.codec_context.options = bound
    try:
        yield container
    finally:
        container.close()


def describe_film(path: Path, *, rate: float = 24.0, max_pixels: int = 40_000_000) -> FilmInfo:
    """Say what a film is.

    Args:
        path: of a file, or of a sequence of pictures.
        rate: frames a second, for a sequence.
        max_pixels: refuse a film with larger frames before one is decoded.

    Raises:
        UnreadableFilm: it is no film, or has no picture that can be decoded.
        UnsupportedFilm: its pixels or colours are of a kind that cannot be kept.
        ImageTooLarge: its frames have more than ``max_pixels``.
    """
    with open_film(path, rate=rate, max_pixels=max_pixels) as container:
        stream = find_pictures(container, path)
        context = stream.codec_context
        _check_size(context, path, max_pixels)
        frame = _first_frame(container, stream, path, max_pixels)
        _check_size(frame, path, max_pixels)
        kind = find_kind(frame.format.name)
        full = kind.rgb or kind.unpacked.startswith(("gray", "ya")) or "yuvj" in frame.format.name
        size = frame.height, frame.width
        tags = complete_tags(_read_tags(frame), size, full_range=full)
        rate_found = stream.average_rate or stream.guessed_rate or _USUAL_RATE
        if rate_found > _FASTEST:
            rate_found = stream.guessed_rate or rate_found
        length = _length(container, stream)
        return FilmInfo(
            path=path,
            stream=stream.index,
            size=size,
            kind=kind,
            coding=tags_to_coding(tags, depth=kind.depth),
            tags=tags,
            codec=context.name,
            time_base=stream.time_base or Fraction(1, 90_000),
            rate=rate_found,
            start=_start(container, stream),
            frames=stream.frames or round(length * rate_found),
            duration=float(length),
            length_is_said=length > 0 and container.format.name not in _WITHOUT_HEAD,
            aspect=stream.sample_aspect_ratio,
            display=_display_matrix(frame),
            fields=_first_field(context.field_order) if frame.interlaced_frame else None,
            unread_alpha=stream.metadata.get("alpha_mode") == "1" and not kind.alpha,
            max_pixels=max_pixels,
        )


def find_pictures(container: av.container.InputContainer, path: Path) -> Any:
    """The stream that holds the film: the first of pictures that is not a cover.

    Raises:
        UnreadableFilm: there is none.
        UnsupportedFilm: there is no decoder for it.
    """
    for stream in container.streams.video:
        if not stream.disposition & _ATTACHED_PICTURE:
            if stream.codec_context is None:
                raise UnsupportedFilm(
                    f"the pictures of {path} are coded in a way that FFmpeg cannot decode"
                )
            return stream
    held = sorted({stream.type for stream in container.streams})
    raise UnreadableFilm(f"{path} holds no film" + (f", only {' and '.join(held)}" if held else ""))


def _check_size(pictures: Any, path: Path, max_pixels: int) -> None:
    if pictures.width * pictures.height > max_pixels:
        raise ImageTooLarge(
            f"{path} has frames of {pictures.width} x {pictures.height}, more than "
            f"{max_pixels:,} pixels; allow more with max_pixels"
        )


def _first_frame(
    container: av.container.InputContainer, stream: Any, path: Path, max_pixels: int
) -> Any:
    packets: Iterator[Any] = container.demux(stream)
    refused = False
    while True:
        try:
            packet = next(packets, None)
            frames = packet.decode() if packet is not None else []
        except av.error.FFmpegError as error:
            refused |= isinstance(error, av.error.ArgumentError)
            continue  # what is damaged is reported when the film is read as a whole
        if packet is None and refused:
            raise ImageTooLarge(
                f"{path} holds no picture of up to {max_pixels:,} pixels that can be decoded; if "
                f"they are larger, allow more with max_pixels"
            )
        if packet is None:
            raise UnreadableFilm(f"{path} holds no picture that can be decoded")
        for frame in frames:
            return frame


def _reason(error: Exception, path: Path) -> str:
    if os.path.isfile(path) and path.stat().st_size == 0:
        return "it is empty"
    if isinstance(error, EOFError):
        return "it ends before its first picture"
    return getattr(error, "strerror", None) or str(error)


def _read_tags(frame: av.VideoFrame) -> ColorTags:
    return ColorTags(
        matrix=int(frame.colorspace),
        primaries=int(frame.color_primaries),
        transfer=int(frame.color_trc),
        range=int(frame.color_range),
    )


def _length(container: av.container.InputContainer, stream: Any) -> Fraction:
    """Seconds, as the head has it for the stream, or else for the whole file; 0 if neither."""
    if stream.duration is not None and stream.time_base:
        return Fraction(stream.duration * stream.time_base)
    start = _start(container, stream) * Fraction(stream.time_base)
    said = _CLOCK.fullmatch(stream.metadata.get("DURATION", ""))  # Matroska's, counted from 0
    if said:
        hours, minutes, seconds = said.groups()
        return Fraction(int(hours) * 3600 + int(minutes) * 60) + Fraction(seconds) - start
    if container.format.name.startswith("matroska"):
        return Fraction(container.duration or 0, av.time_base) - start
    return Fraction(container.duration or 0, av.time_base)


def _start(container: av.container.InputContainer, stream: Any) -> int:
    if stream.start_time is not None:
        return int(stream.start_time)
    return round(Fraction(container.start_time or 0, av.time_base) / Fraction(stream.time_base))


def _first_field(order: int) -> str:
    """Of FFmpeg's AVFieldOrder: of its two letters, the second is the field that is shown first."""
    return "bff" if order in (_BB, _TB) else "tff"


def _display_matrix(frame: av.VideoFrame) -> tuple[int, ...] | None:
    try:
        side_data: Any = frame.side_data  # PyAV types it as a plain dictionary
    except ValueError:  # beside it is something that PyAV has no name for, such as EXIF
        return _turning_matrix(frame.rotation) if frame.rotation else None
    for entry in side_data:
        if entry.type.name == "DISPLAYMATRIX":
            return tuple(np.frombuffer(bytes(entry), np.int32).tolist())
    return None


def _turning_matrix(degrees: int) -> tuple[int, ...]:
    """The display matrix that turns a picture to the left."""
    angle = math.radians(degrees)
    cosine, sine = (round(value * (1 << 16)) for value in (math.cos(angle), math.sin(angle)))
    return (cosine, -sine, 0, sine, cosine, 0, 0, 0, 1 << 30)
