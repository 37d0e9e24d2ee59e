import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tintype.errors import OptionError
from tintype.learn.heads.uv_regression import UNIT, UVRegressionConfig, huber


def head(stride: int = 1, **config):
    torch.manual_seed(0)
    return UVRegressionConfig(**config).build(4, stride)


def test_squared_loss_is_the_papers_over_the_number_of_pixels():
    """(Up - Ua)² + (Vp - Va)², in CIE units, summed; by hand for two pixels."""
    raw = torch.tensor([[[[0.2, 0.0]], [[0.0, -0.4]]]])  # u* 10, 0; v* 0, -20
    chroma = torch.tensor([[[[4.0, 0.0]], [[0.0, 1.0]]]])
    by_hand = ((10 - 4) ** 2 + 0 + 0 + (-20 - 1) ** 2) / 2
    assert head().loss(raw, chroma).item() * UNIT**2 == pytest.approx(by_hand, rel=1e-5)


# Section 3.5: u² for |u| ≤ M, M (2|u| - M) beyond; M = 3 worked by hand.
@pytest.mark.parametrize(("residual", "penalty"), [(-2, 4), (3, 9), (5, 21), (-10, 51)])
def test_huber_by_hand(residual, penalty):
    assert huber(torch.tensor(float(residual)), 3.0).item() == pytest.approx(penalty)


@given(st.floats(-50, 50), st.floats(0.1, 20))
def test_huber_is_twice_the_textbooks(residual, threshold):
    """PyTorch's (and Huber's own) is u²/2 and M(|u| - M/2): half of the paper's, everywhere."""
    theirs = torch.nn.functional.huber_loss(
        torch.tensor(residual), torch.tensor(0.0), delta=threshold
    )
    assert huber(torch.tensor(residual), threshold).item() == pytest.approx(
        2 * theirs.item(), rel=1e-4, abs=1e-6
    )


def test_huber_forgives_outliers():
    raw, chroma = torch.zeros(1, 2, 1, 1), torch.full((1, 2, 1, 1), 80.0)
    assert head(objective="huber", threshold=10).loss(raw, chroma) < head().loss(raw, chroma)


def test_truth_is_averaged_down_to_the_predictions_size():
    chroma = torch.arange(32.0).reshape(1, 2, 4, 4)
    raw = torch.nn.functional.avg_pool2d(chroma, 2) / UNIT
    assert head(stride=2).loss(raw, chroma).item() == pytest.approx(0)


def test_decodes_to_cie_units():
    raw = torch.rand(1, 2, 3, 3)
    torch.testing.assert_close(head().decode(raw), raw * 50)


def test_options_are_checked():
    with pytest.raises(OptionError, match="objective must be one of l2, huber"):
        UVRegressionConfig(objective="l1")
    with pytest.raises(OptionError, match="threshold must be above 0 CIE units, got 0"):
        UVRegressionConfig(threshold=0)
