# SPDX-License-Identifier: Apache-2.0
"""The network that comes with tintype.

tintype train tintype_s --data DIR --imagenet FILE --out runs/tintype_s
"""

from tintype.learn.decoders.pyramid import PyramidConfig
from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.heads.joint_bins import JointBinsConfig
from tintype.learn.network import NetworkConfig
from tintype.learn.recipe import OptimizerConfig, Recipe

RECIPE = Recipe(
    name="tintype_s",
    network=NetworkConfig(
        encoder=MobileNetV2Config(),
        decoder=PyramidConfig(),
        head=JointBinsConfig(step=12.0, uniform=0.75),
    ),
    photographs=256_000,
    optimizer=OptimizerConfig(rate=1e-3, encoder_rate=3e-4),
)
