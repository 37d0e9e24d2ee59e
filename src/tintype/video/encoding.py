# SPDX-License-Identifier: Apache-2.0
"""The encoder: how its settings are derived from the film, and how a part of the film goes through.

A film is encoded in parts, each by an encoder of its own with the same settings, so that any part
can be made again by itself. The settings take over from the film what a player must know: size,
shape of a pixel, colour tags, and the time base, in which every time stamp stays what it was.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.codec.context import Flags

from tintype.errors import UnsupportedFilm
from tintype.video.codecs import CODECS, Codec, encoder_options
from tintype.video.options import FilmOptions
from tintype.video.pixels import Layout, choose_layout
from tintype.video.source import FilmInfo
from tintype.video.tags import UNSPECIFIED, ColorTags

_FIELD_ORDERS = {"tff": 2, "bff": 3}  # FFmpeg's AV_FIELD_TT and AV_FIELD_BB
_RGB_TAGS = ColorTags(matrix=0, range=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderSettings:
    """All that makes one encoder like another.

    Attributes:
        codec: its row in the table.
        layout: what frames it takes.
        size: (H, W).
        time_base: seconds per unit of pts.
        rate: frames a second, which the encoder plans by.
        aspect: width of a pixel over its height; None if unsaid.
        tags: colour tags, written into the stream.
        options: in the encoder's own words.
        fields: which field of a woven frame comes first, ``tff`` or ``bff``; None if none is woven,
            or the encoder cannot say so.
        header_apart: whether the file's format keeps the stream's header apart from its packets.
    """

    codec: Codec
    layout: Layout
    size: tuple[int, int]
    time_base: Fraction
    rate: Fraction
    aspect: Fraction | None
    tags: ColorTags
    options: dict[str, str]
    fields: str | None = None
    header_apart: bool = True

    def apply(self, context: Any) -> None:
        """Set all of it on a codec context, or on a stream of an output container."""
        context.height, context.width = self.size
        context.pix_fmt = self.layout.pixel_format
        context.time_base = self.time_base
        context.framerate = self.rate
        context.options = dict(self.options)
        context.color_range = self.tags.range
        context.colorspace = self.tags.matrix
        context.color_primaries = self.tags.primaries
        context.color_trc = self.tags.transfer
        if self.aspect:
            context.sample_aspect_ratio = self.aspect
        if self.fields is not None:
            context.field_order = _FIELD_ORDERS[self.fields]
        if self.codec.tag:
            context.codec_tag = self.codec.tag

    def open(self) -> Any:
        """Open an encoder.

        Raises:
            UnsupportedFilm: it refuses these settings.
        """
        os.environ.setdefault("SVT_LOG", "1")  # else SVT-AV1 tells the terminal about itself
        context = av.CodecContext.create(self.codec.encoder, "w")
        self.apply(context)
        if self.header_apart:
            context.flags |= Flags.global_header
        try:
            context.open()
        except av.error.FFmpegError as error:
            height, width = self.size
            raise UnsupportedFilm(
                f"the encoder {self.codec.encoder} refuses a film of {width} x {height} in "
                f"{self.layout.pixel_format} ({error.strerror}); choose another codec"
            ) from error
        return context


def choose_settings(film: FilmInfo, codec: str, options: FilmOptions) -> EncoderSettings:
    """Derive the settings from the film and from what is wanted of it.

    Args:
        film: the input.
        codec: a key of :data:`tintype.video.codecs.CODECS`.
        options: of the film.

    Raises:
        UnsupportedFilm: the codec cannot take pictures of that size.
    """
    told = encoder_options(codec, crf=options.crf, preset=options.preset, size=film.size)
    row = CODECS[codec]
    if not row.pieces:  # animations are made at the end, of exact pictures
        row, told = CODECS["png"], {}
    layout = choose_layout(row, film.kind, film.size)
    lying = layout.rgb and film.quarter_turns % 2  # such formats know no tag for it: it is turned
    fields = film.fields if row.weaves else None
    if fields and codec == "h264":
        told["x264-params"] = ":".join(filter(None, (told.get("x264-params"), f"{fields}=1")))
    return EncoderSettings(
        codec=row,
        layout=layout,
        size=film.size[::-1] if lying else film.size,
        time_base=film.time_base,
        rate=film.rate,
        aspect=1 / film.aspect if lying and film.aspect else film.aspect,
        tags=_RGB_TAGS if layout.rgb else film.tags,
        options=told,
        fields=fields,
        header_apart=not layout.rgb,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """One packet of the stream.

    Attributes:
        pts: when its frame is shown.
        key: whether a player can begin here.
        data: the packet itself.
    """

    pts: int
    key: bool
    data: bytes


class PartEncoder:
    """Encodes the frames of one part, in order of their pts."""

    def __init__(self, settings: EncoderSettings) -> None:
        self._settings = settings
        self._context = settings.open()

    def encode(self, frame: av.VideoFrame, pts: int) -> Iterator[Coded]:
        """Give the encoder a frame, and yield the packets that it has ready."""
        tags = self._settings.tags
        frame.pts, frame.time_base = pts, self._settings.time_base
        frame.color_range, frame.colorspace = tags.range, tags.matrix
        if tags.primaries != UNSPECIFIED:
            frame.color_primaries = tags.primaries
        if tags.transfer != UNSPECIFIED:
            frame.color_trc = tags.transfer
        yield from self._packets(frame)

    def finish(self) -> Iterator[Coded]:
        """Yield the packets that are left in the encoder, which is then closed."""
        yield from self._packets(None)

    def _packets(self, frame: av.VideoFrame | None) -> Iterator[Coded]:
        for packet in self._context.encode(frame):
            yield Coded(pts=packet.pts, key=packet.is_keyframe, data=bytes(packet))
