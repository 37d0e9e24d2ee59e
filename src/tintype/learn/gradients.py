# SPDX-License-Identifier: Apache-2.0
"""What becomes of a step's gradient before the optimizer has it: bounded, or taken back.

Now and then a step on a GPU comes out as no numbers where the same step on a CPU does not, and
what such a step touches is lost: every weight, and the statistics of every norm. So it is taken
back, and training goes on. A run whose every step is so has diverged.
"""

from typing import Any

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback
from torch import Tensor, nn

from tintype.errors import Diverged

_IN_A_ROW = 10  # steps taken back, after which the run is given up


class BoundGradients(Callback):
    """Bounds the norm of the whole gradient; a step without one changes nothing, and is logged.

    Lightning's own way to bound it refuses fused optimizers.

    Args:
        largest: the norm; 0: not bounded.
    """

    def __init__(self, largest: float) -> None:
        self.largest = largest
        self._taken_back = self._in_a_row = 0  # steps
        self._statistics: list[Tensor] = []  # as the last good step left them

    def on_train_start(self, _trainer: L.Trainer, module: L.LightningModule) -> None:
        """Note the statistics of step 0."""
        self._statistics = [kept.clone() for kept in _statistics_of(module)]

    def on_before_optimizer_step(
        self, trainer: L.Trainer, module: L.LightningModule, _optimizer: Any
    ) -> None:
        """Bound the gradient, or take the step back.

        Raises:
            Diverged: ten steps in a row had to be taken back.
        """
        norm = nn.utils.clip_grad_norm_(module.parameters(), self.largest or torch.inf)
        if norm.isfinite():
            torch._foreach_copy_(self._statistics, _statistics_of(module))
            self._in_a_row = 0
            return
        for parameter in module.parameters():
            parameter.grad = None
        torch._foreach_copy_(_statistics_of(module), self._statistics)
        self._taken_back += 1
        self._in_a_row += 1
        module.log("taken_back", float(self._taken_back))  # which then stands in every line
        if self._in_a_row == _IN_A_ROW:
            raise Diverged(
                f"training has diverged: up to step {trainer.global_step:,} the gradients of "
                f"{_IN_A_ROW} steps in a row are no numbers; the checkpoint before stays as it "
                f"was. Lower the rates, or clip gradients, and begin again"
            )


def _statistics_of(module: nn.Module) -> list[Tensor]:
    """Running means and variances, whose tensors stay the same ones."""
    return [buffer for name, buffer in module.named_buffers() if ".running_" in name]
