# SPDX-License-Identifier: Apache-2.0
"""How steady a coloured film is: CDC for its colours as a whole, warping error along its motion.

Both are near zero for a grey film, so always print them beside colourfulness, and beside the true
film's own values, which are not zero either: things move, and light changes.

Source: CDC: Y. Liu et al., "Temporally Consistent Video Colorization with Deep Feature Propagation
and Self-Regularization Learning", arXiv:2110.04562, section 4.1. Warping error: W.-S. Lai et al.,
"Learning Blind Video Temporal Consistency", ECCV 2018, arXiv:1808.00449, equations 9–10, with the
occlusion test of M. Ruder, A. Dosovitskiy and T. Brox, arXiv:1604.08610, equations 5–6.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.color.srgb import check_image
from tintype.metrics.pairs import Array, Numbers, check_pair, to_bytes

CDC_STEPS = (1, 2, 4)
"""Distances in frames that the published CDC averages over."""


def histograms(frame: Array) -> Numbers:
    """What :func:`color_distribution_consistency` needs of a frame, so that a film can stream.

    Args:
        frame: ``(3, H, W)`` encoded sRGB in [0, 1]; rounded to 8 bits first.

    Returns:
        ``(3, 256)`` float64: the share of pixels at each value, per channel.

    Raises:
        ValueError: ``frame`` is no picture.
    """
    check_image(frame, "frame")
    counts = [np.bincount(channel.ravel(), minlength=256) for channel in to_bytes(frame)]
    return np.asarray(np.array(counts, dtype=np.float64) / frame[0].size)


def color_distribution_consistency(
    frames: Sequence[Numbers], *, steps: Sequence[int] = CDC_STEPS
) -> float:
    """CDC: mean Jensen–Shannon divergence between the histograms of frames t and t + step.

    Args:
        frames: :func:`histograms` of each frame, in order.
        steps: distances in frames; the mean of each counts alike.

    Returns:
        In nats, from 0 (all frames share their histograms) to ln 2.

    Raises:
        ValueError: the film has no pair of frames that far apart, or a step is not positive.
    """
    if not steps or min(steps) < 1 or max(steps) >= len(frames):
        raise ValueError(
            f"CDC needs steps of 1 or more and more than {max(steps, default=0)} frames,"
            f" got steps {tuple(steps)} and {len(frames)} frames"
        )
    stack = np.stack(list(frames))  # (T, 3, 256)
    return float(np.mean([_divergence(stack[:-step], stack[step:]).mean() for step in steps]))


def warp(later: Array, flow: Array) -> Array:
    """Fetch each pixel of a frame from where the motion has carried it in a later frame.

    Args:
        later: ``(C, H, W)``, any floating values.
        flow: ``(2, H, W)`` pixels: x and y motion from the earlier frame to ``later``.

    Returns:
        ``(C, H, W)`` float32, bilinear; the border repeats outside the frame.

    Raises:
        ValueError: ``flow`` is not ``(2, H, W)`` of the frame's size.
    """
    check_image(flow, "flow", planes=2)
    if flow.ndim != 3 or later.ndim != 3 or later.shape[-2:] != flow.shape[-2:]:
        raise ValueError(f"flow must be (2, H, W) of the frame {later.shape}, got {flow.shape}")
    rows, columns = np.indices(flow.shape[-2:], dtype=np.float32)
    x, y = columns + flow[0].astype(np.float32), rows + flow[1].astype(np.float32)
    planes = [
        cv2.remap(plane.astype(np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for plane in later
    ]
    return np.stack(planes)


def visible_in_both(forward: Array, backward: Array) -> NDArray[np.bool_]:
    """Where the motion can be trusted: not occluded in the later frame, nor on a motion boundary.

    Args:
        forward: ``(2, H, W)`` pixels: motion from the earlier frame to the later.
        backward: ``(2, H, W)`` pixels: motion from the later frame to the earlier.

    Returns:
        ``(H, W)``, in the earlier frame's geometry.

    Raises:
        ValueError: the flows are no pair of ``(2, H, W)``.
    """
    check_pair(forward, backward, planes=2)
    returned = warp(backward, forward)
    gap = _squared_length(forward + returned)
    length = _squared_length(forward) + _squared_length(returned)
    occluded = gap > 0.01 * length + 0.5
    steepness = np.square(np.gradient(forward, axis=(-2, -1))).sum(axis=(0, 1))
    boundary = steepness > 0.01 * _squared_length(forward) + 0.002
    return np.asarray(~(occluded | boundary))


def warping_error(earlier: Array, later: Array, flow: Array, visible: NDArray[np.bool_]) -> float:
    """Mean squared difference between a frame and the next one carried back along the motion.

    The motion should be the true film's, so that every method is held against the same one.

    Args:
        earlier: ``(3, H, W)`` encoded sRGB in [0, 1].
        later: the same shape.
        flow: ``(2, H, W)`` pixels: motion from ``earlier`` to ``later``.
        visible: ``(H, W)``, from :func:`visible_in_both`.

    Returns:
        Squared RGB distance, averaged over the visible pixels; 0 is perfectly steady, NaN where
        nothing is visible in both frames.

    Raises:
        ValueError: the shapes do not belong together.
    """
    return _visible_error(earlier, later, flow, visible, planes=3)


def chroma_warping_error(
    earlier: Array, later: Array, flow: Array, visible: NDArray[np.bool_]
) -> float:
    """The same of chroma alone, where lightness is the input's own and cannot flicker.

    In RGB the grain and the light of the film itself, which all colourings of it share, drown what
    the colours do.

    Args:
        earlier: ``(2, H, W)`` u*, v* in CIE units.
        later: the same shape.
        flow: as for :func:`warping_error`.
        visible: as for :func:`warping_error`.

    Returns:
        Squared distance in CIE units, averaged over the visible pixels; NaN where nothing is
        visible in both frames.

    Raises:
        ValueError: the shapes do not belong together.
    """
    return _visible_error(earlier, later, flow, visible, planes=2)


def _visible_error(
    earlier: Array, later: Array, flow: Array, visible: NDArray[np.bool_], *, planes: int
) -> float:
    check_pair(earlier, later, planes=planes)
    if visible.shape != earlier.shape[-2:]:
        raise ValueError(f"visible must be {earlier.shape[-2:]}, got {visible.shape}")
    squares = _squared_length(earlier - warp(later, flow))
    return float(np.mean(squares[visible])) if visible.any() else float("nan")


def _squared_length(vectors: Array) -> Numbers:
    """``(C, H, W)`` to ``(H, W)``."""
    return np.asarray(np.sum(vectors**2, axis=0, dtype=np.float64))


def _divergence(p: Numbers, q: Numbers) -> Numbers:
    """Jensen–Shannon divergence along the last axis, in nats."""
    middle = (p + q) / 2
    return (_relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2


def _relative_entropy(p: Numbers, q: Numbers) -> Numbers:
    """Kullback–Leibler divergence along the last axis; an empty bin of ``p`` adds nothing."""
    present = p > 0
    ratio = np.where(present, p, 1) / np.where(present, q, 1)
    return np.asarray(np.sum(p * np.log(ratio), axis=-1))
