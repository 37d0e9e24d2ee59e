# SPDX-License-Identifier: Apache-2.0
"""Oracles: the paper's numbers, scikit-image, SciPy, PyTorch's softmax, and sums worked by hand."""

import numpy as np
import pytest
import skimage.color
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from tintype.color.bins import ChannelBins, JointBins, rarity_weights
from tintype.color.luv import rgb_to_luv

PAPER = ChannelBins()
JOINT = JointBins(20.0)  # coarse, to be quick

chroma_values = st.floats(-300, 300)


def spread(bins: JointBins, chroma: np.ndarray) -> np.ndarray:
    """The soft encoding of one color as log-probabilities, ``(Q, 1, 1)``."""
    classes, weights = bins.encode(chroma.reshape(2, 1, 1))
    probabilities = np.bincount(classes.ravel(), weights.ravel(), bins.count)
    with np.errstate(divide="ignore"):
        return np.log(probabilities).reshape(-1, 1, 1)


# Hwang & Zhou 2016, section 3.6: 50 equal bins per channel over [-100, 100].
def test_the_papers_bins_are_50_of_width_4():
    assert (PAPER.count, PAPER.width) == (50, 4)
    assert_allclose(PAPER.centers, range(-98, 99, 4))


@pytest.mark.parametrize(
    ("value", "index"),
    [(-100, 0), (-96.001, 0), (-96, 1), (0, 25), (-0.001, 24), (99.99, 49), (100, 49)],
)
def test_a_bin_holds_its_lower_edge_and_the_last_its_upper_too(value, index, make):
    assert PAPER.encode(make([value, value, value])).ravel().tolist() == [index] * 3


def test_values_outside_fall_into_the_outermost_bins(make):
    assert PAPER.encode(make([-134.1, 175, 1e9])).ravel().tolist() == [0, 49, 49]


def test_the_paper_loses_a_seventh_of_the_cube(cube):
    middles = (cube * 20 + 0.5) / 21  # of equal cells, not half of them on the surface
    chroma = rgb_to_luv(middles.T[:, None])[1:]
    outside = (chroma < PAPER.low) | (chroma > PAPER.high)
    assert outside.any(axis=0).mean() == pytest.approx(1 / 7, abs=0.005)


@given(st.floats(-100, 100))
def test_a_centre_is_at_most_half_a_bin_away(value):
    decoded = PAPER.decode(PAPER.encode(np.array([value])))
    assert abs(decoded[0] - value) <= 2


def test_argmax_goes_to_the_centre_or_to_the_mean(make):
    scores = np.zeros((50, 1, 2))
    scores[[3, 40], 0, [0, 1]] = 1
    argmax = scores.argmax(axis=0)
    assert PAPER.decode(argmax).tolist() == [[-86, 62]]
    means = np.linspace(-99, 99, 50)
    assert PAPER.decode(argmax, means).tolist() == [[means[3], means[40]]]
    assert PAPER.decode(torch.from_numpy(argmax), means).tolist() == [[means[3], means[40]]]


def test_means_are_scipys(rng):
    chroma = rng.normal(0, 25, (2, 10, 10)).clip(-99, 99)
    expected = stats.binned_statistic(chroma.ravel(), chroma.ravel(), "mean", 50, (-100, 100))
    empty = np.isnan(expected.statistic)
    means = PAPER.means(chroma)
    assert means.dtype == np.float32
    assert_allclose(means[~empty], expected.statistic[~empty], rtol=1e-6)
    assert 0 < empty.sum() < 40
    assert (means[empty] == PAPER.centers[empty]).all()


def test_means_lie_in_their_bins_even_if_all_is_outside():
    assert_allclose(PAPER.means(np.array([150.0, 170.0]))[[0, 49]], [-98, 160])


@pytest.mark.parametrize("means", [None, "means"])
def test_every_bin_is_encoded_from_what_it_decodes_to(means, rng):
    means = means and PAPER.means(rng.uniform(-100, 100, 10_000))
    assert PAPER.encode(PAPER.decode(np.arange(50), means)).tolist() == list(range(50))


def test_channel_bins_keep_shape_and_library(make):
    chroma = make(np.zeros((6, 2))).reshape(2, 2, 3)
    index = PAPER.encode(chroma)
    assert type(index) is type(chroma)
    assert str(index.dtype).endswith("int64")
    assert PAPER.decode(index).shape == index.shape == chroma.shape


def test_bins_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="count must be 1 or more, got 0"):
        ChannelBins(count=0)
    with pytest.raises(ValueError, match="low must be below high, got low=5, high=5"):
        ChannelBins(low=5, high=5)
    with pytest.raises(ValueError, match="step must be above 0, got -10"):
        JointBins(-10)


@pytest.mark.parametrize(("step", "count"), [(8.0, 762), (10.0, 507), (12.0, 365)])
def test_the_classes_of_released_networks_never_change(step, count):
    centers = JointBins(step).centers
    assert centers.shape == (count, 2)
    assert (centers % step == 0).all()
    in_order = np.lexsort((centers[:, 0], centers[:, 1]))
    assert (in_order == np.arange(count)).all()
    assert (centers == 0).all(axis=1).any()  # grey


def test_every_class_borders_a_color_that_can_be_shown():
    levels = np.arange(256) / 255
    a, b = np.stack(np.meshgrid(levels, levels)).reshape(2, -1)
    faces = [np.insert((a, b), axis, end, axis=0).T for axis in range(3) for end in (0, 1)]
    chroma = skimage.color.rgb2luv(np.concatenate(faces))[:, 1:]
    for center in JOINT.centers:
        away = abs(chroma - center).max(axis=1).min()
        assert away < JOINT.step + 0.03  # scikit-image's rounded matrix


def test_the_soft_encoding_is_exact_under_expectation(cube, make, dtype):
    chroma = rgb_to_luv(make(cube))[1:]
    classes, weights = JOINT.encode(chroma)
    centers = JOINT.centers[np.asarray(classes)]  # (4, 1, N, 2)
    expectation = (np.asarray(weights)[..., None] * centers).sum(axis=0).transpose(2, 0, 1)
    tolerance = 1e-4 if dtype == "float32" else 1e-11
    assert_allclose(expectation, np.asarray(chroma), rtol=0, atol=tolerance)


def test_every_color_of_8_bits_lies_between_its_four_classes(rng):
    rgb = rng.integers(0, 256, (3, 300, 300)) / 255
    rgb[rng.integers(0, 3, (300, 300)), *np.indices((300, 300))] = rng.integers(0, 2, (300, 300))
    chroma = rgb_to_luv(rgb)[1:]
    for bins in (JointBins(5.0), JointBins(10.0), JointBins(12.0)):
        classes, _ = bins.encode(chroma)
        away = abs(np.moveaxis(bins.centers[classes], -1, 1) - chroma)
        assert away.max() <= bins.step + 1e-3


@given(chroma_values, chroma_values)
def test_weights_are_shares_of_at_most_four_classes(u, v):
    classes, weights = JOINT.encode(np.array([u, v]).reshape(2, 1, 1))
    assert weights.sum() == pytest.approx(1, abs=1e-14)
    assert weights.min() >= 0
    assert ((classes >= 0) & (classes < JOINT.count)).all()


def test_a_node_is_its_own_class_alone():
    for index in (0, JOINT.count // 2, JOINT.count - 1):
        classes, weights = JOINT.encode(JOINT.centers[index].reshape(2, 1, 1))
        assert classes[weights > 0].tolist() == [index]


def test_impossible_colors_go_to_the_classes_near_them(make):
    classes, weights = JOINT.encode(make([[400, 400], [170, -130]]))
    nearest = ((JOINT.centers - [170, -130]) ** 2).sum(axis=1).argmin()
    assert nearest in np.asarray(classes)[:, 0, 1]
    assert_allclose(np.asarray(weights).sum(axis=0), 1)


@given(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)))
def test_decode_undoes_encode(rgb):
    chroma = rgb_to_luv(np.array(rgb).reshape(3, 1, 1))[1:]
    assert_allclose(JOINT.decode(spread(JOINT, chroma)), chroma, rtol=0, atol=1e-10)


@pytest.fixture
def scores(rng, dtype) -> np.ndarray:
    """``(2, Q, 3, 4)``: what a network might say, not normalised."""
    return rng.normal(0, 3, (2, JOINT.count, 3, 4)).astype(dtype)


@pytest.mark.parametrize("temperature", [0.2, 0.4, 1.0, 3.0])
def test_decode_is_the_mean_under_the_annealed_softmax(scores, temperature, dtype):
    shares = torch.softmax(torch.from_numpy(scores).double() / temperature, dim=1)
    expected = torch.einsum("bqhw,qc->bchw", shares, torch.from_numpy(JOINT.centers).double())
    tolerance = 1e-4 if dtype == "float32" else 1e-11
    decoded = JOINT.decode(scores, temperature)
    assert decoded.dtype == dtype
    assert_allclose(decoded, expected, rtol=0, atol=tolerance)
    torchs = JOINT.decode(torch.from_numpy(scores), temperature)
    assert_allclose(torchs, expected, rtol=0, atol=tolerance)


def test_a_cold_decode_is_the_mode_and_a_hot_one_the_mean_of_all(scores):
    mode = np.moveaxis(JOINT.centers[scores.argmax(axis=1)], -1, 1)
    assert_allclose(JOINT.decode(scores, 1e-3), mode, rtol=0, atol=0.5)
    everything = JOINT.centers.mean(axis=0).reshape(2, 1, 1)
    assert_allclose(JOINT.decode(scores, 1e6) - everything, 0, atol=0.01)


def test_constants_added_to_a_pixel_do_not_matter(scores):
    shifted = scores + np.linspace(-50, 50, 12).reshape(3, 4).astype(scores.dtype)
    assert_allclose(JOINT.decode(shifted), JOINT.decode(scores), rtol=0, atol=5e-3)
    assert_allclose(JOINT.confidence(shifted), JOINT.confidence(scores), rtol=0, atol=1e-4)


def test_confidence_is_one_less_scipys_entropy(scores, dtype):
    shares = torch.softmax(torch.from_numpy(scores).double(), dim=1).numpy()
    expected = 1 - stats.entropy(shares, base=JOINT.count, axis=1, keepdims=True)
    tolerance = 1e-6 if dtype == "float32" else 1e-13
    for given_scores in (scores, torch.from_numpy(scores)):
        confidence = JOINT.confidence(given_scores)
        assert tuple(confidence.shape) == (2, 1, 3, 4)
        assert_allclose(np.asarray(confidence), expected, rtol=0, atol=tolerance)


def test_confidence_goes_from_total_doubt_to_certainty():
    logs = np.full((JOINT.count, 1, 2), -np.inf, dtype=np.float32)
    logs[:, 0, 0] = 7.0
    logs[5, 0, 1] = 7.0
    doubt, certainty = JOINT.confidence(logs).ravel()
    assert doubt == pytest.approx(0, abs=1e-6)
    assert certainty == 1


def test_gradients_of_the_decode_are_finite(scores):
    logs = torch.from_numpy(scores)
    logs[:, :7] = -torch.inf  # classes ruled out
    logs.requires_grad_()
    (JOINT.decode(logs, 0.4).sum() + JOINT.confidence(logs).sum()).backward()
    assert logs.grad.isfinite().all()


def test_what_cannot_be_encoded_or_decoded_is_refused():
    with pytest.raises(ValueError, match=r"chroma must be channels-first, \(\.\.\., 2, H, W\)"):
        JOINT.encode(np.zeros((3, 4, 4)))
    with pytest.raises(ValueError, match=rf"log_probabilities must be .* {JOINT.count}, H, W"):
        JOINT.decode(np.zeros((JOINT.count + 1, 4, 4)))
    with pytest.raises(ValueError, match="log_probabilities must be floating, got int64"):
        JOINT.confidence(np.zeros((JOINT.count, 4, 4), dtype=np.int64))
    with pytest.raises(ValueError, match="temperature must be above 0, got 0"):
        JOINT.decode(np.zeros((JOINT.count, 4, 4)), 0)


def test_rarity_weights_by_hand():
    # Half the mixture is uniform: shares 0.5, 0.3, 0.2 become 5/12, 19/60, 4/15. Their inverses
    # 2.4, 60/19, 3.75 have the mean 2.89737 under the prior.
    weights = rarity_weights(np.array([0.5, 0.3, 0.2]), uniform=0.5)
    assert_allclose(weights, np.array([2.4, 60 / 19, 3.75]) / 2.8973684, rtol=1e-6)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=9), st.floats(0.01, 1))
def test_rarity_weights_have_mean_one_and_order_classes_by_rarity(shares, uniform):
    prior = (np.array(shares) + 1e-3) / (np.array(shares) + 1e-3).sum()
    weights = rarity_weights(prior, uniform=uniform)
    assert (prior * weights).sum() == pytest.approx(1, rel=1e-5)
    assert (np.diff(weights[np.argsort(prior)]) <= 1e-5).all()


def test_the_uniform_share_goes_from_inverse_to_equal_weights():
    prior = np.array([0.6, 0.4, 0.0])
    assert_allclose(rarity_weights(prior, uniform=1), 1, rtol=1e-6)
    often, seldom, never = rarity_weights(prior, uniform=0)
    assert seldom / often == pytest.approx(1.5)
    assert np.isfinite(never)


def test_what_is_no_distribution_is_refused():
    with pytest.raises(ValueError, match=r"uniform must be in \[0, 1\], got 1.5"):
        rarity_weights(np.array([0.5, 0.5]), uniform=1.5)
    with pytest.raises(ValueError, match="sum to 1, got a sum of 3 and a least of 1"):
        rarity_weights(np.array([1.0, 2.0]), uniform=0.5)
    with pytest.raises(ValueError, match="sum to 1, got a sum of 1 and a least of -0.5"):
        rarity_weights(np.array([1.5, -0.5]), uniform=0.5)
