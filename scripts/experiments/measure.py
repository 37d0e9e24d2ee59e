# SPDX-License-Identifier: Apache-2.0
"""How good a network is, independently of how dull it is.

ΔE00 rewards dullness, and a factor on chroma trades the two against each other. So two networks are
compared where they are equally colourful: each one's chroma is multiplied by the one factor that
brings its mean colourfulness to a given share of the truth's, and ΔE00 is taken there.
"""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from tintype.learn.heads.joint_bins import JointBinsHead
from tintype.learn.network import Network
from tintype.learn.scores import predict_chroma, render
from tintype.metrics.color_difference import mean_ciede2000
from tintype.metrics.colorfulness import colorfulness

SHARE = 0.75  # of the truth's colourfulness, at which networks are compared
_NEAR = 0.005  # of it, that counts as there
_TRIES = 6
_SCALES = (96, 128, 160)  # pixels at which a network looks, where it looks at several
_BATCH = 16

Floats = NDArray[np.float32]
Decode = Callable[[JointBinsHead, Tensor], Tensor]


def compare(chroma: Floats, truth: Floats) -> dict[str, float]:
    """Measure a prediction as it is, and where it is as colourful as all others.

    Args:
        chroma: ``(N, 2, S, S)`` predicted u*, v*.
        truth: ``(N, 3, S, S)`` the photographs, encoded sRGB in [0, 1].

    Returns:
        ``below``: how far the mean ΔE00 lies below constant grey's, at the common colourfulness;
        ``factor``: what brings chroma there; ``own_below``, ``own_colorfulness``: as it is.
    """
    grey = float(mean_ciede2000(render(np.zeros_like(chroma), truth), truth).mean())
    true = float(colorfulness(truth).mean())

    def at(factor: float) -> tuple[float, float]:
        shown = render(chroma * np.float32(factor), truth)
        difference = float(mean_ciede2000(shown, truth).mean())
        return 1 - difference / grey, float(colorfulness(shown).mean()) / true

    own_below, own_share = at(1.0)
    factor, below, share = 1.0, own_below, own_share
    for _ in range(_TRIES):
        if abs(share - SHARE) <= _NEAR * SHARE:
            break
        factor *= SHARE / max(share, 0.01)
        below, share = at(factor)
    return {
        "below": below,
        "factor": factor,
        "own_below": own_below,
        "own_colorfulness": own_share,
    }


def measure_network(network: Network, truth: Floats) -> dict[str, float]:
    """:func:`compare`, of what a network predicts."""
    return compare(predict_chroma(network, truth), truth)


def measure_decodes(network: Network, truth: Floats) -> Iterator[tuple[str, dict[str, float]]]:
    """:func:`compare`, of one network's distributions decoded in other ways.

    Yields:
        What is done, and what it measures.
    """
    head = network.head
    assert isinstance(head, JointBinsHead)
    once = _look(network, truth)
    for temperature in (1.0, 0.7, 0.3, 0.2):
        yield f"temperature {temperature:g}", compare(_decode(head, once, temperature), truth)
    own = head.config.temperature
    mirrored = _look(network, truth[..., ::-1].copy()).flip(-1)
    both = torch.logaddexp(once, mirrored) - np.log(2)
    yield "mean of a photograph and its mirror image", compare(_decode(head, both, own), truth)
    sizes = [_look(network, truth, side) for side in _SCALES]
    mean = torch.stack(sizes).logsumexp(0) - np.log(len(sizes))
    text = ", ".join(map(str, _SCALES))
    yield f"mean of looks at {text} pixels", compare(_decode(head, mean, own), truth)


@torch.inference_mode()
def _look(network: Network, truth: Floats, side: int | None = None) -> Tensor:
    """``(N, Q, s, s)`` log-probabilities of photographs, seen at ``side``; s is a quarter of S."""
    cells = truth.shape[-1] // network.decoder.out_stride
    parts = []
    for start in range(0, len(truth), _BATCH):
        grey, _ = network.head.space.split(torch.from_numpy(truth[start : start + _BATCH]))
        if side is not None and side != grey.shape[-1]:
            grey = F.interpolate(grey, (side, side), mode="bilinear", antialias=True)
        logs = network(grey).log_softmax(1)
        if logs.shape[-1] != cells:
            logs = F.interpolate(logs, (cells, cells), mode="bilinear", antialias=True)
        parts.append(logs.half())
    return torch.cat(parts).float()


@torch.inference_mode()
def _decode(head: JointBinsHead, logs: Tensor, temperature: float) -> Floats:
    """``(N, 2, S, S)`` chroma, at the photographs' size."""
    small = head.decode(logs, temperature)
    size = (small.shape[-2] * head.stride, small.shape[-1] * head.stride)
    return np.asarray(head.space.enlarge(small, size).numpy())
