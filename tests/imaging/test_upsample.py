# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.transform import downscale_local_mean

from tintype.color.gamut import displayable_share, in_gamut
from tintype.imaging.resize import resize
from tintype.imaging.upsample import POINTS, fit, refine, rows_between, upsample

sides = st.integers(1, 70)


def cells_of(planes, size):
    """Planes at (H, W), averaged to (h, w) cells, as a perfect network would predict them."""
    return resize(planes.astype(np.float32), size)


def split_at(edge, size):
    """Dark green on the left of a column, light red on the right, as L*, u*, v* ``(3, H, W)``."""
    left, right = np.array([30.0, -20.0, 10.0]), np.array([75.0, 60.0, 25.0])
    of_right = np.clip(np.arange(size[1]) + 0.5 - edge, 0, 1)[None]
    mixed = left[:, None, None] + (right - left)[:, None, None] * of_right
    return np.broadcast_to(mixed, (3, *size)).astype(np.float32)


def error_near(edge, found, true, pixels=4):
    near = np.s_[:, :, max(0, edge - pixels) : edge + pixels]
    return float(np.hypot(*(found - true)[near]).mean())


# What bicubic interpolation leaves of such an edge is bleeding; the edge lies anywhere in a cell.
@pytest.mark.parametrize("edge", [160, 163, 166, 169, 172])
def test_colour_does_not_bleed_over_an_edge(edge):
    true = split_at(edge, (240, 320))
    chroma = cells_of(true[1:], (15, 20))
    bicubic = np.stack([cv2.resize(p, (320, 240), interpolation=cv2.INTER_CUBIC) for p in chroma])
    ours = error_near(edge, upsample(chroma, true[0]), true[1:])
    assert ours < 0.35 * error_near(edge, bicubic, true[1:])


@pytest.mark.parametrize("edge", [80, 87, 93])
@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_an_edge_stays_where_it_is_from_all_sides(edge, turn):
    """Its colours lie as if mirrored: nothing has moved by part of a pixel in one direction."""
    true = split_at(edge, (160, 160))
    turned = np.rot90(true, turn, axes=(1, 2))
    found = upsample(cells_of(turned[1:], (10, 10)), np.ascontiguousarray(turned[0]))
    back = np.rot90(found, -turn, axes=(1, 2))
    straight = upsample(cells_of(true[1:], (10, 10)), true[0])
    np.testing.assert_allclose(back, straight, rtol=0, atol=0.02)


# On flat lightness, what a ramp's cells say is a ramp again, at every pixel's own centre.
@pytest.mark.parametrize("size", [(96, 160), (101, 333), (24, 40), (300, 500)])
def test_nothing_moves(size):
    ramp = np.stack(np.meshgrid(np.linspace(-30, 30, 40), np.linspace(-20, 20, 24)))
    at = [(np.arange(n) + 0.5) * cells / n - 0.5 for n, cells in zip(size, (24, 40), strict=True)]
    expected = np.stack(
        np.meshgrid(
            np.interp(at[1], np.arange(40), ramp[0, 0]),
            np.interp(at[0], np.arange(24), ramp[1, :, 0]),
        )
    )
    found = upsample(ramp.astype(np.float32), np.full(size, 50, np.float32))
    inside = np.s_[:, size[0] // 6 : -size[0] // 6, size[1] // 6 : -size[1] // 6]
    np.testing.assert_allclose(found[inside], expected[inside], rtol=0, atol=0.15)


def test_grain_does_not_become_colour_noise(rng):
    grain = (50 + 12 * rng.standard_normal((300, 400))).astype(np.float32)
    u, v = np.meshgrid(np.linspace(-30, 30, 24), np.linspace(10, 40, 18))
    chroma = np.stack((u, v)).astype(np.float32)
    clear = upsample(chroma, np.full_like(grain, 50))
    assert np.hypot(*(upsample(chroma, grain) - clear)).mean() < 0.5  # of chroma around 40


@given(height=sides, width=sides, cells=st.tuples(st.integers(1, 9), st.integers(1, 9)))
def test_one_colour_stays_one_colour_at_any_size(height, width, cells):
    lightness = np.random.default_rng(height * width).uniform(40, 70, (height, width))
    chroma = np.broadcast_to(np.float32([[[15]], [[-25]]]), (2, *cells))
    found = upsample(chroma, lightness.astype(np.float32))
    assert found.shape == (2, height, width)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0], 15, atol=0.05)
    np.testing.assert_allclose(found[1], -25, atol=0.05)


@given(height=sides, width=sides, cells=st.tuples(st.integers(1, 9), st.integers(1, 9)))
def test_one_hue_stays_one_hue_on_any_lightness(height, width, cells):
    lightness = np.random.default_rng(height * width).uniform(0, 100, (height, width))
    chroma = np.broadcast_to(np.float32([[[30]], [[-70]]]), (2, *cells))
    u, v = upsample(chroma, lightness.astype(np.float32))
    np.testing.assert_allclose(7 * u, -3 * v, atol=0.1)


def test_cells_keep_what_the_network_said(rng, grey_pixels):
    chroma = rng.normal(0, 10, (2, 15, 22)).astype(np.float32)
    lightness = 40 + resize(grey_pixels, (60, 88)) / np.float32(8.5)  # shows them all: 40 to 70
    means = np.stack([downscale_local_mean(p, (4, 4)) for p in refine(chroma, lightness)])
    lost = np.hypot(*(means - chroma)).mean() / np.hypot(*chroma).mean()
    assert lost < 0.1  # for cells that know nothing of each other; a network's do


# Rows of shadow, whose colour sRGB cannot show, among rows of light that can take it.
def test_a_cells_colour_goes_to_where_it_can_be_seen():
    chroma = np.broadcast_to(np.float32([[[40]], [[20]]]), (2, 6, 6))
    lightness = np.where(np.arange(24) % 4 < 2, 12, 60)[:, None] * np.ones((1, 24))
    refined = refine(chroma, lightness.astype(np.float32))
    assert (refined[:, lightness == 60].min(axis=1) > [50, 25]).all()
    assert np.hypot(*refined[:, lightness == 12]).max() < 20


def test_every_point_can_show_its_colour_a_little_darker_and_lighter_too(rng):
    lightness = rng.uniform(0, 100, (80, 120)).astype(np.float32)
    refined = refine(rng.normal(0, 60, (2, 20, 30)).astype(np.float32), lightness)
    assert np.hypot(*refined).max() > 50
    for by in (-2, 0, 2):
        shown = np.clip(lightness + np.float32(by), 0, 100)
        assert in_gamut(np.concatenate((shown[None], refined)), tolerance=1e-4).mean() > 0.999


# Equations 5 and 6 of He et al. at one point, by hand: a = cov(I, p) / (var(I) + eps) under the
# window's weights; a field exact at the point has b = p - a I.
def test_a_field_is_the_guided_filters_line_through_each_point(rng):
    lightness = rng.uniform(0, 100, (21, 21)).astype(np.float32)
    lightness[10, 10] = 55  # no shadow
    chroma = rng.uniform(-80, 80, (2, 21, 21)).astype(np.float32)
    field = fit(chroma, lightness)
    kernel = cv2.getGaussianKernel(21, 1.0)
    window = kernel @ kernel.T  # centred on the point (10, 10); beyond 5 sigma it is zero
    mean = np.sum(window * lightness)
    variance = np.sum(window * lightness**2) - mean**2
    for plane, slope, offset in zip(chroma, *field.coefficients, strict=True):
        covariance = np.sum(window * lightness * plane) - mean * np.sum(window * plane)
        assert slope[10, 10] == pytest.approx(covariance / (variance + 150), rel=0.02)
        np.testing.assert_allclose(slope * lightness + offset, plane, rtol=0, atol=1e-3)


# All colours of one hue and of the greatest saturation that can be shown lie on a line from black.
def test_in_the_shadows_a_strong_colour_fades_towards_black():
    lightness = np.full((9, 9), 20, np.float32)
    strongest = displayable_share(lightness, 0 * lightness, 0 * lightness + 200) * 200
    for strength, expected in ((1.0, 1.0), (0.75, 2 / 3), (0.5, 0.0)):
        chroma = np.stack((0 * lightness, strength * strongest))
        field = fit(chroma, lightness)
        at_half = field.over(lightness / 2)[1] / chroma[1]
        np.testing.assert_allclose(at_half, 1 - expected / 2, rtol=1e-3)


def test_rows_of_a_field_lie_between_its_own():
    ramp = np.arange(5, dtype=np.float32)[None, :, None] * np.ones((2, 1, 3), np.float32)
    field = fit(ramp, np.full((5, 3), 50, np.float32))
    _, offset = field.rows(np.array([-0.4, 0.0, 1.25, 3.5, 4.4]))
    np.testing.assert_allclose(offset[0, :, 0], [0, 0, 1.25, 3.5, 4], atol=1e-5)
    np.testing.assert_allclose(rows_between(slice(0, 4), 4, 8), [0.5, 2.5, 4.5, 6.5])


def test_says_when_shapes_do_not_belong_together():
    with pytest.raises(ValueError, match=f"{POINTS} points a side"):
        refine(np.zeros((2, 3, 4), np.float32), np.zeros((12, 15), np.float32))
