# SPDX-License-Identifier: Apache-2.0
"""The map of confidence covers the photograph, and says what the network says."""

import numpy as np
import pytest

from tintype.imaging.arrays import photograph_of_array
from tintype.inference.confidence import find_confidence
from tintype.inference.engine import Engine
from tintype.spec.hints import Hint
from tintype.spec.models import find_model
from tintype.spec.options import ColorizeOptions


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


def test_options_that_change_what_the_network_sees_change_the_map(engine, grey_pixels):
    photograph = photograph_of_array(grey_pixels)
    coarse, fine = (
        find_confidence(engine, photograph, ColorizeOptions(size=size)) for size in (64, 128)
    )
    assert min(fine.shape) == pytest.approx(2 * min(coarse.shape), abs=4)


def test_a_hint_makes_the_network_of_the_package_sure_about_its_place(grey_pixels):
    network = Engine(find_model("tintype-s"), device="cpu")
    photograph = photograph_of_array(np.kron(grey_pixels, np.ones((4, 4), np.uint8)))
    plain = find_confidence(network, photograph)
    hinted = find_confidence(network, photograph, hints=[Hint(180, 120, "#cc3311", 12)])
    row, column = (round(at * plain.shape[1] / 360) for at in (120, 180))
    assert hinted[row, column] > plain[row, column] + 0.05
