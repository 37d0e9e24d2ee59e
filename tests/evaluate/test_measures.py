# SPDX-License-Identifier: Apache-2.0
"""Each number is that of its own measure, and the two exceptions look where they should."""

import numpy as np
import pytest

from tintype.color.gamut import in_gamut
from tintype.color.luv import rgb_to_luv
from tintype.evaluate.candidates import Coloring
from tintype.evaluate.measures import Truth, measure, render
from tintype.metrics.color_difference import mean_ciede2000
from tintype.metrics.colorfulness import colorfulness
from tintype.metrics.error_curve import area_under_curve
from tintype.metrics.paper import bin_accuracy, squared_l2
from tintype.metrics.similarity import psnr, ssim


@pytest.fixture
def truth(color_pixels) -> Truth:
    return Truth.of(np.moveaxis(color_pixels, -1, 0).astype(np.float32) / 255)


def judge(truth: Truth, chroma: np.ndarray, lightness: np.ndarray | None = None):
    coloring = Coloring(chroma=chroma, lightness=lightness)
    picture = render(truth.luv[0], chroma)
    row, areas = measure(truth, coloring, picture)
    return row, areas, picture


def test_the_truth_itself_is_perfect(truth):
    row, areas, picture = judge(truth, truth.luv[1:])
    np.testing.assert_allclose(picture, truth.rgb, atol=1e-6)
    assert row["ciede2000"] == pytest.approx(0, abs=1e-4)
    assert np.isnan(row["psnr"])  # infinite, which a mean cannot hold
    assert row["ssim"] == pytest.approx(1)
    assert (row["auc"], row["acc_u"], row["acc1_v"]) == pytest.approx((1, 1, 1))
    assert (row["squared_l2"], row["undisplayable"]) == (0, 0)
    assert row["cf"] == pytest.approx(truth.numbers()["cf"], abs=1e-3)
    assert areas.sum() == pytest.approx(truth.classes.size, rel=1e-4)


def test_every_number_is_its_own_measures(truth):
    chroma = np.float32(0.5) * truth.luv[1:] + 3
    row, _, picture = judge(truth, chroma)
    assert row["ciede2000"] == pytest.approx(mean_ciede2000(picture, truth.rgb), rel=1e-4)
    assert row["psnr"] == psnr(picture, truth.rgb)
    assert row["ssim"] == ssim(picture, truth.rgb)
    assert row["cf"] == colorfulness(picture)
    assert [row["acc_u"], row["acc_v"]] == bin_accuracy(chroma, truth.luv[1:]).tolist()
    near = bin_accuracy(chroma, truth.luv[1:], tolerance=1).tolist()
    assert [row["acc1_u"], row["acc1_v"]] == near
    assert row["squared_l2"] == squared_l2(chroma, truth.luv[1:])
    pixels = truth.classes.size
    assert (row["rms_u"] ** 2 + row["rms_v"] ** 2) * pixels == pytest.approx(row["squared_l2"])
    assert row["auc"] == pytest.approx(
        area_under_curve(truth.lab[1:] * 0 + picture_ab(picture), truth.lab[1:]), rel=1e-5
    )


def picture_ab(picture: np.ndarray) -> np.ndarray:
    return Truth.of(picture).lab[1:]


def test_the_papers_measures_see_the_answer_and_the_others_the_display(truth):
    wild = np.full_like(truth.luv[1:], 170)  # beyond what most lightnesses can show
    row, _, picture = judge(truth, wild)
    outside = ~in_gamut(np.concatenate((truth.luv[:1], wild)))
    assert row["undisplayable"] == pytest.approx(outside.mean())
    assert row["rms_u"] == pytest.approx(
        float(np.sqrt(((170 - truth.luv[1]) ** 2).mean())), rel=1e-4
    )
    assert np.abs(rgb_to_luv(picture)[1:]).max() < 170


def test_lightness_is_the_true_one_to_the_steps_of_8_bits(truth):
    row, _, picture = judge(truth, np.full_like(truth.luv[1:], 40))
    assert row["lightness_error"] < 0.2
    assert np.abs(rgb_to_luv(picture)[0] - truth.luv[0]).max() < 1


def test_a_finished_picture_answers_for_its_own_lightness_and_was_fitted_by_its_maker(truth):
    row, _, _ = judge(truth, truth.luv[1:], lightness=truth.luv[0] + 5)
    assert row["lightness_error"] == pytest.approx(5, rel=1e-4)
    assert np.isnan(row["undisplayable"])
    assert row["ciede2000"] == pytest.approx(0, abs=1e-4)  # its colours are right all the same


def test_a_picture_too_small_for_ssim_has_none():
    truth = Truth.of(np.random.default_rng(0).random((3, 5, 40), dtype=np.float32))
    row, _, _ = judge(truth, truth.luv[1:] * 0)
    assert np.isnan(row["ssim"])
    assert row["ciede2000"] > 0
