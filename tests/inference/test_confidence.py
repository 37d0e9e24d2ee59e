# SPDX-License-Identifier: Apache-2.0
"""The map of confidence covers the photograph, and says what the network says."""

import numpy as np
import pytest

from tintype.imaging.arrays import photograph_of_array
from tintype.inference.confidence import find_confidence
from tintype.inference.engine import Engine
from tintype.spec.models import find_model


@pytest.fixture(scope="module")
def engine(stand_in) -> Engine:
    return Engine(find_model(stand_in.file), device="cpu", threads=1)


def test_it_has_the_photographs_shape_and_the_networks_values(engine, grey_pixels):
    found = find_confidence(engine, photograph_of_array(grey_pixels))
    height, width = grey_pixels.shape
    assert found.shape[1] / found.shape[0] == pytest.approx(width / height, rel=0.05)
    assert 0 <= found.min() < found.max() <= 1


def test_the_border_around_a_picture_is_sure(engine, rng):
    scan = np.full((400, 600), 250, np.uint8)
    scan[60:340, 90:510] = rng.integers(20, 120, (280, 420))
    found = find_confidence(engine, photograph_of_array(scan))
    assert found[2, 2] == found[-3, -3] == 1
    rows, columns = found.shape
    assert found[rows // 2, columns // 2] < 1


def test_where_the_network_cannot_decide_it_is_not_sure(engine):
    dark, middle = (
        find_confidence(engine, photograph_of_array(np.full((64, 64), level, np.uint8))).mean()
        for level in (255, 70)
    )
    assert dark > middle
