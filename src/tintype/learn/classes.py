# SPDX-License-Identifier: Apache-2.0
"""Seeing in grey what a classifier sees in colour, as a side task.

An encoder that is only asked for colours forgets, step by step, what ImageNet's classes had taught
it: what does not help with the training photographs goes, though it would help with others. So the
classifier that it starts from looks at the same crop in its true colours and says how likely each
class is, and the encoder's coarsest map, through the classifier's own last layers, has to say the
same of the grey. Nothing of this is part of the network that is released.

Source: G. Hinton, O. Vinyals and J. Dean, "Distilling the Knowledge in a Neural Network",
arXiv:1503.02531, without their temperature; across kinds of images, S. Gupta, J. Hoffman and
J. Malik, "Cross Modal Distillation for Supervision Transfer", CVPR 2016.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tintype.errors import InputError, OptionError
from tintype.learn.encoders.mobilenet_v2 import MobileNetV2, MobileNetV2Classifier
from tintype.learn.parts import Encoder

_CHANNELS = 320  # of the map that the classifier's last layers read
_SIDE = 160  # pixels at which the classifier looks; it was trained at 224


class ClassTask(nn.Module):
    """Compares what the encoder sees with what the classifier does.

    The classifier's weights do not move. They are in the run's checkpoints, so that a run goes on
    without the file that it began with.

    Args:
        encoder: that is trained.

    Raises:
        OptionError: its coarsest map is not one that the classifier's last layers can read.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        if not isinstance(encoder, MobileNetV2) or encoder.channels[-1] != _CHANNELS:
            raise OptionError(
                "only a whole MobileNetV2 of width 1.0 can learn from an ImageNet classifier; "
                "set classes=0 in the recipe"
            )
        self.classifier = MobileNetV2Classifier().requires_grad_(False)

    def load(self, file: Path | None) -> None:
        """Take the classifier's weights.

        Raises:
            InputError: there is no ``file``.
            ModelError: it cannot be read, or holds another network.
        """
        if file is None:
            raise InputError(
                "the recipe learns from an ImageNet classifier: give --imagenet FILE, "
                "or set classes=0 in the recipe"
            )
        self.classifier.load_imagenet(file)

    def loss(self, coarsest: Tensor, rgb: Tensor) -> Tensor:
        """The divergence of what the grey seems to be from what the colours are, nats.

        Args:
            coarsest: ``(B, 320, h, w)``, of MobileNetV2 on the grey.
            rgb: ``(B, 3, S, S)`` encoded sRGB in [0, 1], the true colours.
        """
        with torch.no_grad():
            crops = F.interpolate(rgb, (_SIDE, _SIDE), mode="bilinear")
            seen = self.classifier(crops.contiguous(memory_format=torch.channels_last))
        said = self.classifier.name(coarsest)
        return F.kl_div(
            said.float().log_softmax(dim=1),
            seen.float().log_softmax(dim=1),
            log_target=True,
            reduction="batchmean",
        )
