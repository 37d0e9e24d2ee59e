# SPDX-License-Identifier: Apache-2.0
"""The convolution is torch's own; its gradients in mixed precision are those of float32."""

import pytest
import torch
from torch import Tensor, nn

from tintype.learn.depthwise import DepthwiseConv2d

SHAPES = [(5, 1, 2), (3, 2, 0), (3, 1, 1)]  # kernel, stride, padding
BF16 = 2.0**-7  # relative: two roundings to eight bits


def gradients(convolution: nn.Module, x: Tensor, *, mixed: bool) -> tuple[Tensor, Tensor, Tensor]:
    """What it answers, and the gradients of its input and its weight."""
    given = x.clone().requires_grad_()
    convolution.zero_grad()
    with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
        y = convolution(given)
    (y.float() * torch.linspace(-1, 1, y.numel()).reshape(y.shape)).sum().backward()
    weight = convolution.weight
    assert given.grad is not None
    assert isinstance(weight, Tensor)
    assert weight.grad is not None
    return y.detach(), given.grad, weight.grad


@pytest.fixture(params=SHAPES, ids=lambda shape: "k{}s{}p{}".format(*shape))
def pair(request: pytest.FixtureRequest) -> tuple[DepthwiseConv2d, nn.Conv2d, Tensor]:
    kernel, stride, padding = request.param
    torch.manual_seed(3)
    ours = DepthwiseConv2d(8, kernel, stride=stride, padding=padding)
    torchs = nn.Conv2d(8, 8, kernel, stride, padding, groups=8, bias=False)
    torchs.load_state_dict(ours.state_dict())
    return ours, torchs, torch.randn(2, 8, 11, 11).to(memory_format=torch.channels_last)


def test_float32_is_torchs(pair: tuple[DepthwiseConv2d, nn.Conv2d, Tensor]) -> None:
    ours, torchs, x = pair
    for mine, theirs in zip(
        gradients(ours, x, mixed=False), gradients(torchs, x, mixed=False), strict=True
    ):
        assert torch.equal(mine, theirs)


def test_mixed_precision_is_near_float32(
    pair: tuple[DepthwiseConv2d, nn.Conv2d, Tensor],
) -> None:
    ours, torchs, x = pair
    mine, exact = gradients(ours, x, mixed=True), gradients(torchs, x, mixed=False)
    assert mine[0].dtype == torch.bfloat16
    assert mine[1].dtype == mine[2].dtype == torch.float32  # of a float32 input and weight
    for got, wanted in zip(mine, exact, strict=True):
        assert (got.float() - wanted).norm() < BF16 * wanted.norm()


def test_answer_in_mixed_precision_is_torchs(
    pair: tuple[DepthwiseConv2d, nn.Conv2d, Tensor],
) -> None:
    ours, torchs, x = pair
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(ours(x), torchs(x))


def test_frozen_weight_and_input_get_no_gradient(
    pair: tuple[DepthwiseConv2d, nn.Conv2d, Tensor],
) -> None:
    ours, _, x = pair
    ours.weight.requires_grad_(False)
    given = x.clone().requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        ours(given).float().sum().backward()
    assert ours.weight.grad is None
    assert given.grad is not None
    ours.weight.requires_grad_(True)
    with torch.autocast("cpu", torch.bfloat16):
        ours(x).float().sum().backward()
    assert ours.weight.grad is not None
    assert x.grad is None


def test_with_a_bias_it_is_a_plain_convolution() -> None:
    folded = DepthwiseConv2d(4, 3)
    folded.bias = nn.Parameter(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    with torch.autocast("cpu", torch.bfloat16):
        y = folded(torch.zeros(1, 4, 3, 3))
    assert y.flatten().tolist() == [1, 2, 3, 4]
