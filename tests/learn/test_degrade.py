# SPDX-License-Identifier: Apache-2.0
"""Spoiled lightness: only as asked, only the grey, and the same again at the same step."""

from dataclasses import replace

import pytest
import torch

from tintype.learn.augment import Augment
from tintype.learn.degrade import degrade

RAMP = torch.linspace(0, 100, 32).expand(200, 1, 32, 32)


def spoil(augment, *, seed=0, step=0):
    return degrade(RAMP, augment, seed=seed, step=step)


def test_nothing_is_done_unasked():
    assert spoil(Augment()) is RAMP


def test_a_step_draws_the_same_again_and_another_one_something_else():
    film = Augment(exposure=0.3, grain=4.0, fade=0.2, blur=1.0)
    assert torch.equal(spoil(film, step=7), spoil(film, step=7))
    assert not torch.equal(spoil(film, step=7), spoil(film, step=8))
    assert not torch.equal(spoil(film, step=7), spoil(film, seed=1, step=7))


def test_exposure_keeps_black_and_white_and_the_order_of_tones():
    exposed = spoil(Augment(exposure=0.5))
    torch.testing.assert_close(exposed[..., 0], RAMP[..., 0])
    torch.testing.assert_close(exposed[..., -1], RAMP[..., -1])
    assert (exposed.diff(dim=-1) > 0).all()
    middle = exposed[:, 0, 0, 16]
    changed = (middle - RAMP[0, 0, 0, 16]).abs() > 0.5
    assert 0.35 < changed.float().mean() < 0.6
    assert middle.min() < 45 < 60 < middle.max()


def test_fading_takes_the_ends_and_never_more_than_asked():
    faded = spoil(Augment(fade=0.2))
    black, white = faded[:, 0, 0, 0], faded[:, 0, 0, -1]
    assert 0 <= black.min() < 1
    assert 15 < black.max() <= 20
    assert 80 <= white.min() < 85


def test_grain_is_noise_of_no_more_than_its_deviation():
    noise = (spoil(Augment(grain=4.0)) - RAMP)[..., 8:24].std(dim=(1, 2, 3))
    assert 3 < noise.max() < 4.4
    assert (noise < 1e-3).float().mean() == pytest.approx(0.75, abs=0.12)


def test_blur_is_a_gaussian_of_each_crop_of_no_more_than_its_deviation():
    point = torch.zeros(200, 1, 33, 33)
    point[:, 0, 16, 16] = 100
    blurred = degrade(point, Augment(blur=1.5), seed=0, step=0)
    torch.testing.assert_close(blurred.sum(dim=(1, 2, 3)), torch.full((200,), 100.0))
    torch.testing.assert_close(blurred, blurred.mT)
    at = torch.arange(33.0) - 16
    sigma = (blurred.sum(dim=2)[:, 0] / 100 @ at.square()).sqrt()
    assert 1.3 < sigma.max() <= 1.5
    assert (sigma < 1e-3).float().mean() == pytest.approx(0.75, abs=0.12)


def test_blur_keeps_plain_surfaces_up_to_their_borders():
    plain = torch.full((50, 1, 16, 16), 40.0)
    torch.testing.assert_close(degrade(plain, Augment(blur=1.0), seed=0, step=0), plain)


def test_blur_draws_last_so_that_older_recipes_draw_as_they_did():
    film = Augment(exposure=0.3, grain=4.0, fade=0.2)
    assert torch.equal(spoil(film, step=7), spoil(replace(film, blur=1e-4), step=7))


def test_what_comes_back_is_lightness():
    film = spoil(Augment(exposure=1.0, grain=30.0, fade=0.3))
    assert film.min() >= 0
    assert film.max() <= 100
    assert film.shape == RAMP.shape
