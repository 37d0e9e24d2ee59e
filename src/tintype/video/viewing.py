# SPDX-License-Identifier: Apache-2.0
"""A film as pictures to be looked at and measured; and made grey, to be coloured anew."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tintype.imaging.film import Plane, decode_planes
from tintype.imaging.resize import resize
from tintype.video.encoding import Coded, EncoderSettings, PartEncoder, choose_settings
from tintype.video.muxing import write_film
from tintype.video.options import FilmOptions
from tintype.video.pictures import PictureReader
from tintype.video.pixels import change_depth, new_frame, plane_array, read_samples
from tintype.video.source import FilmInfo, describe_film
from tintype.video.streams import OtherStreams, Span

Floats = NDArray[np.float32]


def view_film(
    path: Path, *, short_side: int, start: float = 0.0, frames: int | None = None
) -> Iterator[Floats]:
    """Yield a film's pictures in colour, made small.

    Args:
        path: of the film.
        short_side: pixels of the pictures' short side; a smaller film keeps its own size.
        start: second of the film to begin at.
        frames: how many; None for all.

    Yields:
        ``(3, h, w)`` float32, encoded sRGB in [0, 1].

    Raises:
        UnreadableFilm: it is no film.
    """
    film = describe_film(path)
    scale = min(1.0, short_side / min(film.size))
    size = round(film.size[0] * scale), round(film.size[1] * scale)
    pictures = PictureReader(film).read(film.pts_at(start))
    for picture in islice(pictures, frames):
        yield _view(picture.frame, film, size)


def write_grey(
    source: Path, target: Path, *, start: float = 0.0, frames: int | None = None
) -> Path:
    """Write a film without its colours: the same luma, and neutral chroma, lossless.

    Args:
        source: a film of any kind.
        target: ``.mkv``.
        start: second of the film to begin at.
        frames: how many; None for all.

    Returns:
        ``target``.

    Raises:
        UnreadableFilm: the source is no film.
        OutputError: the target cannot be written.
    """
    film = describe_film(source)
    settings = choose_settings(film, "ffv1", FilmOptions())
    write_film(
        film,
        settings,
        _encode_grey(film, settings, film.pts_at(start), frames),
        target,
        end=film.pts_at(film.duration),
        delay=0,
        span=Span(),
        streams=OtherStreams(),
        rate=24.0,
        mark=None,
    )
    return target


def _encode_grey(
    film: FilmInfo, settings: EncoderSettings, first: int, frames: int | None
) -> Iterator[Coded]:
    encoder, layout = PartEncoder(settings), settings.layout
    coding = replace(film.coding, depth=layout.depth)
    neutral = np.full(layout.chroma_size(film.size), coding.neutral, coding.dtype)
    for picture in islice(PictureReader(film).read(first), frames):
        luma = read_samples(picture.frame, film.kind, film.coding)[0]
        luma = change_depth(luma, film.coding, coding)
        frame = new_frame(layout, film.size, (luma, neutral, neutral), None)
        yield from encoder.encode(frame, picture.pts)
    yield from encoder.finish()


def _view(frame: av.VideoFrame, film: FilmInfo, size: tuple[int, int]) -> Floats:
    luma, _ = read_samples(frame, film.kind, film.coding)
    if film.kind.rgb:
        depth = film.kind.depth
        plain = frame.reformat(format=film.kind.unpacked)
        pixels = plane_array(plain, 0, depth, channels=4 if film.kind.alpha else 3)[..., :3]
        rgb = np.ascontiguousarray(np.moveaxis(pixels, -1, 0)) / np.float32((1 << depth) - 1)
        return resize(rgb.astype(np.float32), size)
    y, cb, cr = (resize(plane, size) for plane in (luma, *_chroma_codes(frame, film)))
    return decode_planes(y, cb, cr, film.coding)


def _chroma_codes(frame: av.VideoFrame, film: FilmInfo) -> list[Plane]:
    """Cb and Cr at the depth of the film's kind; neutral for a grey one."""
    kind = film.kind
    if kind.unpacked.startswith(("gray", "ya")):
        return [np.full(film.size, film.coding.neutral, film.coding.dtype)] * 2
    components = frame.format.components
    apart = [component.plane for component in components[:3]] == [0, 1, 2]
    bare = apart and kind.depth == 8 and components[0].bits == 8  # JPEG's too, of any range
    if frame.format.name != kind.unpacked and not bare:  # packed, or of another order of bytes
        frame = frame.reformat(format=kind.unpacked)
    return [np.ascontiguousarray(plane_array(frame, index, kind.depth)) for index in (1, 2)]
