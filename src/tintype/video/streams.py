# SPDX-License-Identifier: Apache-2.0
"""What a film holds beside its pictures: sound, subtitles, attachments, covers, all copied as is.

Which of the streams a format can hold is tried out beforehand on a file in memory, so that nobody
learns after hours of work that the result cannot be written.
"""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.stream import Disposition

from tintype.errors import OutputError, UnsupportedFilm
from tintype.video.codecs import FileFormat, find_format
from tintype.video.encoding import EncoderSettings
from tintype.video.source import FilmInfo, open_film

MATROSKA = "matroska"
_THEIR_OWN = {  # metadata that speak of the file or the stream that they were in
    "bps",
    "compatible_brands",
    "duration",
    "encoder",
    "major_brand",
    "minor_version",
    "number_of_bytes",
    "number_of_frames",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which part of a film is wanted, in pts of its pictures.

    Attributes:
        first: the first pts; None from the beginning.
        end: the first pts that is not; None to the end.
        shift: what is taken off every pts, so that the result begins where the film would.
    """

    first: int | None = None
    end: int | None = None
    shift: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherStreams:
    """The streams beside the pictures.

    Attributes:
        copied: their indices in the film.
        left_out: what is said of those that are not.
    """

    copied: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()


def choose_streams(
    film: FilmInfo, settings: EncoderSettings, target: Path, *, wanted: str, rate: float
) -> OtherStreams:
    """Find out which streams the result's format can hold.

    Args:
        film: the input.
        settings: of the pictures.
        target: the result.
        wanted: ``all``, ``fitting`` or ``none``.
        rate: frames a second, if the film is a sequence of pictures.

    Raises:
        OutputError: the format cannot hold all that are wanted; or cannot even hold the pictures.
    """
    file_format = find_format(target)
    if not file_format.other_streams and wanted == "all":
        wanted = "fitting"  # nobody expects sound of an animated picture
    copied: list[int] = []
    left_out: list[str] = []
    missed: list[str] = []  # of these, what anybody would miss
    with open_film(film.path, rate=rate, max_pixels=film.max_pixels) as source:
        if file_format.other_streams:
            _try_header(settings, file_format, ())  # raises what is wrong with the pictures alone
        for stream in source.streams:
            if stream.index == film.stream or wanted == "none" or _is_time_code(stream):
                continue
            if file_format.other_streams and _fits(settings, file_format, stream):
                copied.append(stream.index)
                continue
            left_out.append(_name(stream))
            if stream.type != "data":
                missed.append(left_out[-1])
    if missed and wanted == "all":
        name_it = "" if file_format.muxer == MATROSKA else "name the result .mkv, or "
        raise OutputError(
            f"{target.suffix} files cannot hold {' and '.join(missed)} of {film.path}; {name_it}"
            f"let streams be 'fitting' to leave out what does not fit"
        )
    return OtherStreams(copied=tuple(copied), left_out=tuple(left_out))


def add_streams(
    result: Any, settings: EncoderSettings, others: list[Any], covers: dict[int, bytes]
) -> tuple[Any, dict[int, Any]]:
    """The stream of pictures, and those that are copied, by their index in the film.

    A cover is an attachment in Matroska, which calls for all of it now, and a stream elsewhere.
    """
    video = result.add_stream(settings.codec.encoder, rate=settings.rate)
    settings.apply(video.codec_context)
    video.time_base = settings.time_base
    copies = {}
    for stream in others:
        if stream.index in covers and result.format.name == MATROSKA:
            name, kind = _name_cover(stream)
            result.add_attachment(name, kind, covers[stream.index])
            continue
        copy = result.add_stream_from_template(stream, opaque=True)
        copy.time_base = stream.time_base
        copy.disposition = stream.disposition
        copy.metadata.update(lasting(stream.metadata))
        copies[stream.index] = copy
    return video, copies


def copy_packets(
    source: Any, others: list[Any], copies: dict[int, Any], film: FilmInfo, span: Span
) -> Iterator[Any]:
    """Yield the packets of the other streams that lie in the span."""
    wanted = [stream for stream in others if stream.index in copies]
    if not wanted:
        return
    for packet in source.demux(wanted):
        if packet.size and is_cover(packet.stream):
            packet.pts = packet.dts = 0
            packet.stream = copies[packet.stream.index]
            yield packet
            continue
        if packet.size == 0 or (packet.dts is None and packet.pts is None):
            continue  # the empty packets that end each stream
        base = packet.time_base
        if packet.stream.type == "subtitle":
            _clip(packet, film, span)
        at = packet.pts if packet.pts is not None else packet.dts
        if not _is_inside(at * base, film, span):
            continue
        shift = round(span.shift * film.time_base / base)
        packet.pts = None if packet.pts is None else packet.pts - shift
        packet.dts = None if packet.dts is None else packet.dts - shift
        packet.stream = copies[packet.stream.index]
        yield packet


def _clip(packet: Any, film: FilmInfo, span: Span) -> None:
    """Let a title be shown in the span only, if it reaches into it."""
    if packet.pts is None or not packet.duration:
        return
    begin, end = packet.pts, packet.pts + packet.duration
    unit = film.time_base / packet.time_base
    first = begin if span.first is None else math.ceil(span.first * unit)
    last = end if span.end is None else math.ceil(span.end * unit)
    if max(begin, first) < min(end, last):
        packet.pts = packet.dts = max(begin, first)
        packet.duration = min(end, last) - packet.pts


def _is_inside(time: Fraction, film: FilmInfo, span: Span) -> bool:
    if span.first is not None and time < span.first * film.time_base:
        return False
    return span.end is None or time < span.end * film.time_base


def lasting(metadata: dict[str, str]) -> dict[str, str]:
    """Of metadata, what is as true of the result."""
    return {
        key: value
        for key, value in metadata.items()
        if key.lower() not in _THEIR_OWN and not key.startswith("_STATISTICS")
    }


def _try_header(
    settings: EncoderSettings, file_format: FileFormat, others: tuple[Any, ...]
) -> None:
    try:
        with av.open(io.BytesIO(), "w", format=file_format.muxer) as result:
            add_streams(result, settings, list(others), {})
            result.start_encoding()
    except (av.error.FFmpegError, ValueError) as error:
        raise UnsupportedFilm(
            f"{file_format.muxer} files cannot hold this film's pictures as "
            f"{settings.codec.encoder}: {error}"
        ) from error


def _fits(settings: EncoderSettings, file_format: FileFormat, stream: Any) -> bool:
    if is_cover(stream) and file_format.muxer == MATROSKA:
        return True
    try:
        _try_header(settings, file_format, (stream,))
    except UnsupportedFilm:
        return False
    return True


def is_cover(stream: Any) -> bool:
    """Whether a stream is a picture of the film rather than the film."""
    return bool(stream.disposition & Disposition.attached_pic)


def _is_time_code(stream: Any) -> bool:
    """Whether that is QuickTime's track of time codes, which is made anew of the metadata."""
    return stream.type == "data" and "timecode" in stream.metadata


def _name_cover(stream: Any) -> tuple[str, str]:
    """A cover's file name and kind, as Matroska has it or would like it."""
    kind = stream.codec_context.name.replace("mjpeg", "jpeg")
    name = stream.metadata.get("filename", f"cover.{kind.replace('jpeg', 'jpg')}")
    return name, stream.metadata.get("mimetype", f"image/{kind}")


def read_cover(film: FilmInfo, stream: Any, rate: float) -> bytes:
    """The file that a cover is."""
    with open_film(film.path, rate=rate, max_pixels=film.max_pixels) as again:
        packets = again.demux(again.streams[stream.index])
        return next((bytes(packet) for packet in packets if packet.size), b"")


def _name(stream: Any) -> str:
    codec = stream.codec_context.name if stream.codec_context else stream.name
    return f"the {stream.type} stream #{stream.index} ({codec or 'unknown'})"
