# SPDX-License-Identifier: Apache-2.0
"""The scenes of a film, found before the work where something is said of one of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.errors import OptionError
from tintype.imaging.film import luma_to_lightness, shrink
from tintype.video.motion import Motion, MotionEstimator
from tintype.video.pictures import PictureReader
from tintype.video.pixels import read_samples
from tintype.video.source import FilmInfo
from tintype.video.steady import CUT, grainless

Light = NDArray[np.uint8]
Floats = NDArray[np.float32]

FLASH = 8  # frames: a scene that is no longer, and is followed by the one before it, is a flash
_EMPTY = 6.0  # standard deviation of light, steps of 8 bits: less, and there is no picture
_ALIKE = 0.5  # correlation of two frames of one scene: less in all of the frame, and in most of
_SAME = 0.45  # its windows (more than this share are alike in one scene), and it is another
_WINDOW = 17  # pixels
_FLAT = np.float32(9)  # variance: in windows with less there is nothing but grain
_FORGETTING = np.float32(0.03)  # share of a picture that is replaced by each frame


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a film is looked at.

    Attributes:
        film: the input.
        picture: rows and columns of the frame without bars.
        size: (h, w) at which motion is estimated.
        rate: frames a second, if the film is a sequence of pictures.
        first: pts from which on it is coloured; None from its beginning.
        end: pts before which that ends; None at its end.
    """

    film: FilmInfo
    picture: tuple[slice, slice]
    size: tuple[int, int]
    rate: float
    first: int | None
    end: int | None = None

    @property
    def begin(self) -> int:
        """The pts from which on the film is coloured."""
        return self.film.start if self.first is None else self.first

    def covers(self, pts: int) -> bool:
        """Whether a moment lies in what is wanted of the film, wherever that itself ends."""
        return self.begin <= pts and (self.end is None or pts < self.end)


def walk(view: View) -> Iterator[tuple[int, Light, bool]]:
    """Yield each frame's pts, its small light, and whether a new scene begins with it."""
    finder = SceneFinder()
    for pts, light in _lights(view):
        yield from finder.add(pts, light)
    yield from finder.finish()


class SceneFinder:
    """Tells scenes apart, frame by frame.

    A scene ends where next to nothing of a frame is found in the one before: a cut. It ends as well
    where the picture has turned into another little by little, as in a dissolve, or behind black,
    as in a fade: that is found by an image of the scene which goes along with the motion. Where the
    former scene is back after a few frames, that was a flash, and the scene has never ended; so the
    frames after a cut are held back until that is known.
    """

    def __init__(self) -> None:
        self._motion = MotionEstimator()
        self._before: Light | None = None
        self._image: Image | None = None
        self._held: list[tuple[int, Light, bool]] = []  # since a cut that may be a flash
        self._former: tuple[Light, Image] | None = None  # what was there before it

    def add(self, pts: int, light: Light) -> Iterator[tuple[int, Light, bool]]:
        """See the next frame, and yield those of which all is known, as :func:`walk` does."""
        before, image, self._before = self._before, self._image, light
        if before is None or image is None:
            self._image = Image(light)
            yield pts, light, True
            return
        motion = self._motion.between(before, light)
        new = motion.matched < CUT
        if self._former is not None and self._is_back(light):
            yield from ((pts, light, False) for pts, light, _ in self._held)
            self._image, self._held, self._former, new = self._former[1], [], None, False
        elif new:
            self._former = self._former or (before, image)
            self._image = Image(light)
        elif image.turns_into(light, self._motion.warp, motion):
            new = True
            self._image = Image(light)
        yield from self._pass_on(pts, light, new)

    def _pass_on(self, pts: int, light: Light, new: bool) -> Iterator[tuple[int, Light, bool]]:
        if self._former is None:
            yield pts, light, new
            return
        self._held.append((pts, light, new))
        if len(self._held) > FLASH:
            yield from self.finish()

    def finish(self) -> Iterator[tuple[int, Light, bool]]:
        """Yield what has been held back: new scenes."""
        held, self._held, self._former = self._held, [], None
        yield from held

    def _is_back(self, light: Light) -> bool:
        """Whether a frame belongs to the scene before the flash; then it goes on with that."""
        assert self._former is not None
        return self._motion.between(self._former[0], light).matched >= CUT


class Image:
    """A picture of a scene, which goes along with its motion, and forgets slowly."""

    def __init__(self, light: Light) -> None:
        self._light = light.astype(np.float32)

    def turns_into(self, light: Light, warp: Any, motion: Motion) -> bool:
        """Whether a frame has become another picture.

        Light that rises or falls all over makes no other picture, and a frame with next to nothing
        in it is none: what comes after it is held against what was before.

        Args:
            light: of the frame.
            warp: of a motion estimator.
            motion: from the frame before.
        """
        if light.std() < _EMPTY:
            return False
        picture = light.astype(np.float32)
        carried = warp(self._light, motion.back)
        come = ~motion.inside()
        carried[come] = picture[come]
        self._light = carried + _FORGETTING * (picture - carried)
        alike = np.corrcoef(carried.ravel(), picture.ravel())[0, 1]
        return bool(alike < _ALIKE and _share_alike(carried, picture) < _SAME)


def _share_alike(one: Floats, other: Floats) -> float:
    """Share of places around which two pictures have the same structure, or none."""
    means = _mean(one), _mean(other)
    variances = [
        np.maximum(_mean(p * p) - m * m, _FLAT) for p, m in zip((one, other), means, strict=True)
    ]
    covariance = _mean(one * other) - means[0] * means[1]
    same = covariance > _ALIKE * np.sqrt(variances[0] * variances[1])
    flat = (variances[0] <= _FLAT) & (variances[1] <= _FLAT)
    return float((same | flat).mean())


def _mean(plane: Floats) -> Floats:
    return np.asarray(cv2.blur(plane, (_WINDOW, _WINDOW)))


def _lights(view: View) -> Iterator[tuple[int, Light]]:
    film = view.film
    for picture in PictureReader(film, view.rate).read(view.first):
        if view.end is not None and picture.pts >= view.end:
            return
        luma = read_samples(picture.frame, film.kind, film.coding)[0]
        lightness = luma_to_lightness(shrink(luma[view.picture], view.size), film.coding)
        yield picture.pts, grainless(lightness)


def find_scenes(view: View, times: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last pts of the scenes that moments of a film lie in.

    Args:
        view: of the film.
        times: pts of the moments.

    Returns:
        A pair for each moment, in their order.

    Raises:
        OptionError: a moment lies outside of what is coloured.
    """
    refuse_outside(view, [time for time in times if not view.covers(time)])
    found: dict[int, tuple[int, int]] = {}
    first, last = view.begin, None
    for pts, _, cut in walk(view):
        if cut and last is not None:
            found |= {time: (first, last) for time in times if first <= time < pts}
            if len(found) == len(set(times)):
                break
            first = pts
        last = pts
    else:
        if last is not None:
            found |= {time: (first, last) for time in times if first <= time <= last}
    refuse_outside(view, [time for time in times if time not in found])
    return [found[time] for time in times]


def refuse_outside(view: View, times: Sequence[int]) -> None:
    """Refuse moments that something is said of and that are not coloured, if there are any.

    Args:
        view: of the film.
        times: pts of such moments.

    Raises:
        OptionError: there is one; the message names the first.
    """
    if times:
        raise OptionError(
            f"something is said of {view.film.seconds(times[0]):.2f} s, which is outside of what "
            f"is coloured of the film"
        )
