# SPDX-License-Identifier: Apache-2.0
"""Animated pictures: GIF and WebP, made of the exact frames when all of them are there.

Neither can be put together of separately encoded parts: GIF needs a palette, chosen here for each
frame of its own so that colours stay true from scene to scene, and WebP's encoder writes the
whole animation at once. So the parts hold exact pictures, and the animation is made at the end.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from tintype.errors import OutputError
from tintype.video.codecs import FileFormat
from tintype.video.encoding import Coded, EncoderSettings


def write_animation(
    settings: EncoderSettings,
    packets: Iterable[Coded],
    target: Path,
    file_format: FileFormat,
    *,
    encoder: str,
    options: dict[str, str],
    end: int,
    shift: int,
) -> None:
    """Write an animated picture.

    Args:
        settings: with which the packets were made.
        packets: exact pictures, in order of their pts.
        target: where to.
        file_format: its row.
        encoder: FFmpeg's name.
        options: in the encoder's own words.
        end: pts at which the last picture ends.
        shift: what is taken off every pts.

    Raises:
        OutputError: it cannot be written.
    """
    tick = file_format.tick or settings.time_base
    forever = {"loop": "0"}
    try:
        with av.open(
            str(target), "w", format=file_format.muxer, container_options=forever
        ) as result:
            stream: Any = result.add_stream(encoder, rate=settings.rate, options=options)
            stream.height, stream.width = settings.size
            stream.codec_context.time_base = tick
            frames: Iterator[Any] = _decode(settings, packets, shift)
            if encoder == "gif":
                frames = _with_palettes(settings, frames)
            stream.pix_fmt = "pal8" if encoder == "gif" else "bgra"
            for frame in _timed(frames, settings, tick=tick, end=end - shift):
                exact = frame if encoder == "gif" else _as_bgra(frame)
                result.mux(stream.encode(exact))
            result.mux(stream.encode(None))
    except (av.error.FFmpegError, OSError) as error:
        raise OutputError(f"cannot write {target}: {error.strerror}") from error


def _timed(
    frames: Iterable[Any], settings: EncoderSettings, *, tick: Fraction, end: int
) -> Iterator[Any]:
    """Yield frames with times and durations in ticks; each lasts until the next, at least one."""
    last: Any = None
    for frame in frames:
        frame.pts = round(frame.pts * settings.time_base / tick)
        if last is not None:
            frame.pts = max(frame.pts, last.pts + 1)
            last.duration = frame.pts - last.pts
            yield last
        last, last.time_base = frame, tick
    if last is not None:
        last.duration = max(1, round(end * settings.time_base / tick) - last.pts)
        yield last


def _as_bgra(frame: Any) -> Any:
    made = frame.reformat(format="bgra")
    made.pts, made.time_base, made.duration = frame.pts, frame.time_base, frame.duration
    return made


def _decode(settings: EncoderSettings, packets: Iterable[Coded], shift: int) -> Iterator[Any]:
    decoder: Any = av.CodecContext.create(settings.codec.encoder, "r")
    for coded in packets:
        packet = av.Packet(coded.data)
        packet.is_keyframe = True  # or it is taken for a difference to the picture before
        for frame in decoder.decode(packet):
            frame.pts, frame.time_base = coded.pts - shift, settings.time_base
            yield frame


def _with_palettes(settings: EncoderSettings, frames: Iterable[av.VideoFrame]) -> Iterator[Any]:
    """Give each frame the 256 colours that suit it."""
    height, width = settings.size
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=width,
        height=height,
        format=av.VideoFormat(settings.layout.pixel_format, width, height),
        time_base=settings.time_base,
    )
    split = graph.add("split")
    generate = graph.add("palettegen", "stats_mode=single")
    use = graph.add("paletteuse", "new=1:dither=sierra2_4a")
    sink = graph.add("buffersink")
    source.link_to(split)
    split.link_to(use, 0, 0)
    split.link_to(generate, 1, 0)
    generate.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    for frame in frames:
        graph.push(frame)
        yield graph.pull()
