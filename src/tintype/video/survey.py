# SPDX-License-Identifier: Apache-2.0
"""A look at a few frames of a film before the work begins, for what its head does not say.

Is it in colour already, or tinted? Is it interlaced, whatever its flags say? Has it black bars,
which the network must not see? A dozen frames from all over the film answer that in a moment.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import av
import numpy as np

from tintype.imaging.film import Plane
from tintype.video.pixels import read_chroma, read_samples
from tintype.video.source import FilmInfo, open_film

_SAMPLES = 12
_COLORED = 0.012  # standard deviation of Cb or Cr, in parts of their span: three codes of 8 bits
_TINTED = 0.012  # mean distance of Cb and Cr from neutral
_COMBED = 1.15  # differences between neighbouring rows, over those between rows two apart
_BAR_LUMA = 0.05  # a bar's brightest pixels, in parts of luma
_LARGEST_BAR = 0.4  # of a side: more than that is a dark film


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a film looks like.

    Attributes:
        colored: whether it is in colour already.
        tinted: whether it has one tint all over.
        interlaced: whether its frames are woven of two moments each.
        captions: whether captions are hidden in its pictures' coding, as broadcasters do it.
        picture: rows and columns of the frame without black bars: (top, bottom, left, right),
            each at a multiple of 4 or at the frame's own edge.
    """

    colored: bool
    tinted: bool
    interlaced: bool
    captions: bool
    picture: tuple[int, int, int, int]


def survey_film(film: FilmInfo, *, rate: float = 24.0) -> Survey:
    """Look at a few frames of a film.

    Args:
        film: from :func:`tintype.video.source.describe_film`.
        rate: frames a second, if it is a sequence of pictures.
    """
    spread, mean, flagged, combed, captioned, count = [0.0], [0.0], 0, 0, 0, 0
    brightest = np.zeros(film.size[0]), np.zeros(film.size[1])
    for frame in _samples(film, rate):
        count += 1
        flagged += frame.interlaced_frame
        captioned += _has_captions(frame)
        chroma = read_chroma(frame, film.kind)
        if chroma is not None:
            spread.append(float(chroma.std(axis=(1, 2)).max()))
            mean.append(float(np.abs(chroma.mean(axis=(1, 2))).max()))
        luma = read_samples(frame, film.kind, film.coding)[0]
        combed += _is_combed(luma)
        if luma.shape == film.size:
            for axis, so_far in enumerate(brightest):
                np.maximum(so_far, np.percentile(luma, 98, axis=1 - axis), out=so_far)
    limit = film.coding.black + _BAR_LUMA * film.coding.luma_span
    colored = float(np.median(spread)) > _COLORED
    return Survey(
        colored=colored,
        tinted=not colored and float(np.median(mean)) > _TINTED,
        interlaced=2 * max(flagged, combed) > count,
        captions=captioned > 0,
        picture=(*_inside(brightest[0], limit), *_inside(brightest[1], limit)),
    )


def _samples(film: FilmInfo, rate: float) -> Iterator[av.VideoFrame]:
    """Yield frames from all over the film, or its first ones where it cannot be searched."""
    with open_film(film.path, rate=rate, max_pixels=film.max_pixels) as container:
        stream = container.streams[film.stream]
        for index in range(_SAMPLES):
            if index and film.duration:
                with suppress(av.error.FFmpegError):  # else the next frame in order has to do
                    container.seek(film.pts_at(film.duration * index / _SAMPLES), stream=stream)
            try:
                frame = next(container.decode(stream), None)
            except av.error.FFmpegError:
                continue
            if frame is None:
                return
            yield frame  # type: ignore[misc]  # a stream of pictures decodes to pictures


def _has_captions(frame: av.VideoFrame) -> bool:
    try:
        side_data: Any = frame.side_data  # PyAV types it as a plain dictionary
    except ValueError:  # among it is something that PyAV has no name for
        return False
    return any(entry.type.name == "A53_CC" for entry in side_data)


def _is_combed(luma: Plane) -> bool:
    """Whether neighbouring rows differ more than rows of one field do, as motion in weave does."""
    if luma.shape[0] < 8:
        return False
    rows = luma[: luma.shape[0] & ~1].astype(np.float32)
    near = np.abs(rows[1:-1] - rows[:-2]).mean()
    far = np.abs(rows[2:] - rows[:-2]).mean()
    return bool(near > _COMBED * far + 0.5)


def _inside(brightest: np.ndarray, limit: float) -> tuple[int, int]:
    """First and end of what is brighter than a bar, along one side."""
    length = len(brightest)
    lit = np.flatnonzero(brightest > limit)
    if not lit.size or lit[0] > _LARGEST_BAR * length or length - lit[-1] > _LARGEST_BAR * length:
        return 0, length
    first = int(lit[0]) // 4 * 4
    end = min(length, -(-(int(lit[-1]) + 1) // 4) * 4)
    return first, end
