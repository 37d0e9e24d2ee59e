# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
import torch
from torch.testing import assert_close

from tintype.errors import OptionError
from tintype.learn.heads.joint_bins import JointBinsConfig


@pytest.fixture
def head():
    torch.manual_seed(0)
    return JointBinsConfig(step=20.0, uniform=0.5).build(in_channels=6, stride=4)


def test_decode_and_confidence_are_those_of_the_color_bins(head):
    raw = torch.randn(2, head.bins.count, 3, 5)
    logs = head.log_probabilities(raw)
    assert_close(logs.exp().sum(1), torch.ones(2, 3, 5))
    for temperature in (1.0, 0.4):
        assert_close(
            head.decode(raw, temperature), head.bins.decode(logs, temperature), atol=1e-3, rtol=1e-4
        )
    assert_close(head.confidence(raw), head.bins.confidence(logs), atol=1e-5, rtol=1e-4)


def test_the_loss_is_the_weighted_cross_entropy_worked_by_hand(head):
    # One quarter-size place, one colour exactly on a node: -weight * log p of that class.
    node = head.bins.centers[10]
    head.rarity[10] = 3.0
    chroma = torch.tensor(node).reshape(1, 2, 1, 1).expand(1, 2, 4, 4)
    raw = torch.zeros(1, head.bins.count, 1, 1)
    assert head.loss(raw, chroma).item() == pytest.approx(3 * np.log(head.bins.count), rel=1e-6)


def test_the_loss_is_least_at_the_soft_target(head):
    chroma = torch.full((1, 2, 4, 4), 7.0)
    bins, weights = head.bins.encode(chroma[:, :, :1, :1])
    target = torch.full((1, head.bins.count, 1, 1), -20.0)
    target.scatter_(1, bins, weights.log())
    best = head.loss(target, chroma)
    for seed in range(5):
        noise = torch.randn(target.shape, generator=torch.Generator().manual_seed(seed))
        assert head.loss(target + 0.1 * noise, chroma) > best


def test_a_prior_is_where_the_scores_start(head):
    prior = np.random.default_rng(0).dirichlet(np.ones(head.bins.count))
    head.set_prior(prior)
    with torch.no_grad():
        head.scores.weight.zero_()
    logs = head.log_probabilities(head(torch.randn(1, 6, 1, 1)))
    assert_close(logs.exp().flatten(), torch.from_numpy(prior).float(), atol=1e-5, rtol=1e-3)
    assert (torch.from_numpy(prior) * head.rarity).sum().item() == pytest.approx(1, rel=1e-5)
    rare, common = prior.argmin(), prior.argmax()
    assert head.rarity[rare] > head.rarity[common]


def test_a_thinned_step_scores_each_place_in_one_of_four_photographs():
    torch.manual_seed(0)
    thin = JointBinsConfig(step=20.0, thin=True).build(in_channels=6, stride=4)
    features, chroma = torch.randn(1, 6, 4, 6), torch.randn(1, 2, 16, 24) * 30
    grey = torch.full((1, 1, 16, 24), 50.0)
    four = thin.learn(*(part.expand(4, -1, -1, -1) for part in (features, chroma, grey)))
    assert four.item() == pytest.approx(thin.loss(thin(features), chroma).item(), rel=1e-5)
    one = thin.learn(features, chroma, grey)
    first = thin.loss(
        thin(features[..., ::2, ::2]),
        chroma.unflatten(2, (4, 4))
        .unflatten(4, (6, 4))[:, :, ::2, :, ::2]
        .flatten(2, 3)
        .flatten(3, 4),
    )
    assert one.item() == pytest.approx(first.item(), rel=1e-5)


def test_other_weights_leave_a_trained_head_as_right_as_it_was(head):
    """What it predicts, its rarity weights undone, does not hang on the weights it was told."""
    first, second = np.random.default_rng(0).dirichlet(np.ones(head.bins.count), size=2)
    head.set_prior(first)
    features = torch.randn(1, 6, 2, 3)
    before = (head(features) - head.rarity.log()[:, None, None]).log_softmax(dim=1)
    old = head.rarity.clone()
    head.change_prior(second)
    after = (head(features) - head.rarity.log()[:, None, None]).log_softmax(dim=1)
    assert not torch.equal(head.rarity, old)
    assert_close(after, before, atol=1e-4, rtol=1e-4)


def test_hard_targets_are_the_nearest_bin():
    hard = JointBinsConfig(step=20.0, targets="hard", uniform=1.0).build(in_channels=6, stride=4)
    node = hard.bins.centers[10]
    raw = torch.randn(1, hard.bins.count, 1, 1, generator=torch.Generator().manual_seed(0))
    near = torch.tensor(node + 6).reshape(1, 2, 1, 1).expand(1, 2, 4, 4)
    expected = -raw.log_softmax(1)[0, 10, 0, 0].item()
    assert hard.loss(raw, near).item() == pytest.approx(expected, rel=1e-6)


def test_the_mean_counts_in_the_loss_where_it_is_asked_for(head):
    both = JointBinsConfig(step=20.0, uniform=0.5, regression=0.5).build(in_channels=6, stride=4)
    raw = torch.zeros(1, head.bins.count, 1, 1)
    raw[:, 10] = 50  # all but certain of one class
    off = torch.tensor(head.bins.centers[10] + (30, 0)).reshape(1, 2, 1, 1).expand(1, 2, 4, 4)
    error = ((30 - 6) + (0.0)) / 2 / 20  # Huber's with 12 CIE units, over u* and v*; in bins
    more = both.loss(raw, off) - head.loss(raw, off)
    assert more.item() == pytest.approx(0.5 * error, rel=1e-4)


def test_unknown_targets_are_refused():
    with pytest.raises(OptionError, match="soft, hard"):
        JointBinsConfig(targets="fuzzy")
