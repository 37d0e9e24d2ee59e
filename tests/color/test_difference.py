# SPDX-License-Identifier: Apache-2.0
"""Oracles: the authors' test data, scikit-image and colour-science.

The 34 pairs are Table 1 of G. Sharma, W. Wu and E. N. Dalal, "The CIEDE2000 color-difference
formula", Color Research and Application 30 (2005): pairs 1 to 6 try the turning of blues, 7 and 8
greys, 9 to 16 hues on opposite sides, 25 to 34 are from the formula's own fitting data.
"""

import colour
import numpy as np
import pytest
import skimage.color
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from tintype.color.difference import ciede2000

# fmt: off
SHARMA = np.array([  # L*, a*, b* of one colour, of the other, and their difference
    (50.0000,   2.6772, -79.7751, 50.0000,   0.0000, -82.7485,  2.0425),
    (50.0000,   3.1571, -77.2803, 50.0000,   0.0000, -82.7485,  2.8615),
    (50.0000,   2.8361, -74.0200, 50.0000,   0.0000, -82.7485,  3.4412),
    (50.0000,  -1.3802, -84.2814, 50.0000,   0.0000, -82.7485,  1.0000),
    (50.0000,  -1.1848, -84.8006, 50.0000,   0.0000, -82.7485,  1.0000),
    (50.0000,  -0.9009, -85.5211, 50.0000,   0.0000, -82.7485,  1.0000),
    (50.0000,   0.0000,   0.0000, 50.0000,  -1.0000,   2.0000,  2.3669),
    (50.0000,  -1.0000,   2.0000, 50.0000,   0.0000,   0.0000,  2.3669),
    (50.0000,   2.4900,  -0.0010, 50.0000,  -2.4900,   0.0009,  7.1792),
    (50.0000,   2.4900,  -0.0010, 50.0000,  -2.4900,   0.0010,  7.1792),
    (50.0000,   2.4900,  -0.0010, 50.0000,  -2.4900,   0.0011,  7.2195),
    (50.0000,   2.4900,  -0.0010, 50.0000,  -2.4900,   0.0012,  7.2195),
    (50.0000,  -0.0010,   2.4900, 50.0000,   0.0009,  -2.4900,  4.8045),
    (50.0000,  -0.0010,   2.4900, 50.0000,   0.0010,  -2.4900,  4.8045),
    (50.0000,  -0.0010,   2.4900, 50.0000,   0.0011,  -2.4900,  4.7461),
    (50.0000,   2.5000,   0.0000, 50.0000,   0.0000,  -2.5000,  4.3065),
    (50.0000,   2.5000,   0.0000, 73.0000,  25.0000, -18.0000, 27.1492),
    (50.0000,   2.5000,   0.0000, 61.0000,  -5.0000,  29.0000, 22.8977),
    (50.0000,   2.5000,   0.0000, 56.0000, -27.0000,  -3.0000, 31.9030),
    (50.0000,   2.5000,   0.0000, 58.0000,  24.0000,  15.0000, 19.4535),
    (50.0000,   2.5000,   0.0000, 50.0000,   3.1736,   0.5854,  1.0000),
    (50.0000,   2.5000,   0.0000, 50.0000,   3.2972,   0.0000,  1.0000),
    (50.0000,   2.5000,   0.0000, 50.0000,   1.8634,   0.5757,  1.0000),
    (50.0000,   2.5000,   0.0000, 50.0000,   3.2592,   0.3350,  1.0000),
    (60.2574, -34.0099,  36.2677, 60.4626, -34.1751,  39.4387,  1.2644),
    (63.0109, -31.0961,  -5.8663, 62.8187, -29.7946,  -4.0864,  1.2630),
    (61.2901,   3.7196,  -5.3901, 61.4292,   2.2480,  -4.9620,  1.8731),
    (35.0831, -44.1164,   3.7933, 35.0232, -40.0716,   1.5901,  1.8645),
    (22.7233,  20.0904, -46.6940, 23.0331,  14.9730, -42.5619,  2.0373),
    (36.4612,  47.8580,  18.3852, 36.2715,  50.5065,  21.2231,  1.4146),
    (90.8027,  -2.0831,   1.4410, 91.1528,  -1.6435,   0.0447,  1.4441),
    (90.9257,  -0.5406,  -0.9208, 88.6381,  -0.8985,  -0.7239,  1.5381),
    ( 6.7747,  -0.2908,  -2.4247,  5.8714,  -0.0985,  -2.2286,  0.6377),
    ( 2.0776,   0.0795,  -1.1350,  0.9033,  -0.0636,  -0.5514,  0.9082),
])
# fmt: on

LOW, HIGH = (0, -110, -110), (100, 110, 110)  # of L*, a*, b*, somewhat beyond sRGB
colors = st.tuples(*[st.floats(*ends) for ends in zip(LOW, HIGH, strict=True)]).map(
    lambda color: np.array(color).reshape(3, 1, 1)
)


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)], ids=["there", "back"])
def test_agrees_with_the_authors_test_data(make, dtype, order):
    one, other = (SHARMA[:, :3], SHARMA[:, 3:6])[order]
    difference = np.asarray(ciede2000(make(one), make(other)))
    assert_allclose(
        difference[0, 0], SHARMA[:, 6], rtol=0, atol=5.1e-5 if dtype == "float64" else 1e-4
    )


def test_agrees_with_scikit_image_and_colour_science(rng):
    one, other = rng.uniform(LOW, HIGH, (2, 5000, 3))
    difference = ciede2000(one.T[:, None], other.T[:, None])[0, 0]
    assert_allclose(difference, skimage.color.deltaE_ciede2000(one, other), atol=1e-11)
    assert_allclose(difference, colour.delta_E(one, other, method="CIE 2000"), atol=1e-11)


def test_single_precision_is_as_good_as_double(rng):
    one, other = rng.uniform(LOW, HIGH, (2, 5000, 3)).transpose(0, 2, 1)[:, :, None]
    in_single = ciede2000(one.astype(np.float32), other.astype(np.float32))
    assert in_single.dtype == np.float32
    assert_allclose(in_single, ciede2000(one, other), rtol=0, atol=5e-4)


@given(colors)
def test_equal_colors_do_not_differ(lab):
    assert ciede2000(lab, lab) == 0


@given(colors, colors)
def test_the_order_does_not_matter(one, other):
    there, back = ciede2000(one, other), ciede2000(other, one)
    assert there >= 0
    assert_allclose(there, back, rtol=0, atol=1e-10)


# Between greys only the term of lightness is left: |L1 - L2| / S_L, equations 15 and 22.
@pytest.mark.parametrize(("one", "other"), [(49, 51), (0, 100), (20, 40), (90, 91)])
def test_greys_differ_by_weighted_lightness(one, other, make):
    x = ((one + other) / 2 - 50) ** 2
    expected = abs(one - other) / (1 + 0.015 * x / (20 + x) ** 0.5)
    assert ciede2000(make([one, 0, 0]), make([other, 0, 0])).item() == pytest.approx(expected)


def test_one_color_is_compared_with_a_whole_image(rng):
    image = rng.uniform(LOW, HIGH, (2, 4, 5, 3)).transpose(0, 3, 1, 2)
    grey = np.array([50.0, 0, 0]).reshape(3, 1, 1)
    difference = ciede2000(image, grey)
    assert difference.shape == (2, 1, 4, 5)
    assert difference[1, 0, 2, 3] == ciede2000(image[1][:, 2:3, 3:4], grey)


@given(arrays(np.float64, (2, 3, 1, 1), elements=st.sampled_from([0.0, 50.0, 99.0])))
def test_gradients_are_finite_among_greys_and_equal_colors(pair):
    one, other = (torch.tensor(lab, requires_grad=True) for lab in pair)
    ciede2000(one, other).sum().backward()
    assert one.grad.isfinite().all()
    assert other.grad.isfinite().all()


def test_gradients_are_finite_where_chroma_is_too_faint_for_its_seventh_power():
    faint = torch.tensor([[50.0, 1e-7, 1e-7], [40.0, 1e-9, 0.0]]).T[:, None].requires_grad_()
    ciede2000(faint, torch.zeros(3, 1, 2)).sum().backward()
    assert faint.grad.isfinite().all()


def test_gradients_are_right(rng):
    one, other = (
        torch.tensor(lab.T[:, None].copy(), requires_grad=True)
        for lab in rng.uniform(LOW, HIGH, (2, 20, 3))
    )
    assert torch.autograd.gradcheck(ciede2000, (one, other))


def test_what_is_no_image_is_refused():
    image, flat = np.zeros((3, 1, 1)), np.zeros((3, 1))
    with pytest.raises(ValueError, match="lab1 must be channels-first"):
        ciede2000(flat, image)
    with pytest.raises(ValueError, match="lab2 must be floating, got int64"):
        ciede2000(image, image.astype(np.int64))
