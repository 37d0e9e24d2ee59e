# SPDX-License-Identifier: Apache-2.0
"""AuC: the area under the cumulative curve of chroma errors, plain and class-rebalanced.

For each threshold τ the curve holds the share of pixels whose a*b* lies within τ of the true one;
its area over τ in [0, 150], divided by 150, is 1 for the truth. Most pixels are nearly grey, so
constant grey scores high; the rebalanced variant lets each class of true colours count alike.

The share as a function of τ is a sum of steps, one a pixel at its own error e, and the area under
a step is max(0, 1 - e / 150): the exact area is the mean of that, with no sampling of τ.

Source: R. Zhang, P. Isola and A. A. Efros, "Colorful Image Colorization", ECCV 2016, section 4.1
(AuC; rebalancing by equation 4 with λ = 0); the classes are its a*b* grid of step 10.
"""

import numpy as np
from numpy.typing import NDArray

from tintype.color.srgb import check_image
from tintype.metrics.pairs import Array, Numbers, check_pair

LARGEST_ERROR = 150.0
"""The last threshold τ, in a*b* units."""

CLASS_STEP = 10.0
"""Width of a class of true colours, in a* and in b*."""

_REACH = 13  # classes on each side of grey: a*b* of sRGB lies within ±108, clipped at ±130
_ROW = 2 * _REACH + 1
CLASSES = _ROW**2
"""How many classes there are; about half of them hold colours that sRGB can show."""


def pixel_areas(predicted: Array, true: Array) -> Array:
    """Each pixel's own area under the curve, of which AuC is the mean.

    Args:
        predicted: ``(..., 2, H, W)`` a*, b* in CIE units.
        true: the same shape.

    Returns:
        ``(..., H, W)`` in [0, 1], same dtype: 1 - e / 150, not below 0.

    Raises:
        ValueError: the arrays are no pair of chroma planes.
    """
    check_pair(predicted, true, planes=2)
    error = np.hypot(*np.moveaxis(predicted - true, -3, 0))
    return np.asarray(np.maximum(0, 1 - error / LARGEST_ERROR))


def area_under_curve(predicted: Array, true: Array) -> Numbers:
    """AuC of each picture, every pixel counting alike.

    Args:
        predicted: ``(..., 2, H, W)`` a*, b* in CIE units.
        true: the same shape.

    Returns:
        ``(...)`` float64 in [0, 1].

    Raises:
        ValueError: the arrays are no pair of chroma planes.
    """
    areas = pixel_areas(predicted, true)
    return np.asarray(np.mean(areas, axis=(-2, -1), dtype=np.float64))


def color_classes(true: Array) -> NDArray[np.int64]:
    """The class of each pixel's true colour, on the a*b* grid of step 10 centred on grey.

    Args:
        true: ``(..., 2, H, W)`` a*, b* in CIE units.

    Returns:
        ``(..., H, W)`` int64 in [0, :data:`CLASSES`).

    Raises:
        ValueError: ``true`` is no pair of chroma planes.
    """
    check_image(true, "true", planes=2)
    cell = np.clip(np.rint(true / CLASS_STEP), -_REACH, _REACH).astype(np.int64) + _REACH
    return np.asarray(cell[..., 0, :, :] * _ROW + cell[..., 1, :, :])


def class_sums(values: Array, classes: NDArray[np.int64]) -> Numbers:
    """Sum ``values`` over the pixels of each class.

    Args:
        values: ``(..., H, W)``, such as :func:`pixel_areas`, or ones to count.
        classes: the same shape, from :func:`color_classes`.

    Returns:
        ``(CLASSES,)`` float64.
    """
    weights = values.ravel().astype(np.float64)
    return np.asarray(np.bincount(classes.ravel(), weights, CLASSES), dtype=np.float64)


def rebalanced_area(areas: Numbers, counts: Numbers) -> float:
    """Class-rebalanced AuC: the mean AuC of the classes that occur.

    It is the pixels' mean, each weighted by the inverse of its true class's share of all pixels.

    Args:
        areas: ``(CLASSES,)`` sums of :func:`pixel_areas`, over all photographs.
        counts: ``(CLASSES,)`` pixels of each class, over the same photographs.

    Returns:
        In [0, 1].

    Raises:
        ValueError: there are no pixels.
    """
    present = counts > 0
    if not present.any():
        raise ValueError("class-rebalanced AuC needs at least one pixel; every class is empty")
    return float(np.mean(areas[present] / counts[present]))


def class_weights(counts: Numbers) -> Numbers:
    """What a pixel of each class weighs, so that all classes that occur weigh alike.

    Args:
        counts: ``(CLASSES,)`` pixels of each class over all photographs.

    Returns:
        ``(CLASSES,)`` float64: 0 for a class that does not occur; the mean over pixels is 1.
    """
    present = counts > 0
    share = counts.sum() / max(int(present.sum()), 1)
    return np.where(present, share / np.where(present, counts, 1), 0.0)
