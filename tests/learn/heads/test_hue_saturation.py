import math

import pytest
import torch
from torch.testing import assert_close

from tintype.learn.heads.hue_saturation import (
    HueSaturationBinsConfig,
    HueSaturationRegressionConfig,
    average_down,
)


def color(hue: float, saturation: float) -> torch.Tensor:
    return torch.tensor([hue, saturation]).reshape(1, 2, 1, 1)


def test_hue_is_a_circle_for_the_regression():
    head = HueSaturationRegressionConfig().build(4, 1)
    just_below = torch.tensor([math.cos(-0.06), math.sin(-0.06), 1.0]).reshape(1, 3, 1, 1)
    opposite = torch.tensor([-1.0, 0.0, 1.0]).reshape(1, 3, 1, 1)
    red = color(0.0, 1.0)
    assert head.loss(just_below, red) < 0.01
    assert head.loss(opposite, red).item() == pytest.approx(4.0, rel=1e-3)


def test_grey_has_no_hue_to_get_wrong():
    raw = torch.tensor([[-1.0, 1.0], [0.0, 0.0], [0.0, 1.0]]).reshape(1, 3, 1, 2)
    truth = torch.tensor([[0.0, 0.0], [0.0, 1.0]]).reshape(1, 2, 1, 2)  # a grey and a red pixel
    head = HueSaturationRegressionConfig().build(4, 1)
    assert head.loss(raw, truth).item() == pytest.approx(4 * 1e-3 / 1.002, rel=1e-3)


def test_regression_decodes_direction_and_saturation():
    head = HueSaturationRegressionConfig().build(4, 1)
    raw = torch.tensor([0.0, -0.3, 1.7]).reshape(1, 3, 1, 1)
    assert_close(head.decode(raw), color(0.75, 1.0))


def test_bins_decode_to_centres():
    """50 bins round the circle: bin 12 is [0.24, 0.26); of S: bin 49 is [0.98, 1]."""
    head = HueSaturationBinsConfig().build(4, 1)
    raw = torch.zeros(1, 100, 1, 1)
    raw[0, 12], raw[0, 50 + 49] = 9.0, 9.0
    assert_close(head.decode(raw), color(0.25, 0.99))


def test_bins_loss_by_hand():
    head = HueSaturationBinsConfig().build(4, 1)
    even = torch.zeros(1, 100, 1, 1)
    assert head.loss(even, color(0.3, 0.7)).item() == pytest.approx(2 * math.log(50))
    sure = even.clone()
    sure[0, 15], sure[0, 50 + 35] = 60.0, 60.0
    assert head.loss(sure, color(0.31, 0.71)).item() == pytest.approx(0, abs=1e-4)


def test_hues_on_both_sides_of_red_average_to_red():
    hues = torch.tensor([[0.98, 0.02], [0.98, 0.02]])
    both = torch.stack((hues, torch.ones(2, 2)))[None]
    direction, saturation = average_down(both, 2)
    assert_close(direction.flatten(), torch.tensor([1.0, 0.0]), atol=1e-6, rtol=0)
    assert saturation.item() == 1.0
