# SPDX-License-Identifier: Apache-2.0
"""The result's file: the coloured pictures, and all else that the film holds, packet for packet.

The parts' packets carry pts only. The decoding times that a file needs are worked out here for the
whole film: they are the pts in rising order, late by as many packets as the encoder reorders.
"""

import bisect
import heapq
import math
from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import av

from tintype.errors import OutputError
from tintype.video.codecs import find_format
from tintype.video.encoding import Coded, EncoderSettings
from tintype.video.sequences import name_for_ffmpeg
from tintype.video.source import FilmInfo, open_film
from tintype.video.streams import (
    MATROSKA,
    OtherStreams,
    Span,
    add_streams,
    copy_packets,
    is_cover,
    lasting,
    read_cover,
)

_MP4 = ("mp4", "mov")
_MP4_TAGS = {  # metadata that mp4 has places of their own for
    "album",
    "album_artist",
    "artist",
    "author",
    "comment",
    "composer",
    "copyright",
    "creation_time",
    "date",
    "description",
    "encoder",
    "genre",
    "grouping",
    "keywords",
    "location",
    "lyrics",
    "show",
    "synopsis",
    "title",
    "track",
}
_FINEST_CLOCK = 10**9  # ticks a second that an mp4 file may count its edits in
_WINDOW = 128  # packets that may lie between a picture and the one that follows it


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
        streams: from :func:`tintype.video.streams.choose_streams`.
        rate: frames a second, if the film is a sequence of pictures.
        mark: what the metadata shall say of the colours; None for nothing.

    Raises:
        OutputError: it cannot be written.
    """
    file_format = find_format(target)
    with open_film(film.path, rate=rate, max_pixels=film.max_pixels) as source:
        others = [source.streams[index] for index in streams.copied]
        try:
            with av.open(
                name_for_ffmpeg(target) if file_format.numbered else str(target),
                "w",
                format=file_format.muxer,
                container_options=_muxer_options(file_format.muxer, film, source, others),
            ) as result:
                covers = {s.index: read_cover(film, s, rate) for s in others if is_cover(s)}
                video, copies = add_streams(result, settings, others, covers)
                if film.display is not None and not settings.layout.rgb:
                    video.set_display_matrix(film.display)
                _copy_metadata(source, result, film, video, mark=mark, span=span)
                result.start_encoding()
                timed = time_packets(packets, delay=delay, end=end, tick=_tick(film))
                pictures = (_packet(each, video, span.shift, film) for each in timed)
                copied = copy_packets(source, others, copies, film, span)
                for packet in heapq.merge(pictures, copied, key=_when):
                    result.mux_one(packet)
        except (av.error.FFmpegError, OSError) as error:
            raise OutputError(f"cannot write {target}: {error.strerror}") from error


def _muxer_options(muxer: str, film: FilmInfo, source: Any, others: list[Any]) -> dict[str, str]:
    """What a format's writer is told.

    In mp4 and mov the index comes first, so that a page can play the film while it loads; and edits
    are counted by a clock that all streams' starts can be told by, which else would be rounded to
    milliseconds; metadata that mp4 has no places for are written under their own names. In
    Matroska, sound that begins before zero stays there, or all else would be late.
    """
    if muxer not in _MP4:
        return {"avoid_negative_ts": "disabled"} if muxer in (MATROSKA, "webm") else {}
    own = film.time_base.denominator
    clock = math.lcm(own, *(Fraction(stream.time_base).denominator for stream in others))
    clock = clock if clock <= _FINEST_CLOCK else own
    plain = {*_MP4_TAGS, *(f"location-{language}" for language in ("eng", "und"))}
    flags = "+faststart"
    if {key.lower() for key in lasting(source.metadata)} - plain:
        flags += "+use_metadata_tags"
    return {"movflags": flags, "movie_timescale": str(max(clock, 1000))}


def _copy_metadata(
    source: Any, result: Any, film: FilmInfo, video: Any, *, mark: str | None, span: Span
) -> None:
    result.metadata.update(lasting(source.metadata))
    original = source.streams[film.stream]
    video.metadata.update(lasting(original.metadata))
    video.disposition = original.disposition
    if mark:
        key = next((key for key in result.metadata if key.lower() == "comment"), "comment")
        comment = result.metadata.get(key)
        result.metadata[key] = f"{comment}\n{mark}" if comment else mark
    result.set_chapters(list(_chapters(source.chapters(), film, span)))


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


def _when(packet: Any) -> Fraction:
    stamp = packet.dts if packet.dts is not None else packet.pts
    return Fraction(stamp * packet.time_base)


def _tick(film: FilmInfo) -> int:
    return round(1 / (film.rate * film.time_base)) or 1
