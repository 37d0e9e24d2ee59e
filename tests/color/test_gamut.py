# SPDX-License-Identifier: Apache-2.0
"""Oracle: a search for the edge by bisection, on colour-science's way back from CIELUV."""

import colour
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from tintype.color.gamut import Room, displayable_share, fit_chroma, in_gamut
from tintype.color.luv import luv_to_rgb, rgb_to_luv

colors = st.tuples(st.floats(0, 100), st.floats(-300, 300), st.floats(-300, 300)).map(
    lambda luv: np.array(luv).reshape(3, 1, 1)
)
colors32 = colors.map(lambda luv: luv.astype(np.float32))


def kept_by_bisection(luv: np.ndarray, rgb_to_xyz: np.ndarray, d65: np.ndarray) -> np.ndarray:
    """Of ``(N, 3)`` the share of chroma, up to 1, up to which R, G and B are all in [0, 1]."""
    to_rgb = np.linalg.inv(rgb_to_xyz)
    inside, outside = np.zeros(len(luv)), np.ones(len(luv))
    for _ in range(50):
        middle = (inside + outside) / 2
        scaled = luv * np.stack([np.ones_like(middle), middle, middle], axis=1)
        xyz = colour.Luv_to_XYZ(scaled, d65)
        rgb = xyz @ to_rgb.T
        fits = (rgb >= 0).all(axis=1) & (rgb <= 1).all(axis=1) & (xyz >= 0).all(axis=1)
        inside, outside = np.where(fits, middle, inside), np.where(fits, outside, middle)
    return inside


def test_finds_the_edge_that_bisection_finds(rng, rgb_to_xyz, d65):
    luv = rng.uniform((1, -250, -250), (99, 250, 250), (2000, 3))
    expected = kept_by_bisection(luv, rgb_to_xyz, d65)
    assert 0.02 < (expected > 1 - 1e-9).mean() < 0.98  # colours of either kind
    fitted = fit_chroma(luv.T[:, None])[:, 0].T
    assert_allclose(fitted[:, 1:], expected[:, None] * luv[:, 1:], rtol=0, atol=1e-9)


def test_colors_that_fit_stay_as_they_are(cube, make):
    inside = make(0.002 + 0.996 * cube)
    luv = rgb_to_luv(inside)
    assert (fit_chroma(luv) == luv).all()


def test_colors_on_the_surface_move_by_rounding_only(make, dtype):
    primaries = rgb_to_luv(make([(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1)]))
    tolerance = 1e-3 if dtype == "float32" else 1e-11
    assert abs(fit_chroma(primaries) - primaries).max() < tolerance


@given(colors | colors32)
def test_lightness_and_hue_are_kept_and_chroma_never_grows(luv):
    fitted = fit_chroma(luv)
    (lightness, u, v), (fitted_lightness, fitted_u, fitted_v) = luv.ravel(), fitted.ravel()
    assert fitted_lightness == lightness
    assert abs(fitted_u) <= abs(u)
    assert abs(fitted_v) <= abs(v)
    assert fitted_u * u >= 0
    assert fitted_v * v >= 0
    assert fitted_u * float(v) == pytest.approx(fitted_v * float(u), rel=1e-6, abs=1e-30)


@given(colors)
def test_what_comes_out_can_be_shown(luv):
    assert in_gamut(fit_chroma(luv), tolerance=1e-11)


@given(colors32)
def test_what_comes_out_can_be_shown_in_single_precision(luv):
    assert in_gamut(fit_chroma(luv))


@given(colors)
def test_no_more_chroma_could_have_been_kept(luv):
    fitted = fit_chroma(luv)
    if np.abs(fitted[1:]).max() < np.abs(luv[1:]).max() and 0.1 < luv[0] < 99.9:
        beyond = fitted * np.array([1, 1.0001, 1.0001]).reshape(3, 1, 1)
        assert not in_gamut(beyond, tolerance=0)


@given(colors)
def test_fitting_twice_changes_nothing_more(luv):
    fitted = fit_chroma(luv)
    assert_allclose(fit_chroma(fitted), fitted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("lightness", [-5, 0, 100, 120])
def test_black_white_and_beyond_have_no_room_for_chroma(lightness, make):
    fitted = np.asarray(fit_chroma(make([[lightness, 40, -30], [lightness, -40, 30]])))
    assert (fitted[0] == lightness).all()
    assert (fitted[1:] == 0).all()


def test_gradients_are_right():
    luv = torch.tensor([[20.0, 50, 90], [90, 10, -70], [50, 5, 60]], dtype=torch.float64)
    assert torch.autograd.gradcheck(fit_chroma, luv[:, None].requires_grad_())


@given(arrays(np.float64, (3, 1, 1), elements=st.floats(0, 1)))
def test_every_color_of_srgb_is_in_its_gamut(rgb):
    assert in_gamut(rgb_to_luv(rgb))


def test_the_tolerance_is_in_encoded_srgb(make):
    luv = make([60, -60, 70])
    worst = float(-luv_to_rgb(luv).min())
    assert worst > 0.001
    assert in_gamut(luv, tolerance=1.01 * worst).all()
    assert not in_gamut(luv, tolerance=0.99 * worst).any()


def test_black_can_be_shown_whatever_its_chroma(make):
    assert in_gamut(make([0, 80, -80])).all()


def test_each_pixel_has_its_own_answer(make):
    shown = in_gamut(make([[50, 0, 0], [50, 300, 0], [50, 10, 10]]))
    assert np.asarray(shown).tolist() == [[[True, False, True]]]


def test_room_between_two_lightnesses_is_room_at_both(rng):
    darkest = rng.uniform(0, 96, 100_000)
    lightest = darkest + 4
    chroma = rng.normal(0, 60, (2, 100_000))
    kept = Room.between(darkest, lightest).share(*chroma) * chroma
    length = np.hypot(*kept)
    assert ((1 - displayable_share(lightest, *kept)) * length).max() < 1e-9
    too_strong = (1 - displayable_share(darkest, *kept)) * length
    assert too_strong.max() < 1.5
    assert np.mean(too_strong > 1e-9) < 1e-4
    fitted = [displayable_share(shade, *chroma) for shade in (darkest, lightest)]
    assert_allclose(np.hypot(*kept), np.minimum(*fitted) * np.hypot(*chroma), atol=1.5)
