# SPDX-License-Identifier: Apache-2.0
"""What the network says about one photograph, at its own low resolution."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Prediction:
    """Chroma, and how sure the network is of it; its (h, w) covers the photograph exactly.

    Attributes:
        chroma: ``(2, h, w)`` float32: u*, v* in CIE units.
        confidence: ``(h, w)`` float32 in [0, 1], 1 where one colour alone is likely; None unless
            it was asked for.
        log_probabilities: ``(Q, h, w)`` float32, natural logarithms over the Q joint bins; None
            unless they were asked for.
    """

    chroma: NDArray[np.float32]
    confidence: NDArray[np.float32] | None = None
    log_probabilities: NDArray[np.float32] | None = None
