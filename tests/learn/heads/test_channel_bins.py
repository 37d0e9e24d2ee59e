import math

import pytest
import torch
from torch.testing import assert_close

from tintype.errors import OptionError
from tintype.learn.heads.channel_bins import ChannelBinsConfig


def head(stride: int = 1, **config):
    torch.manual_seed(0)
    return ChannelBinsConfig(**config).build(4, stride)


def logits_for(u: int, v: int, strength: float = 50.0) -> torch.Tensor:
    raw = torch.zeros(1, 100, 1, 1)
    raw[0, u], raw[0, 50 + v] = strength, strength
    return raw


def test_without_knowledge_the_loss_is_two_logarithms_of_fifty():
    raw, chroma = torch.zeros(1, 100, 2, 2), torch.zeros(1, 2, 2, 2)
    assert head().loss(raw, chroma).item() == pytest.approx(2 * math.log(50))


def test_loss_is_the_sum_of_two_cross_entropies():
    """By hand: sure and right in u* (0), sure and wrong in v* (50)."""
    chroma = torch.tensor([[[[-98.0]], [[6.0]]]])  # bins 0 and 26
    assert head().loss(logits_for(0, 26), chroma).item() == pytest.approx(0, abs=1e-4)
    assert head().loss(logits_for(0, 9), chroma).item() == pytest.approx(50, abs=1e-3)


# 50 equal bins over [-100, 100]: bin 0 is [-100, -96), bin 25 [0, 4), bin 49 [96, 100].
@pytest.mark.parametrize(("bin", "center"), [(0, -98), (25, 2), (49, 98)])
def test_decodes_to_the_centres_of_the_best_bins(bin, center):
    decoded = head(decode="center").decode(logits_for(bin, 49 - bin))
    assert_close(decoded[0, :, 0, 0], torch.tensor([float(center), float(-center)]))


def test_decodes_to_the_training_pixels_mean_once_it_knows_it():
    fitted = head()
    chroma = torch.tensor([[[[0.5, 1.5, 90.0]], [[-3.0, -2.0, -2.5]]]])
    assert fitted.decode(logits_for(25, 24))[0, :, 0, 0].tolist() == [2.0, -2.0]  # centres so far
    fitted.fit(chroma)
    assert fitted.decode(logits_for(25, 24))[0, :, 0, 0].tolist() == [1.0, -2.5]
    assert fitted.decode(logits_for(30, 24))[0, 0, 0, 0].item() == 22.0  # nobody there: the centre


def test_the_expectation_weighs_all_bins_by_their_probability():
    """By hand: bin 25 three times as likely as bin 30 (2 and 22): 7; at half the temperature 4."""
    raw = torch.full((1, 100, 1, 1), -1e4)
    raw[0, [25, 75]], raw[0, [30, 80]] = math.log(3), 0.0
    decoder = head(decode="expectation")
    assert decoder.decode(raw)[0, :, 0, 0].tolist() == pytest.approx([7, 7])
    assert decoder.decode(raw, 0.5)[0, :, 0, 0].tolist() == pytest.approx([4, 4])


def test_the_means_are_saved_with_the_weights():
    fitted, loaded = head(), head()
    fitted.fit(torch.rand(1, 2, 8, 8))
    loaded.load_state_dict(fitted.state_dict())
    assert_close(loaded.means, fitted.means)


def test_channels_are_chosen_independently():
    raw = logits_for(3, 40)
    raw[0, 60] = 49.0
    decoded = head(decode="center").decode(raw)
    assert decoded[0, :, 0, 0].tolist() == [-100 + 4 * 3.5, -100 + 4 * 40.5]


def test_truth_is_averaged_down_to_the_logits():
    chroma = torch.zeros(1, 2, 2, 2)
    chroma[0, :, 0] = 20.0  # mean 10: bin 27
    assert head(stride=2).loss(logits_for(27, 27), chroma).item() == pytest.approx(0, abs=1e-4)


def test_two_parallel_convolutions():
    scores = head().scores
    assert [(s.in_channels, s.out_channels, s.kernel_size) for s in scores] == [(4, 50, (1, 1))] * 2
    assert head()(torch.rand(2, 4, 3, 5)).shape == (2, 100, 3, 5)


def test_decode_is_checked():
    with pytest.raises(
        OptionError, match="decode must be one of mean, center, expectation; got 'mode'"
    ):
        ChannelBinsConfig(decode="mode")
