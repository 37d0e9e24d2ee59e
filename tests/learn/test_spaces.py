import pytest
import torch
from torch.testing import assert_close

from tintype.color.luv import luv_to_rgb, rgb_to_lightness, rgb_to_luv
from tintype.learn.spaces import HSV, LUV


@pytest.mark.parametrize("space", [LUV, HSV])
def test_apart_and_together_is_the_photograph(space):
    rgb = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    luv = space.join(*space.split(rgb))
    assert_close(luv_to_rgb(luv), rgb, atol=1e-6, rtol=0)


def test_luv_knows_lightness():
    rgb = torch.rand(1, 3, 4, 4)
    grey, chroma = LUV.split(rgb)
    assert_close(grey, rgb_to_luv(rgb)[:, :1])
    assert_close(chroma, rgb_to_luv(rgb)[:, 1:])


def test_hsv_knows_the_largest_channel():
    """Pure blue has V = 1, so a network for HSV sees white; its H is 2/3, its S is 1."""
    blue = torch.tensor([0.0, 0.0, 1.0]).reshape(1, 3, 1, 1)
    grey, color = HSV.split(blue)
    assert grey.item() == pytest.approx(100, abs=1e-4)
    assert color.flatten().tolist() == pytest.approx([2 / 3, 1])


def test_a_wrong_saturation_moves_lightness_too():
    """The paper's reason against HSV: what is known there is not how light a colour looks."""
    red = torch.tensor([1.0, 0.0, 0.0]).reshape(1, 3, 1, 1)
    grey, color = HSV.split(red)
    color[:, 1] = 0.0
    assert HSV.join(grey, color)[0, 0].item() == pytest.approx(100, abs=1e-3)
    assert rgb_to_lightness(red).item() == pytest.approx(53.24, abs=0.01)


def test_enlarging_hues_goes_the_short_way_round():
    """Between 0.98 and 0.02 lies red, not cyan; a grey neighbour has no say in the hue."""
    color = torch.tensor([[[0.98, 0.02]], [[1.0, 1.0]]])[None]
    hues = HSV.enlarge(color, (1, 8))[0, 0, 0]
    assert ((hues > 0.97) | (hues < 0.03)).all()
    beside_grey = torch.tensor([[[0.3, 0.9]], [[1.0, 0.0]]])[None]
    assert_close(HSV.enlarge(beside_grey, (1, 4))[0, 0, 0, 1:3], torch.tensor([0.3, 0.3]))


def test_enlarging_chroma_is_bilinear():
    chroma = torch.tensor([[[0.0, 8.0]], [[-4.0, 4.0]]])[None]
    assert_close(LUV.enlarge(chroma, (1, 4))[0, 0, 0], torch.tensor([0.0, 2.0, 6.0, 8.0]))
