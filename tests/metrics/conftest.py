# SPDX-License-Identifier: Apache-2.0
"""A photograph as the measures take it, and a poor imitation of it."""

import numpy as np
import pytest


@pytest.fixture
def true(color_pixels) -> np.ndarray:
    """(3, 61, 90) float64 in [0, 1]."""
    return np.moveaxis(color_pixels, -1, 0) / 255


@pytest.fixture
def predicted(true, rng) -> np.ndarray:
    """The same photograph, paler and noisy, on the steps of 8 bits."""
    pale = 0.6 * true + 0.4 * true.mean(axis=0) + rng.normal(0, 0.03, true.shape)
    return np.rint(pale.clip(0, 1) * 255) / 255
