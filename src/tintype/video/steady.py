# SPDX-License-Identifier: Apache-2.0
"""Colours that stay with what they belong to: predictions gathered along the motion of a scene.

A network that looks at each frame alone changes its mind from frame to frame, and that is the
flicker. Here every place keeps what has been predicted for it: a mean chroma, the weight of the
predictions in it, and the lightness that it had when they were made. From frame to frame the three
are carried along the motion. Weight is lost where the motion cannot be trusted (something has come
between, or into view) and where the light has become another since; a new prediction then counts
for more, until it is all that counts. So the network need not see every frame, and nothing is left
of what has gone.

A frame of which next to nothing is found in the one before begins a new scene, with nothing known,
unless it looks like the end of one of the last few: after a flash, or when a dialogue cuts back.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.imaging.resize import resize
from tintype.inference.prediction import Prediction
from tintype.video.guided import spread
from tintype.video.motion import Motion, MotionEstimator

Floats = NDArray[np.float32]
Predict = Callable[[], Prediction]

# Of two unrelated photographs 999 in 1,000 agree less than this; of two frames of one scene, all
# but the wildest pans agree more (a seventh of the frame's height from one to the next: 0.75).
CUT = 0.45
_RECALL = 0.60  # more than this found in the end of a former scene: that scene again
_SCENES = 6  # former scenes that are remembered

_GRAIN = 0.8  # pixels: sigma of the blur that keeps grain out of the motion
_MOST_WEIGHT = np.float32(12)  # of what a place remembers, in predictions of full confidence
_LEAST_CONFIDENCE = np.float32(0.1)  # that even a prediction without any counts for
_LIGHT = np.float32(15)  # L*: by so much may the light change before a place is forgotten

# Of the chroma that means lose, so much is given back: all of it would be more than the single
# predictions have where they differ in hue alone.
_GIVEN_BACK, _MOST_DULLING, _ADAPTION = 0.6, 1.12, 0.25
_GREY = 0.5  # mean chroma, CIE units, of a frame that has next to none

_FIRST_RUNS = 4  # predictions, two frames apart, with which a scene begins
_NEAREST, _FARTHEST = 2, 8  # frames from one prediction to the next
_UNKNOWN = 0.008  # share of a frame without weight that calls for a prediction
_FAR = 0.10  # of the short side: motion since the last prediction that calls for another

_FINE_RADIUS, _COARSE_RADIUS = 3, 1  # of the windows for edges, in small and in network pixels


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Colors:
    """The colours of one frame.

    Attributes:
        chroma: ``(2, h, w)`` float32: u*, v* in CIE units, at the size of the small lightness.
        predicted: whether the network saw this frame.
        cut: whether a new scene begins with it.
        recalled: whether that is one of the last few scenes again.
    """

    chroma: Floats
    predicted: bool
    cut: bool
    recalled: bool


@dataclass(slots=True, eq=False)
class Memory:
    """What is known at one frame of a scene.

    Attributes:
        lightness: ``(h, w)`` uint8: L* of the frame, 255 for 100, without its grain.
        known: ``(h, w, 4)`` float32: u*, v*, their weight, and the L* at which they were predicted.
        runs: predictions in this scene so far.
        age: frames since the last of them.
        travel: pixels of motion since the last of them.
        dulling: chroma of the predictions over that of their means, as means are duller.
    """

    lightness: NDArray[np.uint8]
    known: Floats
    runs: int = 0
    age: int = 0
    travel: float = 0.0
    dulling: float = 1.0


@dataclass(slots=True, eq=False)
class Steadier:
    """Colours a film frame by frame, in order.

    Attributes:
        every: frames from one prediction to the next; None to choose by motion.
        memory: what is known at the last frame; None before the first.
        scenes: the ends of the last few scenes.
    """

    every: int | None = None
    memory: Memory | None = None
    scenes: deque[Memory] = field(default_factory=lambda: deque(maxlen=_SCENES))
    _motion: MotionEstimator = field(default_factory=MotionEstimator)

    def step(self, lightness: Floats, predict: Predict) -> Colors:
        """Colour the next frame.

        Args:
            lightness: ``(h, w)`` float32: its L*, at the same small size for all frames.
            predict: runs the network on this frame; called at most once.
        """
        memory, cut, recalled = self._enter(grainless(lightness), lightness)
        predicted = self._is_due(memory)
        if predicted:
            _learn(memory, lightness, predict())
        self.memory = memory
        chroma = np.moveaxis(memory.known[..., :2], -1, 0)
        chroma = spread(
            chroma, memory.known[..., 2].copy(), lightness, lightness, radius=_FINE_RADIUS
        )
        chroma *= np.float32(memory.dulling)
        return Colors(chroma=chroma, predicted=predicted, cut=cut, recalled=recalled)

    def _enter(self, light: NDArray[np.uint8], lightness: Floats) -> tuple[Memory, bool, bool]:
        """What is known at a new frame; whether it is of a new scene; whether of a former one."""
        if self.memory is not None:
            motion = self._motion.between(self.memory.lightness, light)
            if motion.matched >= CUT:
                return self._carry(self.memory, motion, light, lightness), False, False
            self.scenes.append(self.memory)
        for former in reversed(self.scenes):
            motion = self._motion.between(former.lightness, light)
            if motion.matched >= _RECALL:
                return self._carry(former, motion, light, lightness), True, True
        return Memory(light, np.zeros((*light.shape, 4), np.float32)), True, False

    def _carry(
        self, memory: Memory, motion: Motion, light: NDArray[np.uint8], lightness: Floats
    ) -> Memory:
        known = self._motion.warp(memory.known, motion.back)
        relit = (lightness - known[..., 3]) / _LIGHT
        known[..., 2] *= motion.trust * cv2.exp(-relit * relit)
        return Memory(
            lightness=light,
            known=known,
            runs=memory.runs,
            age=memory.age + 1,
            travel=memory.travel + motion.speed,
            dulling=memory.dulling,
        )

    def _is_due(self, memory: Memory) -> bool:
        """Whether the network should see this frame."""
        if memory.runs == 0:
            return True
        if self.every is not None:
            return memory.age >= self.every
        if memory.age < _NEAREST:
            return False
        if memory.runs < _FIRST_RUNS or memory.age >= _FARTHEST:
            return True
        unknown = np.count_nonzero(memory.known[..., 2] < _LEAST_CONFIDENCE)
        if unknown > _UNKNOWN * memory.lightness.size:
            return True
        return memory.travel > _FAR * float(min(memory.lightness.shape))


def grainless(lightness: Floats) -> NDArray[np.uint8]:
    """``(h, w)`` uint8: small L* as motion is estimated on it, 255 for 100, without its grain."""
    light = cv2.GaussianBlur(cv2.convertScaleAbs(lightness, alpha=2.55), (3, 3), _GRAIN)
    return np.asarray(light, np.uint8)


def _learn(memory: Memory, lightness: Floats, prediction: Prediction) -> None:
    """Add a prediction to what is known."""
    coarse = resize(lightness, prediction.chroma.shape[1:])
    chroma = spread(prediction.chroma, None, coarse, lightness, radius=_COARSE_RADIUS)
    if prediction.confidence is None:
        weight = np.ones_like(lightness)
    else:
        weight = resize(prediction.confidence, lightness.shape)
    weight = np.maximum(weight, _LEAST_CONFIDENCE)
    known = memory.known
    total = known[..., 2] + weight
    share = weight / total  # of the new in the mean
    for index, plane in enumerate((*chroma, lightness)):
        channel = known[..., index if index < 2 else 3]
        channel += share * (plane - channel)
    known[..., 2] = np.minimum(total, _MOST_WEIGHT)
    ratio = _strength(*chroma) / max(_strength(known[..., 0], known[..., 1]), _GREY)
    wanted = min(1 + _GIVEN_BACK * (ratio - 1), _MOST_DULLING)
    memory.dulling += _ADAPTION * (wanted - memory.dulling)
    memory.runs += 1
    memory.age, memory.travel = 0, 0.0


def _strength(u: Floats, v: Floats) -> float:
    """The mean chroma of a frame, in CIE units."""
    return float(np.sqrt(np.square(u) + np.square(v)).mean())
