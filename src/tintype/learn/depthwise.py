# SPDX-License-Identifier: Apache-2.0
"""Depthwise convolution whose gradients a CPU computes quickly in mixed precision too.

oneDNN has no fast bfloat16 kernels for two of them: the gradient of a 5x5 filter, and that of an
input at stride 2. What stands in for those takes 5 to 30 times as long as float32 does, and with it
half of a training step. So gradients are computed in float32, which is the more exact way as well.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class DepthwiseConv2d(nn.Conv2d):
    """A filter for each channel; like ``nn.Conv2d`` with as many groups as channels, bias-free.

    Args:
        channels: of the input, and of the output.
        kernel: height and width of a filter.
        stride: as convolutions have it.
        padding: likewise.
    """

    def __init__(self, channels: int, kernel: int, *, stride: int = 1, padding: int = 0) -> None:
        super().__init__(channels, channels, kernel, stride, padding, groups=channels, bias=False)

    def forward(self, x: Tensor) -> Tensor:  # torch's signature
        """``(B, C, H, W)`` to ``(B, C, H', W')``."""
        mixed = x.device.type == "cpu" and torch.is_autocast_enabled("cpu")
        if mixed and torch.is_grad_enabled() and self.bias is None:
            y: Tensor = _Depthwise.apply(  # type: ignore[no-untyped-call]
                x, self.weight, self.stride[0], self.padding
            )
            return y
        return super().forward(x)


class _Depthwise(torch.autograd.Function):
    """The convolution as autocast has it, its gradients in float32."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int, padding: Any) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.stride, ctx.padding = stride, padding
        return F.conv2d(x, weight, None, stride, padding, groups=len(weight))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        x, weight = ctx.saved_tensors
        strides = [ctx.stride, ctx.stride]
        of_input, of_weight, _ = torch.ops.aten.convolution_backward(
            gradients[0].float(),
            x.float(),
            weight.float(),
            None,
            strides,
            list(ctx.padding),
            [1, 1],  # dilation
            False,
            [0, 0],
            len(weight),
            (*ctx.needs_input_grad[:2], False),
        )
        return (
            None if of_input is None else of_input.to(x.dtype),
            None if of_weight is None else of_weight.to(weight.dtype),
            None,
            None,
        )
