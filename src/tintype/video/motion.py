# SPDX-License-Identifier: Apache-2.0
"""Where everything in a frame was in the frame before, and where that is sure enough to follow.

Dense optical flow is estimated on small lightness, both ways. A place is trusted where the way
there and back leads home (otherwise something has come between: an occlusion), where it lies inside
the earlier frame, and where both frames look alike after what changed all around has been taken off
(a fade, a flash, the flicker of old film are no motion). In plain surfaces the flow has nothing to
hold on to and does not find home either; there the camera's own motion is followed instead, if both
frames look very much alike along it.

Source: T. Kroeger et al., "Fast Optical Flow using Dense Inverse Search", arXiv:1603.03590, as
OpenCV implements it; the test there and back: N. Sundaram, T. Brox and K. Keutzer, "Dense Point
Trajectories by GPU-accelerated Large Displacement Optical Flow", ECCV 2010, equation 5.
"""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

_BORDER = cv2.BORDER_REPLICATE
_NONE: Any = None  # for what OpenCV does not need, and its types insist on
_LARGEST_SIDE = 108  # pixels of the short side: finer motion costs more and shows nothing
_LEAST_SIDE = 24  # pixels: smaller pictures have no room for the flow's patches
_STILL = 0.25  # pixels: less motion than this is taken for noise where nothing speaks for it
_LIGHT_SIGMA = np.float32(8)  # steps of 8 bits: what both frames may differ by after the motion
_STRICT_SIGMA = np.float32(4)  # the same, where only the camera's motion speaks for it
_CAMERA_STEP = 4  # pixels between the places that the camera's motion is found from,
_CAMERA_POINTS = 12  # and how many of them it needs
_LIGHT_NOISE = np.float32(4)  # steps: differences that grain makes


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Motion:
    """The motion between two frames, in the geometry of the later one.

    Attributes:
        back: ``(h, w, 2)`` float32, pixels: x and y from a place to where it was in the earlier.
        trust: ``(h, w)`` float32 in [0, 1].
        matched: share of the frame that is trusted, in [0, 1].
        speed: pixels a frame: what the faster part of the frame moves by.
    """

    back: Floats
    trust: Floats
    matched: float
    speed: float

    def inside(self) -> NDArray[np.bool_]:
        """``(h, w)``: which places have been inside the earlier frame."""
        height, width = self.trust.shape
        rows, columns = np.indices((height, width), dtype=np.float32)
        return _is_inside(np.stack((columns, rows), axis=-1) + self.back, height, width)

    def on(self, size: tuple[int, int]) -> "Motion":
        """The same motion on another grid of pixels, (h, w)."""
        height, width = self.trust.shape
        if size == (height, width):
            return self
        back = _array(cv2.resize(self.back, size[::-1]))
        back *= np.array((size[1] / width, size[0] / height), np.float32)
        return replace(
            self,
            back=back,
            trust=_array(cv2.resize(self.trust, size[::-1])),
            speed=self.speed * min(size) / min(height, width),
        )


class MotionEstimator:
    """Estimates motion. It owns the flow's buffers: one for each thread."""

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._grids: dict[tuple[int, ...], Floats] = {}

    def between(self, earlier: Bytes, later: Bytes) -> Motion:
        """Estimate the motion from one small picture to a later one.

        Args:
            earlier: ``(h, w)`` uint8: lightness, 0 to 255.
            later: the same shape.
        """
        if min(later.shape) < _LEAST_SIDE:
            back = forth = np.zeros((*later.shape, 2), np.float32)
        else:
            back = np.asarray(self._flow.calc(later, earlier, _NONE), np.float32)
            forth = np.asarray(self._flow.calc(earlier, later, _NONE), np.float32)
        back = _still_where_possible(back, earlier, later, self.warp(earlier, back))
        home = self._leads_home(back, forth)
        trust = home * _likeness(self.warp(earlier, back), later, _LIGHT_SIGMA)
        lost = home < 0.5
        if lost.any():
            camera = self._camera_motion(back, lost)
            kept = _likeness(self.warp(earlier, camera), later, _STRICT_SIGMA)
            kept *= self._lies_inside(camera)
            trust = np.where(lost, kept, trust)
            back[lost] = camera[lost]
        length = cv2.magnitude(*cv2.split(back[::4, ::4]))
        return Motion(
            back=back,
            trust=trust,
            matched=float(np.count_nonzero(trust > 0.5) / trust.size),
            speed=float(np.percentile(length, 90)),
        )

    def warp(self, earlier: NDArray[Any], back: Floats) -> NDArray[Any]:
        """Bring something of the earlier frame to the later one's geometry, bilinearly.

        Args:
            earlier: ``(h, w)`` or ``(h, w, channels)``, uint8 or float32.
            back: ``(h, w, 2)``, from :class:`Motion`.

        Returns:
            The same shape and dtype.
        """
        at = cv2.add(self._places(back.shape[:2]), back)
        return cv2.remap(earlier, at, _NONE, cv2.INTER_LINEAR, borderMode=_BORDER)

    def _places(self, shape: tuple[int, ...]) -> Floats:
        """``(h, w, 2)``: x and y of every pixel."""
        if shape not in self._grids:
            rows, columns = np.indices(shape, dtype=np.float32)
            self._grids[shape] = np.stack((columns, rows), axis=-1)
        return self._grids[shape]

    def _leads_home(self, back: Floats, forth: Floats) -> Floats:
        """``(h, w)``, 0 or 1: does the way back and forth again lead home, inside the frame?"""
        height, width = back.shape[:2]
        at = cv2.add(self._places(back.shape[:2]), back)
        returning = cv2.remap(forth, at, _NONE, cv2.INTER_LINEAR, borderMode=_BORDER)
        gap = _square(cv2.add(back, returning))
        home = gap <= 0.01 * (_square(back) + _square(returning)) + 0.5
        home &= _is_inside(at, height, width)
        return _array(home)

    def _lies_inside(self, back: Floats) -> NDArray[np.bool_]:
        height, width = back.shape[:2]
        return _is_inside(cv2.add(self._places(back.shape[:2]), back), height, width)

    def _camera_motion(self, back: Floats, lost: NDArray[np.bool_]) -> Floats:
        """``(h, w, 2)``: shift, turn and zoom that explain most of the motion that is known."""
        places = self._places(back.shape[:2])
        known = ~lost[::_CAMERA_STEP, ::_CAMERA_STEP]
        at = places[::_CAMERA_STEP, ::_CAMERA_STEP][known]
        to = at + back[::_CAMERA_STEP, ::_CAMERA_STEP][known]
        matrix = None
        if len(at) >= _CAMERA_POINTS and np.any(to != at):
            matrix = cv2.estimateAffinePartial2D(at, to, ransacReprojThreshold=1.0)[0]
        if matrix is None:
            return np.zeros_like(back)
        return _array(cv2.transform(places, matrix) - places)


def motion_size(size: tuple[int, int]) -> tuple[int, int]:
    """(h, w) at which the motion of pictures of that size is estimated."""
    scale = min(1.0, _LARGEST_SIDE / min(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _is_inside(at: Any, height: int, width: int) -> NDArray[np.bool_]:
    x, y = at[..., 0], at[..., 1]
    return np.asarray((x > -0.5) & (y > -0.5) & (x < width - 0.5) & (y < height - 0.5))


def _likeness(carried: Bytes, later: Bytes, sigma: np.float32) -> Floats:
    """``(h, w)`` in [0, 1]: do both frames look alike there, but for a change all around?"""
    difference = cv2.subtract(later, carried, dtype=cv2.CV_32F)
    gap = _blur(cv2.absdiff(difference, _blur(difference, 31)), 3)
    gap = np.maximum(gap - _LIGHT_NOISE, 0) / sigma
    return _array(cv2.exp(-gap * gap))


def _still_where_possible(back: Floats, earlier: Bytes, later: Bytes, carried: Bytes) -> Floats:
    """Motion of exactly 0 where there is next to none: so a still picture is never resampled."""
    x, y = cv2.split(back)
    slow = cv2.max(np.abs(x), np.abs(y)) < _STILL
    moved, stayed = (_blur(cv2.absdiff(later, other), 5) for other in (carried, earlier))
    moving = ~(slow & (np.subtract(stayed, moved, dtype=np.int16) <= 1))
    return _array(cv2.merge((x * moving, y * moving)))


def _square(vectors: Any) -> Any:
    """``(h, w)``: squared lengths of ``(h, w, 2)``."""
    x, y = cv2.split(vectors)
    return cv2.add(cv2.multiply(x, x), cv2.multiply(y, y))


def _blur(plane: Any, side: int) -> Any:
    return cv2.blur(plane, (side, side))


def _array(plane: Any) -> Floats:
    return np.asarray(plane, np.float32)
