import numpy as np
import pytest
import torch

from tintype.color.luv import luv_to_rgb, rgb_to_luv
from tintype.learn import scores
from tintype.learn.datasets import PhotographCache
from tintype.learn.heads.channel_bins import ChannelBinsConfig
from tintype.learn.network import Network, NetworkConfig
from tintype.learn.scores import predict_chroma, render, score_chroma, score_network


@pytest.fixture
def rgb(rng) -> np.ndarray:
    return rng.random((3, 3, 8, 8), dtype=np.float32)


def test_the_truth_scores_as_the_truth(rgb):
    summary = score_chroma(rgb_to_luv(rgb)[:, 1:], rgb).summary()
    assert summary["l2"] == pytest.approx(0, abs=1e-4)
    assert summary["accuracy_u"] == summary["accuracy_v"] == summary["near_u"] == 1
    assert summary["saturation_difference"] == pytest.approx(0, abs=1e-3)
    assert summary["ciede2000"] == pytest.approx(0, abs=1e-2)
    assert summary["colorfulness"] == pytest.approx(summary["true_colorfulness"], rel=1e-3)


def test_grey_has_no_saturation_at_all(rgb):
    summary = score_chroma(np.zeros((3, 2, 8, 8), np.float32), rgb).summary()
    assert summary["saturation_difference"] == pytest.approx(-1, abs=1e-4)
    assert summary["luv_saturation_difference"] == pytest.approx(-1, abs=1e-4)
    assert summary["colorfulness"] == pytest.approx(0, abs=1e-3)


def test_l2_is_the_papers_per_pixel(rgb):
    """Off by 3 in u* and 4 in v* everywhere: a distance of 5 in every pixel."""
    chroma = rgb_to_luv(rgb)[:, 1:] + np.array([3, -4], np.float32).reshape(2, 1, 1)
    scores = score_chroma(chroma, rgb)
    assert scores.squared_l2 == pytest.approx([25, 25, 25], rel=1e-4)
    assert scores.summary()["l2"] == pytest.approx(5, rel=1e-4)
    assert scores.summary()["near_u"] == 1.0


def test_scores_of_parts_add_up_to_the_whole(rgb):
    chroma = np.zeros((3, 2, 8, 8), np.float32)
    parts = score_chroma(chroma[:1], rgb[:1]) + score_chroma(chroma[1:], rgb[1:])
    assert parts.summary() == pytest.approx(score_chroma(chroma, rgb).summary(), rel=1e-5)


class Traveller:
    """A network of which only its place is known."""

    def __init__(self):
        self.places = []

    def parameters(self):
        return iter([torch.zeros(1)])

    def to(self, device):
        self.places.append(device)


@pytest.mark.parametrize("fails", [False, True])
def test_scores_are_taken_where_it_is_fast_and_the_network_comes_back(monkeypatch, rgb, fails):
    network, fast = Traveller(), torch.device("meta")  # stands for an accelerator

    def predict(moved, squares):
        assert moved.places == [fast]
        if fails:
            raise RuntimeError("out of memory")
        return np.zeros((len(squares), 2, 8, 8), np.float32)

    monkeypatch.setattr(scores, "fastest_device", lambda: fast)
    monkeypatch.setattr(scores, "read_squares", lambda photographs, side: rgb[: len(photographs)])
    monkeypatch.setattr(scores, "predict_chroma", predict)
    photographs = PhotographCache(np.empty(0), ("a", "b"), np.zeros((2, 2)), np.zeros(2))
    if fails:
        with pytest.raises(RuntimeError, match="out of memory"):
            score_network(network, photographs, side=8)
    else:
        assert len(score_network(network, photographs, side=8).ciede2000) == 2
    assert network.places == [fast, torch.device("cpu")]


def test_rendering_keeps_the_true_lightness(rgb):
    shown = render(np.full((3, 2, 8, 8), 60, np.float32), rgb)
    np.testing.assert_allclose(rgb_to_luv(shown)[:, 0], rgb_to_luv(rgb)[:, 0], atol=0.2)


def test_a_network_sees_grey_only(small_network_config, rgb):
    torch.manual_seed(0)
    config = NetworkConfig(
        encoder=small_network_config.encoder,
        decoder=small_network_config.decoder,
        head=ChannelBinsConfig(),
    )
    network = Network(config).eval()
    lightness = 40 + 30 * rgb[:, :1].repeat(8, -1).repeat(8, -2)  # room for colour on both sides
    hues = np.array([[[20, -15]], [[-15, 20]], [[0, -25]]], np.float32).reshape(3, 2, 1, 1)
    chroma = np.broadcast_to(hues, (3, 2, 64, 64))
    grey, colored = (
        luv_to_rgb(np.concatenate((lightness, plane), axis=1)) for plane in (0 * chroma, chroma)
    )
    assert 0 <= colored.min() < colored.max() <= 1
    assert np.ptp(colored, axis=1).min() > 0.05
    seen = predict_chroma(network, grey)
    assert seen.shape == (3, 2, 64, 64)
    np.testing.assert_allclose(predict_chroma(network, colored), seen, atol=0.05)
