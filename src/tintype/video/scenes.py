# SPDX-License-Identifier: Apache-2.0
"""The scenes of a film, found before the work where something is said of one of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tintype.errors import OptionError
from tintype.imaging.film import luma_to_lightness, shrink
from tintype.video.motion import MotionEstimator
from tintype.video.pictures import PictureReader
from tintype.video.pixels import read_samples
from tintype.video.source import FilmInfo
from tintype.video.steady import CUT, grainless

Light = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a film is looked at.

    Attributes:
        film: the input.
        picture: rows and columns of the frame without bars.
        size: (h, w) at which motion is estimated.
        rate: frames a second, if the film is a sequence of pictures.
        first: pts from which on it is coloured; None from its beginning.
    """

    film: FilmInfo
    picture: tuple[slice, slice]
    size: tuple[int, int]
    rate: float
    first: int | None


def walk(view: View) -> Iterator[tuple[int, Light, bool]]:
    """Yield each frame's pts, its small light, and whether a new scene begins with it."""
    film, motion = view.film, MotionEstimator()
    before: Light | None = None
    for picture in PictureReader(film, view.rate).read(view.first):
        luma = read_samples(picture.frame, film.kind, film.coding)[0]
        lightness = luma_to_lightness(shrink(luma[view.picture], view.size), film.coding)
        light = grainless(lightness)
        cut = before is None or motion.between(before, light).matched < CUT
        yield picture.pts, light, cut
        before = light


def find_scenes(view: View, times: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last pts of the scenes that moments of a film lie in.

    Args:
        view: of the film.
        times: pts of the moments.

    Returns:
        A pair for each moment, in their order.

    Raises:
        OptionError: a moment lies after the film's end.
    """
    found: dict[int, tuple[int, int]] = {}
    first = last = 0
    for pts, _, cut in walk(view):
        if cut:
            found |= {time: (first, last) for time in times if first <= time < pts}
            if len(found) == len(set(times)):
                break
            first = pts
        last = pts
    else:
        found |= {time: (first, last) for time in times if first <= time <= last}
    missing = [time for time in times if time not in found]
    if missing:
        raise OptionError(
            f"something is said of {view.film.seconds(missing[0]):.2f} s, which is outside of what "
            f"is coloured of the film"
        )
    return [found[time] for time in times]
