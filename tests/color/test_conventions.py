# SPDX-License-Identifier: Apache-2.0
"""What every function from image to image keeps to: shape, dtype, device, library, gradients.

The oracle for PyTorch is NumPy. PyTorch's device "meta" stands for any other than the processor:
a constant that were made elsewhere could not be mixed with it.
"""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from tintype.color.gamut import fit_chroma, in_gamut
from tintype.color.hsv import direction_to_hue, hsv_to_rgb, hue_to_direction, rgb_to_hsv
from tintype.color.lab import lab_to_rgb, rgb_to_lab
from tintype.color.luv import luv_to_rgb, rgb_to_lightness, rgb_to_luv

# Each with the name that its errors give the argument, and its argument's lows and highs.
RGB = ((0, 0, 0), (1, 1, 1))
LUV = ((0, -150, -150), (100, 200, 150))
FUNCTIONS = {
    rgb_to_luv: ("rgb", *RGB),
    luv_to_rgb: ("luv", *LUV),
    rgb_to_lightness: ("rgb", *RGB),
    rgb_to_lab: ("rgb", *RGB),
    lab_to_rgb: ("lab", (0, -80, -80), (100, 80, 80)),
    rgb_to_hsv: ("rgb", *RGB),
    hsv_to_rgb: ("hsv", *RGB),
    hue_to_direction: ("hue", (0,), (1,)),
    direction_to_hue: ("direction", (-1, -1), (1, 1)),
    fit_chroma: ("luv", *LUV),
    in_gamut: ("luv", *LUV),
}


@pytest.fixture(params=FUNCTIONS, ids=lambda function: function.__name__)
def function(request):
    return request.param


@pytest.fixture
def colors(function, rng, dtype) -> np.ndarray:
    """A batch of films of one frame each, ``(2, 1, C, 5, 7)``."""
    _, low, high = FUNCTIONS[function]
    channels_last = rng.uniform(low, high, (2, 1, 5, 7, len(low)))
    return np.moveaxis(channels_last, -1, -3).astype(dtype)


def test_numpy_and_torch_agree(function, colors):
    ours, torchs = function(colors), function(torch.from_numpy(colors))
    rounding = 3e-6 if colors.dtype == np.float32 else 1e-13
    assert_allclose(torchs.numpy(), ours, rtol=rounding, atol=100 * rounding)


def test_what_goes_in_comes_out(function, colors, dtype):
    ours, torchs = function(colors), function(torch.from_numpy(colors))
    elsewhere = function(torch.from_numpy(colors).to("meta"))
    assert isinstance(ours, np.ndarray)
    assert ours.dtype == (bool if function is in_gamut else dtype)
    assert torchs.numpy().dtype == ours.dtype
    assert elsewhere.device.type == "meta"
    assert elsewhere.dtype == torchs.dtype
    assert ours.shape == tuple(torchs.shape) == tuple(elsewhere.shape)


def test_leading_axes_pass_through(function, colors):
    assert function(colors).ndim == 5
    assert function(colors).shape[:2] == (2, 1)
    assert function(colors).shape[3:] == (5, 7)
    assert_allclose(function(colors)[1, 0], function(colors[1, 0]), rtol=1e-6)


def test_the_argument_stays_as_it_was(function, colors):
    before = colors.copy()
    colors.flags.writeable = False
    function(colors)
    assert (colors == before).all()


def test_an_empty_image_is_an_image(function, colors):
    assert function(colors[..., :0, :]).shape[-2:] == (0, 7)


# The corners of the range and what lies between them, and every lightness without chroma: among
# these are black, white and grey, where roots and quotients lose their gradients.
@pytest.mark.parametrize("function", [each for each in FUNCTIONS if each is not in_gamut])
def test_gradients_are_finite_everywhere(function, dtype):
    _, low, high = FUNCTIONS[function]
    levels = [np.linspace(*ends, 5) for ends in zip(low, high, strict=True)]
    corners = np.stack(np.meshgrid(*levels)).reshape(len(low), -1)
    neutral = np.zeros((len(low), 5))
    neutral[0] = levels[0]
    image = torch.tensor(np.hstack([corners, neutral])[:, None], dtype=getattr(torch, dtype))
    result = function(image.requires_grad_())
    result.sum().backward()
    assert result.isfinite().all()
    assert image.grad.isfinite().all()


def test_an_image_of_other_make_is_refused(function, colors):
    name, low, _ = FUNCTIONS[function]
    wanted = rf"{name} must be channels-first, \(\.\.\., {len(low)}, H, W\); got "
    channels_last = np.moveaxis(colors, -3, -1)
    with pytest.raises(ValueError, match=wanted + r"\(2, 1, 5, 7, \d\)"):
        function(channels_last)
    with pytest.raises(ValueError, match=wanted + r"\(4, 4\)"):
        function(np.zeros((4, 4)))
    with pytest.raises(ValueError, match=f"{name} must be floating, got uint8; convert it first"):
        function(colors.astype(np.uint8))
    with pytest.raises(ValueError, match=f"{name} must be floating, got torch.uint8"):
        function(torch.from_numpy(colors).to(torch.uint8))
