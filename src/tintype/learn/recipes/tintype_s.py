# SPDX-License-Identifier: Apache-2.0
"""The network that comes with tintype.

tintype train tintype_s --data DIR --imagenet FILE --out runs/tintype_s

What the released weights took and reached, and on what: ``docs/models/tintype-s.md``.
"""

from tintype.learn.augment import Augment
from tintype.learn.decoders.pyramid import PyramidConfig
from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.heads.joint_bins import JointBinsConfig
from tintype.learn.network import NetworkConfig
from tintype.learn.recipe import OptimizerConfig, Recipe

DECODER = PyramidConfig(
    widths=(64, 128, 192),
    blocks=(2, 2, 2),
    mixing="separable",
    context_stride=16,
    hints=True,
)
RECIPE = Recipe(
    name="tintype_s",
    network=NetworkConfig(
        encoder=MobileNetV2Config(frozen=3),
        decoder=DECODER,
        head=JointBinsConfig(step=12.0, uniform=0.95, thin=True),
    ),
    photographs=2_000_000,
    augment=Augment(area=(0.5, 1.0), ratio=1.2, hinted=0.25),
    optimizer=OptimizerConfig(rate=1e-3, encoder_rate=1e-3, schedule="constant"),
    ema_decay=0.9995,
)
