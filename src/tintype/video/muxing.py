# SPDX-License-Identifier: Apache-2.0
"""The result's file: the coloured pictures, and all else that the film holds, packet for packet.

Sound, subtitles, attachments, covers, chapters and metadata are copied, never decoded. Which of the
streams a format can hold is tried out beforehand on a file in memory, so that nobody learns after
hours of work that the result cannot be written.

The parts' packets carry pts only. The decoding times that a file needs are worked out here for the
whole film: they are the pts in rising order, late by as many packets as the encoder reorders.
"""

import bisect
import heapq
import io
import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import av
from av.stream import Disposition

from tintype.errors import OutputError, UnsupportedFilm
from tintype.video.codecs import FileFormat, find_format
from tintype.video.encoding import Coded, EncoderSettings
from tintype.video.source import FilmInfo, open_film

_THEIR_OWN = {  # metadata that speak of the file or the stream that they were in
    "major_brand",
    "minor_version",
    "compatible_brands",
    "encoder",
    "DURATION",
    "NUMBER_OF_FRAMES",
    "NUMBER_OF_BYTES",
    "BPS",
}
_MP4 = ("mp4", "mov")
_FINEST_CLOCK = 10**9  # ticks a second that an mp4 file may count its edits in
_WINDOW = 128  # packets that may lie between a picture and the one that follows it


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
    with open_film(film.path, rate=rate) as source:
        if file_format.other_streams:
            _try_header(settings, file_format, ())  # raises what is wrong with the pictures alone
        for stream in source.streams:
            if stream.index == film.stream or wanted == "none":
                continue
            if file_format.other_streams and _fits(settings, file_format, stream):
                copied.append(stream.index)
            elif stream.type != "data":  # such as time codes, which the muxer writes itself
                left_out.append(_name(stream))
    if left_out and wanted == "all":
        raise OutputError(
            f"{target.suffix} files cannot hold {' and '.join(left_out)} of {film.path}; name the "
            f"result .mkv, or let streams be 'fitting' to leave out what does not fit"
        )
    return OtherStreams(copied=tuple(copied), left_out=tuple(left_out))


def write_film(
    film: FilmInfo,
    settings: EncoderSettings,
    packets: Iterable[Coded],
    target: Path,
    *,
    end: int,
    delay: int,
    span: Span,
    streams: OtherStreams,
    rate: float,
    mark: str | None,
) -> None:
    """Write the result.

    Args:
        film: the input.
        settings: of the pictures.
        packets: of the pictures, in order of decoding.
        target: a path with the suffix of the result.
        end: pts at which the last picture ends.
        delay: packets by which the encoder reorders at most.
        span: which part of the film this is.
        streams: from :func:`choose_streams`.
        rate: frames a second, if the film is a sequence of pictures.
        mark: what the metadata shall say of the colours; None for nothing.

    Raises:
        OutputError: it cannot be written.
    """
    file_format = find_format(target)
    with open_film(film.path, rate=rate) as source:
        others = [source.streams[index] for index in streams.copied]
        try:
            with av.open(
                str(target),
                "w",
                format=file_format.muxer,
                container_options=_muxer_options(file_format.muxer, film, others),
            ) as result:
                video, copies = _add_streams(result, settings, others)
                if film.display is not None:
                    video.set_display_matrix(film.display)
                _copy_metadata(source, result, film, video, mark=mark, span=span)
                result.start_encoding()
                timed = time_packets(packets, delay=delay, end=end, tick=_tick(film))
                pictures = (_packet(each, video, span.shift, film) for each in timed)
                copied = _copy_packets(source, others, copies, film, span)
                for packet in heapq.merge(pictures, copied, key=_when):
                    result.mux_one(packet)
        except (av.error.FFmpegError, OSError) as error:
            raise OutputError(f"cannot write {target}: {error.strerror}") from error


def _try_header(
    settings: EncoderSettings, file_format: FileFormat, others: tuple[Any, ...]
) -> None:
    try:
        with av.open(io.BytesIO(), "w", format=file_format.muxer) as result:
            _add_streams(result, settings, list(others))
            result.start_encoding()
    except (av.error.FFmpegError, ValueError) as error:
        raise UnsupportedFilm(
            f"{file_format.muxer} files cannot hold this film's pictures as "
            f"{settings.codec.encoder}: {error}"
        ) from error


def _fits(settings: EncoderSettings, file_format: FileFormat, stream: Any) -> bool:
    try:
        _try_header(settings, file_format, (stream,))
    except UnsupportedFilm:
        return False
    return True


def _muxer_options(muxer: str, film: FilmInfo, others: list[Any]) -> dict[str, str]:
    """What mp4 and mov are told; nothing for others.

    The index comes first, so that a page can play the film while it loads; and edits are counted by
    a clock that all streams' starts can be told by, which else would be rounded to milliseconds.
    """
    if muxer not in _MP4:
        return {}
    own = film.time_base.denominator
    clock = math.lcm(own, *(Fraction(stream.time_base).denominator for stream in others))
    clock = clock if clock <= _FINEST_CLOCK else own
    return {"movflags": "+faststart", "movie_timescale": str(max(clock, 1000))}


def _add_streams(
    result: Any, settings: EncoderSettings, others: list[Any]
) -> tuple[Any, dict[int, Any]]:
    """The stream of pictures, and those that are copied, by their index in the film."""
    video = result.add_stream(settings.codec.encoder, rate=settings.rate)
    settings.apply(video.codec_context)
    video.time_base = settings.time_base
    copies = {}
    for stream in others:
        copy = result.add_stream_from_template(stream, opaque=True)
        copy.time_base = stream.time_base
        copy.disposition = stream.disposition
        copy.metadata.update(_lasting(stream.metadata))
        copies[stream.index] = copy
    return video, copies


def _copy_metadata(
    source: Any, result: Any, film: FilmInfo, video: Any, *, mark: str | None, span: Span
) -> None:
    result.metadata.update(_lasting(source.metadata))
    original = source.streams[film.stream]
    video.metadata.update(_lasting(original.metadata))
    video.disposition = original.disposition
    if mark:
        comment = result.metadata.get("comment")
        result.metadata["comment"] = f"{comment}\n{mark}" if comment else mark
    result.set_chapters(list(_chapters(source.chapters(), film, span)))


def _lasting(metadata: dict[str, str]) -> dict[str, str]:
    return {
        key: value
        for key, value in metadata.items()
        if key not in _THEIR_OWN and not key.startswith("_STATISTICS")
    }


def _chapters(chapters: list[Any], film: FilmInfo, span: Span) -> Iterator[Any]:
    """Those that reach into the span, with their times in it."""
    for chapter in chapters:
        base = chapter["time_base"] or Fraction(1, 1000)
        shift = round(span.shift * film.time_base / base)
        start, end = chapter["start"], chapter["end"]
        if span.first is not None:
            start = max(start, round(span.first * film.time_base / base))
        if span.end is not None:
            end = min(end, round(span.end * film.time_base / base))
        if start < end:
            yield {**chapter, "start": start - shift, "end": end - shift}


def time_packets(
    packets: Iterable[Coded], *, delay: int, end: int, tick: int
) -> Iterator[tuple[Coded, int, int]]:
    """Yield each packet with its dts and its duration, in order of decoding.

    The encoder puts packets at most ``delay`` places after their turn by pts, so by any place in
    the stream the pts that is due as dts there has been seen. What follows a picture may come much
    later in order of decoding, after a whole group of pictures between two others.
    """
    waiting: deque[Coded] = deque()
    stamps: list[int] = []  # those seen, rising, without those that are behind us
    behind = place = 0
    for packet in chain(packets, repeat(None)):
        if packet is not None:
            waiting.append(packet)
            bisect.insort(stamps, packet.pts)
            if len(waiting) <= _WINDOW:
                continue
        if not waiting:
            return
        head = waiting.popleft()
        late = place - delay - behind
        dts = stamps[late] if place >= delay else stamps[0] - (delay - place) * tick
        follower = bisect.bisect_right(stamps, head.pts)
        yield head, dts, (stamps[follower] if follower < len(stamps) else end) - head.pts
        if late > 0:
            del stamps[:late]
            behind += late
        place += 1


def _packet(timed: tuple[Coded, int, int], video: Any, shift: int, film: FilmInfo) -> Any:
    coded, dts, duration = timed
    packet = av.Packet(coded.data)
    packet.stream = video
    packet.time_base = film.time_base
    packet.pts, packet.dts, packet.duration = coded.pts - shift, dts - shift, duration
    packet.is_keyframe = coded.key
    return packet


def _copy_packets(
    source: Any, others: list[Any], copies: dict[int, Any], film: FilmInfo, span: Span
) -> Iterator[Any]:
    """Yield the packets of the other streams that lie in the span."""
    if not others:
        return
    for packet in source.demux(others):
        if packet.size == 0 or (packet.dts is None and packet.pts is None):
            continue  # the empty packets that end each stream
        base = packet.time_base
        at = packet.pts if packet.pts is not None else packet.dts
        cover = packet.stream.disposition & Disposition.attached_pic
        if not cover and not _is_inside(at * base, film, span):
            continue
        shift = round(span.shift * film.time_base / base)
        packet.pts = None if packet.pts is None else packet.pts - shift
        packet.dts = None if packet.dts is None else packet.dts - shift
        packet.stream = copies[packet.stream.index]
        yield packet


def _is_inside(time: Fraction, film: FilmInfo, span: Span) -> bool:
    if span.first is not None and time < span.first * film.time_base:
        return False
    return span.end is None or time < span.end * film.time_base


def _when(packet: Any) -> Fraction:
    stamp = packet.dts if packet.dts is not None else packet.pts
    return Fraction(stamp * packet.time_base)


def _tick(film: FilmInfo) -> int:
    return round(1 / (film.rate * film.time_base)) or 1


def _name(stream: Any) -> str:
    codec = stream.codec_context.name if stream.codec_context else stream.name
    return f"the {stream.type} stream #{stream.index} ({codec or 'unknown'})"
