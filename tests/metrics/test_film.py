# SPDX-License-Identifier: Apache-2.0
"""Oracles: SciPy's Jensen–Shannon distance and its interpolation; motion known by construction."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates
from scipy.spatial.distance import jensenshannon

from tintype.metrics.film import (
    chroma_warping_error,
    color_distribution_consistency,
    histograms,
    visible_in_both,
    warp,
    warping_error,
)


def flow(x: float, y: float, size: tuple[int, int] = (20, 30)) -> np.ndarray:
    """The same motion everywhere."""
    return np.stack([np.full(size, float(x)), np.full(size, float(y))])


def test_histograms_are_shares_per_channel(true):
    shares = histograms(true)
    assert shares.shape == (3, 256)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    expected = np.histogram(np.rint(true[1] * 255), bins=256, range=(-0.5, 255.5))[0]
    np.testing.assert_allclose(shares[1] * true[1].size, expected)


def test_cdc_is_scipys_divergence_averaged_over_channels_and_steps(true):
    frames = [histograms(true ** (1 + 0.1 * t)) for t in range(6)]
    expected = np.mean(
        [
            np.mean(
                [
                    jensenshannon(frames[t][c], frames[t + step][c]) ** 2
                    for t in range(6 - step)
                    for c in range(3)
                ]
            )
            for step in (1, 2, 4)
        ]
    )
    assert color_distribution_consistency(frames) == pytest.approx(expected)


def test_cdc_of_a_still_is_zero_and_of_disjoint_colours_ln_2():
    black, white = histograms(np.zeros((3, 4, 4))), histograms(np.ones((3, 4, 4)))
    assert color_distribution_consistency([black] * 5) == 0
    assert color_distribution_consistency([black, white], steps=(1,)) == pytest.approx(np.log(2))


def test_cdc_refuses_a_film_that_is_too_short(true):
    with pytest.raises(ValueError, match="more than 4 frames"):
        color_distribution_consistency([histograms(true)] * 4)


def test_warp_is_bilinear_sampling_at_the_motions_end(true, rng):
    motion = rng.uniform(-3, 3, (2, *true.shape[1:]))
    rows, columns = np.indices(true.shape[1:])
    points = np.stack([rows + motion[1], columns + motion[0]])
    expected = [map_coordinates(plane, points, order=1, mode="nearest") for plane in true]
    np.testing.assert_allclose(warp(true, motion), expected, atol=0.02)  # OpenCV: 1/32 pixel


def test_a_shifted_picture_comes_back_where_it_was(rng):
    earlier = rng.random((3, 20, 30))
    later = np.roll(earlier, (2, 5), axis=(1, 2))
    returned = warp(later, flow(5, 2))
    np.testing.assert_allclose(returned[:, :-2, :-5], earlier[:, :-2, :-5], atol=1e-6)


def test_a_film_that_moves_without_changing_has_no_warping_error(rng):
    earlier = rng.random((3, 20, 30))
    later = np.roll(earlier, (2, 5), axis=(1, 2))
    visible = np.zeros((20, 30), dtype=bool)
    visible[:-2, :-5] = True
    assert warping_error(earlier, later, flow(5, 2), visible) == pytest.approx(0, abs=1e-10)
    # each channel 0.1 brighter: 3 · 0.1²
    brighter = later + 0.1
    assert warping_error(earlier, brighter, flow(5, 2), visible) == pytest.approx(0.03, rel=1e-5)


def test_of_chroma_alone_the_error_is_in_squared_cie_units(rng):
    earlier = rng.normal(0, 30, (2, 20, 30))
    later = np.roll(earlier, (2, 5), axis=(1, 2)) + np.array([3.0, -4.0])[:, None, None]
    visible = np.zeros((20, 30), dtype=bool)
    visible[:-2, :-5] = True
    assert chroma_warping_error(earlier, later, flow(5, 2), visible) == pytest.approx(25, rel=1e-5)
    with pytest.raises(ValueError, match="visible must be"):
        chroma_warping_error(earlier, later, flow(5, 2), visible[1:])


def test_nothing_visible_has_no_error_to_tell(rng):
    frame = rng.random((3, 20, 30))
    assert np.isnan(warping_error(frame, frame, flow(0, 0), np.zeros((20, 30), dtype=bool)))


def test_motion_that_does_not_return_is_occluded():
    assert visible_in_both(flow(3, 1), flow(-3, -1)).all()
    assert not visible_in_both(flow(3, 1), flow(3, 1)).any()


def test_an_edge_of_the_motion_is_not_trusted():
    forward = flow(0, 0)
    forward[0, :, 15:] = 4
    visible = visible_in_both(forward, -forward)
    assert not visible[:, 14:16].any()
    assert visible[:, :12].all()


def test_flows_of_another_size_are_refused(true):
    with pytest.raises(ValueError, match=r"flow must be \(2, H, W\) of the frame"):
        warp(true, flow(0, 0))
    with pytest.raises(ValueError, match="visible must be"):
        warping_error(true, true, flow(0, 0, (61, 90)), np.ones((2, 2), dtype=bool))
