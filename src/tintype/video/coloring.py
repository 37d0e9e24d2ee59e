# SPDX-License-Identifier: Apache-2.0
"""The colours of a film's frames: what the network is shown, and how its answers are put together.

The network sees frames upright, whatever their rotation tag, and without black bars; everything
else works on frames as they are stored. Colours are found at a small size: that of the chroma
planes, or less where those are larger than motion is worth being estimated at.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tintype.errors import OptionError
from tintype.imaging.film import Plane, luma_to_lightness, shrink
from tintype.imaging.resize import resize
from tintype.inference.engine import Engine, network_size
from tintype.inference.palette import LedEngine
from tintype.inference.prediction import Prediction
from tintype.spec.model import CONFIDENCE
from tintype.video.guided import spread
from tintype.video.hinting import Tracks, follow_hints
from tintype.video.job import FilmJob, FilmReference
from tintype.video.motion import Motion, motion_size
from tintype.video.options import ALONE
from tintype.video.scenes import View, find_scenes
from tintype.video.steady import Colors, Steadier, Watcher

Floats = NDArray[np.float32]

_LARGEST_SIDE = 216  # pixels of the short side: enough for motion, at a few milliseconds a frame
_COARSE_RADIUS = 1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sight:
    """What there is to see of a frame without knowing any colours.

    Attributes:
        lightness: ``(h, w)`` float32: L* of the picture inside any bars.
        motion: from the frame before; None of the first, and where none is wanted.
    """

    lightness: Floats
    motion: Motion | None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Alone:
    """The colours of a frame that nothing is known of but itself, as :class:`Colors` has them.

    Attributes:
        chroma: ``(2, h, w)`` float32: u*, v* in CIE units.
    """

    chroma: Floats
    predicted: bool = True
    cut: bool = False
    recalled: bool = False


class Colorist:
    """Finds the colours of one film's frames, in order.

    Attributes:
        steadier: what carries them from frame to frame; None where each frame stands alone.
        size: (h, w) at which colours are found.
    """

    def __init__(self, job: FilmJob, network: Engine) -> None:
        """Prepare, and follow the film's hints through it, if there are any.

        Raises:
            OptionError: the network takes no hints, or one lies outside of the film.
        """
        if job.hints and not network.spec.hints:
            raise OptionError(
                f"the network {network.spec.name} takes no hints; choose one that does"
            )
        self._job, self._network = job, network
        top, bottom, left, right = job.survey.picture
        self._rows, self._columns = slice(top, bottom), slice(left, right)
        self._picture = bottom - top, right - left
        self.size = small_size(job.settings.layout.chroma_size(self._picture))
        options = job.options
        self.steadier = None if options.steady == ALONE else Steadier(every=options.every)
        spec = network.spec
        self._temperature = spec.temperature_at(job.colors.vividness)
        self._shown = network_size(
            self._picture,
            size=(job.colors.size or spec.size) * spec.finest,
            stride=spec.stride,
        )
        view = View(
            film=job.film,
            picture=(self._rows, self._columns),
            size=motion_size(self.size),
            rate=job.options.rate,
            first=job.span.first,
            end=job.span.end,
        )
        self._tracks = follow_hints(view, job.hints) if job.hints else Tracks()
        self._led = _lead(network, view, job.references)
        self._watcher: Watcher | None = None

    def look(self, luma: Plane) -> Sight:
        """See what there is to see of a frame, in order of the frames.

        This is work that needs no memory of colours, so another thread may be ahead with it.

        Args:
            luma: ``(H, W)`` codes of the whole frame.
        """
        picture = luma[self._rows, self._columns]
        lightness = luma_to_lightness(shrink(picture, self.size), self._job.film.coding)
        if self.steadier is None:
            return Sight(lightness=lightness, motion=None)
        if self._watcher is None:  # at the first frame, when the memory is as it was left
            memory = self.steadier.memory
            self._watcher = Watcher(None if memory is None else memory.lightness)
        return Sight(lightness=lightness, motion=self._watcher.watch(lightness))

    def color(self, luma: Plane, pts: int, sight: Sight) -> Colors | Alone:
        """Find a frame's colours, in order of the frames.

        Args:
            luma: ``(H, W)`` codes of the whole frame.
            pts: of the frame.
            sight: from :meth:`look`.

        Returns:
            The colours of the picture inside any bars, at :attr:`size`.
        """
        picture = luma[self._rows, self._columns]

        def predict() -> Prediction:
            return self._predict(picture, pts)

        if self.steadier is None:
            return _alone(predict(), sight.lightness)
        return self.steadier.step(sight.lightness, predict, motion=sight.motion)

    def _predict(self, picture: Plane, pts: int) -> Prediction:
        """Show the network a picture upright, and turn its answer back."""
        shown = tuple(min(a, b) for a, b in zip(self._shown, picture.shape, strict=True))
        lightness = luma_to_lightness(shrink(picture, shown), self._job.film.coding)
        turns = self._job.film.quarter_turns
        upright = np.ascontiguousarray(np.rot90(lightness, turns))
        network = next(
            (led for first, last, led in self._led if first <= pts <= last), self._network
        )
        prediction = network.predict(
            upright,
            temperature=self._temperature,
            size=self._job.colors.size,
            hints=self._tracks.at(
                pts, self._job.film, self._picture, (upright.shape[0], upright.shape[1])
            ),
            want=(CONFIDENCE,),
        )
        chroma = np.rot90(prediction.chroma, -turns, axes=(1, 2)) * np.float32(
            self._job.colors.saturation
        )
        confidence = prediction.confidence
        return Prediction(
            chroma=np.ascontiguousarray(chroma),
            confidence=None if confidence is None else np.rot90(confidence, -turns).copy(),
        )


def _lead(
    network: Engine, view: View, references: Sequence[FilmReference]
) -> list[tuple[float, float, Engine]]:
    """From which pts to which a network is led by a reference; those of single scenes first."""
    of_scenes = [each for each in references if each.seconds is not None]
    times = [view.film.pts_at(each.seconds or 0.0) for each in of_scenes]
    spans: list[tuple[float, float]] = [*find_scenes(view, times)] if times else []
    spans += [(-math.inf, math.inf)] * (len(references) - len(of_scenes))
    ordered = of_scenes + [each for each in references if each.seconds is None]
    return [
        (*span, LedEngine(network, each.photograph))
        for span, each in zip(spans, ordered, strict=True)
    ]


def small_size(chroma_size: tuple[int, int]) -> tuple[int, int]:
    """(h, w) at which a film's colours are found, from the size of its chroma planes."""
    scale = min(1.0, _LARGEST_SIDE / min(chroma_size))
    height, width = (max(1, round(side * scale)) for side in chroma_size)
    return height, width


def _alone(prediction: Prediction, lightness: Floats) -> Alone:
    coarse = resize(lightness, prediction.chroma.shape[1:])
    return Alone(chroma=spread(prediction.chroma, None, coarse, lightness, radius=_COARSE_RADIUS))
