# SPDX-License-Identifier: Apache-2.0
"""Two looks at a photograph, from afar and from near, made one.

A network that sees more pixels than it was trained on sees other things: a wall turns into a sky.
So what a place is, it says from afar, at its own size; a look from near adds only what cannot be
seen from there, the detail that is gone when the near answer is made as small as the far one.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tintype.imaging.resize import resize
from tintype.inference.prediction import Prediction

Floats = NDArray[np.float32]

_LEAST = 1e-6  # of a cell that a hint covers


def merge(far: Prediction, near: Prediction) -> Prediction:
    """Add to a prediction the detail of another one at a larger size.

    Args:
        far: of the whole photograph, small.
        near: of the same, at least as large.

    Returns:
        A prediction of the size of ``near``; confidence and log-probabilities are those of
        ``far``, scaled up.
    """
    size, small = _size(near.chroma), _size(far.chroma)
    detail = near.chroma - resize(resize(near.chroma, small), size)
    confidence, logs = far.confidence, far.log_probabilities
    return replace(
        near,
        chroma=resize(far.chroma, size) + detail,
        confidence=None if confidence is None else resize(confidence, size),
        log_probabilities=None if logs is None else resize(logs, size),
    )


def scale_hints(planes: Floats, size: tuple[int, int]) -> Floats:
    """Hint planes at another size; what is hinted at all stays hinted, in its own colour.

    Args:
        planes: ``(3, h, w)``, from :func:`tintype.spec.hints.hints_to_planes`.
        size: the new (h, w).
    """
    chroma, mask = planes[:2], planes[2:]
    share = resize(mask, size)
    mean = resize(chroma * mask, size) / np.maximum(share, _LEAST)
    return np.concatenate((mean, share > _LEAST), dtype=np.float32)


def _size(planes: Floats) -> tuple[int, int]:
    return planes.shape[-2], planes.shape[-1]
