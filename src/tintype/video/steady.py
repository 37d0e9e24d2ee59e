# SPDX-License-Identifier: Apache-2.0
"""Colours that stay with what they belong to: predictions gathered along the motion of a scene.

A network that looks at each frame alone changes its mind from frame to frame, and that is the
flicker. Here every place keeps what has been predicted for it: a mean chroma, the weight of the
predictions in it, and the lightness that it had when they were made. From frame to frame the three
are carried along the motion. Weight is lost where the motion cannot be trusted (something has come
between, or into view), where the light has become another since, and where a new prediction says
something quite different; the next one then counts for more, until it is all that counts. A single
slip of the network is soon outvoted, a lasting change of its mind soon followed. So the network
need not see every frame, and nothing is left of what has gone.

What is shown follows what is known within a few frames, without a jump, and at once where nothing
was known before.

A frame of which next to nothing is found in the one before begins a new scene, with nothing known,
unless it looks like the end of one of the last few: after a flash, or when a dialogue cuts back.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.imaging.resize import resize
from tintype.inference.prediction import Prediction
from tintype.video.guided import spread
from tintype.video.motion import Motion, MotionEstimator, motion_size

Floats = NDArray[np.float32]
Predict = Callable[[], Prediction]

# Of two unrelated photographs 998 in 1,000 agree less than this; of two frames of one scene, all
# but the wildest pans agree more (a seventh of the frame's height from one to the next: 19 in 20).
CUT = 0.45
_RECALL = 0.85  # more than this found in the end of a former scene: that scene again
_SCENES = 6  # former scenes that are remembered

_GRAIN = 0.8  # pixels: sigma of the blur that keeps grain out of the motion
_PATIENCE = np.float32(4)  # predictions as sure as the new one: memory counts for no more of them
_LEAST_CONFIDENCE = np.float32(0.1)  # that even a prediction without any counts for
_LIGHT = np.float32(8)  # L*: by so much may the light change before a place is forgotten
_DOUBT = np.float32(20)  # CIE units: a prediction this far from what is known halves its weight,
_MOST_DOUBT = np.float32(2)  # and one this many times as far, or farther, leaves a fifth of it
_DOUBT_SIDE = 9  # pixels: over so much is that distance averaged, as edges are never quite in place
_EASE = np.float32(2.5)  # what is shown makes up 1 / (1 + this) of its distance in each frame

# Of the chroma that means lose, so much is given back: all of it would be more than the single
# predictions have where they differ in hue alone.
_GIVEN_BACK, _MOST_DULLING, _ADAPTION = 0.6, 1.12, 0.25
GREY = 0.5  # mean chroma, CIE units, of a frame that has next to none

_FIRST_RUNS = 4  # predictions, two frames apart, with which a scene begins
_NEAREST, _FARTHEST = 2, 8  # frames from one prediction to the next
_UNKNOWN = 0.015  # share of a frame without weight that calls for a prediction
_LOST = 0.5  # the same, for one at once
_DOUBTED = 0.02  # share of a frame where the last prediction was doubted: that calls for another
_FAR = 0.10  # of the short side: motion since the last prediction that calls for another

_FINE_RADIUS, _COARSE_RADIUS = 3, 1  # of the windows for edges, in small and in network pixels


@dataclass(slots=True, eq=False)
class Memory:
    """What is known at one frame of a scene.

    Attributes:
        lightness: uint8: L* of the frame as motion is estimated on it, 255 for 100, without grain.
        known: ``(h, w, 4)`` float32: u*, v*, their weight, and the L* at which they were predicted.
        shown: ``(h, w, 2)`` float32: u*, v* on their way to those.
        runs: predictions in this scene so far.
        age: frames since the last of them.
        travel: pixels of motion since the last of them.
        doubted: share of the frame where the last of them was far from what was known.
        dulling: chroma of the predictions over what is shown of them, as means are duller.
    """

    lightness: NDArray[np.uint8]
    known: Floats
    shown: Floats
    runs: int = 0
    age: int = 0
    travel: float = 0.0
    doubted: float = 0.0
    dulling: float = 1.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Colors:
    """The colours of one frame, as they are found: before they are drawn along its edges.

    Attributes:
        memory: what is known at the frame.
        lightness: ``(h, w)`` float32: its L*.
        predicted: whether the network saw it.
        cut: whether a new scene begins with it.
        recalled: whether that is one of the last few scenes again.
    """

    memory: Memory
    lightness: Floats
    predicted: bool
    cut: bool
    recalled: bool

    @property
    def chroma(self) -> Floats:
        """``(2, h, w)`` float32: u*, v* in CIE units. Each time it is asked for, this is work."""
        chroma = spread(
            np.moveaxis(self.memory.shown, -1, 0),
            self.memory.known[..., 2].copy(),
            self.lightness,
            self.lightness,
            radius=_FINE_RADIUS,
        )
        chroma *= np.float32(self.memory.dulling)
        return chroma


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

    def step(
        self,
        lightness: Floats,
        predict: Predict,
        *,
        motion: Motion | None = None,
    ) -> Colors:
        """Colour the next frame.

        Args:
            lightness: ``(h, w)`` float32: its L*, at the same small size for all frames.
            predict: runs the network on this frame; called at most once.
            motion: from the frame before, if it has been estimated already; as :class:`Watcher`
                does.
        """
        light = small_light(lightness)
        if motion is None and self.memory is not None:
            motion = self._motion.between(self.memory.lightness, light)
        entry = self._enter(light, lightness, motion)
        memory = entry.memory
        predicted = entry.cut or self._is_due(memory)
        told = _learn(memory, lightness, predict()) if predicted else None
        _show(memory, entry.kept)
        if told is not None:
            _note_dulling(memory, told)
        self.memory = memory
        return Colors(
            memory=memory,
            lightness=lightness,
            predicted=predicted,
            cut=entry.cut,
            recalled=entry.recalled,
        )

    def _enter(
        self, light: NDArray[np.uint8], lightness: Floats, motion: Motion | None
    ) -> "_Entry":
        """What is known at a new frame, which may be of a new scene, or of a former one again."""
        if self.memory is not None and motion is not None:
            if motion.matched >= CUT:
                return self._carry(self.memory, motion, light, lightness)
            self.scenes.append(self.memory)
        for former in reversed(self.scenes):
            there = self._motion.between(former.lightness, light)
            if there.matched >= _RECALL:
                entry = self._carry(former, there, light, lightness)
                if (entry.kept > 0.5).mean() >= _RECALL:
                    return replace(entry, cut=True, recalled=True)
        known, shown = (np.zeros((*lightness.shape, planes), np.float32) for planes in (4, 2))
        return _Entry(Memory(light, known, shown), kept=np.zeros_like(lightness), cut=True)

    def _carry(
        self, memory: Memory, motion: Motion, light: NDArray[np.uint8], lightness: Floats
    ) -> "_Entry":
        fine = motion.on(lightness.shape)
        known, kept = carry(self._motion, memory.known, fine, lightness)
        known[..., 2] *= kept
        carried = replace(
            memory,
            lightness=light,
            known=known,
            shown=self._motion.warp(memory.shown, fine.back),
            age=memory.age + 1,
            travel=memory.travel + fine.speed,
        )
        return _Entry(carried, kept=kept)

    def _is_due(self, memory: Memory) -> bool:
        """Whether the network should see this frame."""
        if memory.runs == 0:
            return True
        if self.every is not None:
            return memory.age >= self.every
        weight = memory.known[..., 2]
        unknown = float((weight < _LEAST_CONFIDENCE).mean())
        if memory.age < _NEAREST:
            return unknown > _LOST
        return (
            memory.runs < _FIRST_RUNS
            or memory.age >= _FARTHEST
            or unknown > _UNKNOWN
            or memory.doubted > _DOUBTED
            or memory.travel > _FAR * min(weight.shape)
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """What is known as a frame begins.

    Attributes:
        memory: carried to the frame, and its own from here on.
        kept: ``(h, w)`` float32 in [0, 1]: how much of the weight has come through.
        cut: whether a new scene begins with the frame.
        recalled: whether that is one of the last few scenes again.
    """

    memory: Memory
    kept: Floats
    cut: bool = False
    recalled: bool = False


class Watcher:
    """Estimates the motion of a film frame by frame, ahead of a :class:`Steadier`.

    Args:
        before: the small light of the frame before the first, from a memory; None if there is none.
    """

    def __init__(self, before: NDArray[np.uint8] | None = None) -> None:
        self._before = before
        self._motion = MotionEstimator()

    def watch(self, lightness: Floats) -> Motion | None:
        """The motion from the frame before to this one; None of the first.

        Args:
            lightness: ``(h, w)`` float32: L* of the next frame, as the steadier gets it.
        """
        light, before = small_light(lightness), self._before
        self._before = light
        return None if before is None else self._motion.between(before, light)


def carry(
    estimator: MotionEstimator, known: Floats, motion: Motion, lightness: Floats
) -> tuple[Floats, Floats]:
    """Bring what is known at one frame along the motion to another.

    Args:
        estimator: which warps.
        known: ``(h, w, 4)``, as a :class:`Memory` has it.
        motion: from the one to the other, on the same grid.
        lightness: ``(h, w)`` float32: L* of the other.

    Returns:
        ``(h, w, 4)``, and ``(h, w)`` in [0, 1]: how much of its weight there should be kept, as
        the motion may be wrong, or the light another.
    """
    carried = estimator.warp(known, motion.back)
    relit = (lightness - carried[..., 3]) / _LIGHT
    return carried, motion.trust * cv2.exp(-relit * relit)


def small_light(lightness: Floats) -> NDArray[np.uint8]:
    """The light that motion is estimated on, from L* at the size at which colours are found."""
    return grainless(resize(lightness, motion_size(lightness.shape)))


def grainless(lightness: Floats) -> NDArray[np.uint8]:
    """``(h, w)`` uint8: small L* as motion is estimated on it, 255 for 100, without its grain."""
    light = cv2.GaussianBlur(cv2.convertScaleAbs(lightness, alpha=2.55), (3, 3), _GRAIN)
    return np.asarray(light, np.uint8)


def _learn(memory: Memory, lightness: Floats, prediction: Prediction) -> float:
    """Add a prediction to what is known.

    Returns:
        Its mean chroma.
    """
    coarse = resize(lightness, prediction.chroma.shape[1:])
    chroma = spread(prediction.chroma, None, coarse, lightness, radius=_COARSE_RADIUS)
    if prediction.confidence is None:
        weight = np.ones_like(lightness)
    else:
        weight = resize(prediction.confidence, lightness.shape)
    weight = np.maximum(weight, _LEAST_CONFIDENCE)
    known = memory.known
    gap = cv2.magnitude(chroma[0] - known[..., 0], chroma[1] - known[..., 1])
    doubt = np.minimum(cv2.blur(gap, (_DOUBT_SIDE, _DOUBT_SIDE)) / _DOUBT, _MOST_DOUBT)
    doubt[known[..., 2] < _LEAST_CONFIDENCE] = 0  # nothing is known that could speak against it
    total = np.minimum(known[..., 2], _PATIENCE * weight) + weight
    share = weight / total  # of the new in the mean
    for index, plane in enumerate((*chroma, lightness)):
        channel = known[..., index if index < 2 else 3]
        channel += share * (plane - channel)
    known[..., 2] = total / (1 + doubt * doubt)
    memory.runs += 1
    memory.age, memory.travel, memory.doubted = 0, 0.0, float((doubt > 1).mean())
    return strength(*chroma)


def _show(memory: Memory, kept: Floats) -> None:
    """Let what is shown follow what is known: at once where no weight was kept."""
    rate = 1 / (1 + _EASE * kept)
    for index in (0, 1):
        shown = memory.shown[..., index]
        shown += rate * (memory.known[..., index] - shown)


def _note_dulling(memory: Memory, told: float) -> None:
    """Learn from the mean chroma of a prediction how much of it is lost in what is shown."""
    ratio = told / max(strength(memory.shown[..., 0], memory.shown[..., 1]), GREY)
    wanted = min(1 + _GIVEN_BACK * (ratio - 1), _MOST_DULLING)
    memory.dulling += _ADAPTION * (wanted - memory.dulling)


def strength(u: Floats, v: Floats) -> float:
    """The mean chroma of a frame, in CIE units."""
    return float(np.sqrt(np.square(u) + np.square(v)).mean())
