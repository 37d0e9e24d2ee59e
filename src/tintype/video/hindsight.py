# SPDX-License-Identifier: Apache-2.0
"""A second pass backwards: what is known of each frame from earlier ones, and from later ones too.

Memory (:mod:`tintype.video.steady`) runs forwards, so what has just come into view knows less than
it could, and a change of the network's mind is followed late. Here frames are held back until some
that come after them are known. Then what is known at the last of these goes back along the motion,
frame by frame. At each it is merged with what was known there: the surer that was, the more it
counts; and where the motion cannot be trusted, or the light has become another, it is all that
counts. At a cut the pass begins anew, as memory does.

Frames are held back in short stretches, each with some frames of the next, so memory stays flat
however long the film. A stretch never crosses the end of a part: so it depends on nothing but its
part's first frame and what the film holds, and a resumed job finds the same colours.

Source: H. Rauch, F. Tung and C. Striebel, "Maximum Likelihood Estimates of Linear Dynamic Systems",
AIAA Journal 3(8), 1965, of which this is the case of a value that drifts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from tintype.video.frames import Colored
from tintype.video.motion import Motion, MotionEstimator
from tintype.video.steady import GREY, Colors, Floats, Memory, carry, strength

_STRETCH = 32  # frames that are finished at once,
_AHEAD = 24  # from as many later ones: what lies farther ahead would count for a tenth or so
_DRIFT = np.float32(0.035)  # by how much a colour's truth drifts from a frame to the next: for one
# place in a settled scene, what is known of later frames counts for nine tenths

# A mean of more predictions is duller still. Frames are brought back to the strength that they had
# forwards; slowly, as that is less steady, and within reason.
_ADAPTION, _MOST_GIVEN_BACK = 0.04, 1.25


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A frame that waits for later ones.

    Attributes:
        frame: with what is known of it from earlier ones.
        colors: its own.
        motion: from the frame after it to it; None where a new scene begins with that.
    """

    frame: Colored
    colors: Colors
    motion: Motion | None = None


class Hindsight:
    """Holds frames back, and gives them out with what later ones have told.

    Args:
        first: the number of the first frame that will come.
        part_frames: frames of a part of the work; parts begin at its multiples.
    """

    def __init__(self, first: int, part_frames: int) -> None:
        self._first, self._part_frames = first, part_frames  # number of the first held frame
        self._held: list[_Held] = []
        self._estimator = MotionEstimator()

    def add(self, frame: Colored) -> Iterator[Colored]:
        """Take the next frame, and yield those that have waited long enough."""
        colors = frame.colors
        assert isinstance(colors, Colors)  # a frame that stands alone has no memory to look into
        if self._held and not colors.cut:
            last = self._held[-1]
            lights = colors.memory.lightness, last.colors.memory.lightness
            self._held[-1] = replace(last, motion=self._estimator.between(*lights))
        self._held.append(_Held(frame, colors))
        if len(self._held) == self._stretch() + _AHEAD:
            yield from self._give_out(self._stretch())

    def finish(self, *, whole: bool) -> Iterator[Colored]:
        """Yield the frames that still wait.

        Args:
            whole: whether the film ends here. If it was stopped instead, frames end with the part
                that the first of them belongs to, as no journal may vouch for a part whose end knew
                less of later frames than it could.
        """
        if not whole:
            wanted = self._part_frames - self._first % self._part_frames
            yield from self._give_out(min(wanted, len(self._held)))
            return
        while self._held:
            yield from self._give_out(min(self._stretch(), len(self._held)))

    def _stretch(self) -> int:
        """How many of the frames from the first held on are finished at once."""
        at = self._first % self._part_frames
        return min(_STRETCH, self._part_frames - at)

    def _give_out(self, count: int) -> Iterator[Colored]:
        """Go back from the last frame held to the first, and give out so many."""
        done: list[Memory] = []
        later: Memory | None = None
        for number in reversed(range(len(self._held))):
            later = self._merge(self._held[number], later)
            if number < count:
                done.append(later)
        for held, memory in zip(self._held[:count], reversed(done), strict=True):
            yield replace(held.frame, colors=replace(held.colors, memory=memory))
        del self._held[:count]
        self._first += count

    def _merge(self, held: _Held, later: Memory | None) -> Memory:
        """What is known at a frame, from what is known at the next."""
        memory, lightness = held.colors.memory, held.colors.lightness
        here = memory.known
        if later is None or held.motion is None:
            return replace(memory, shown=here[..., :2])
        motion = held.motion.on(lightness.shape)
        there, kept = carry(self._estimator, later.known, motion, lightness)
        share = kept / (1 + _DRIFT * here[..., 2])
        known: Floats = here + share[..., None] * (there - here)
        known[..., 2] = np.maximum(here[..., 2], kept * there[..., 2])
        wanted = memory.dulling * _strength(memory.shown) / max(_strength(known), GREY)
        dulling = later.dulling + _ADAPTION * (min(wanted, _MOST_GIVEN_BACK) - later.dulling)
        return replace(memory, known=known, shown=known[..., :2], dulling=dulling)


def _strength(planes: Floats) -> float:
    return strength(planes[..., 0], planes[..., 1])
