# SPDX-License-Identifier: Apache-2.0
"""The paper's baseline with Huber's loss (section 3.5).

tintype train paper_huber --data DIR --imagenet vgg16

Full size, as the paper has it: VGG16 at 224 x 224, batches of six, Adam at 0.0003 without a
schedule. The mirror, and a random place for the square of a photograph that is not one, are ours:
the text speaks of neither. It takes a GPU: one photograph is
16.0 billion multiplications forwards.
"""

from tintype.learn.augment import Augment
from tintype.learn.decoders.residual_encoder import ResidualEncoderConfig
from tintype.learn.encoders.vgg16 import VGG16Config
from tintype.learn.heads.uv_regression import UVRegressionConfig
from tintype.learn.network import NetworkConfig
from tintype.learn.recipe import OptimizerConfig, Recipe

RECIPE = Recipe(
    name="paper_huber",
    network=NetworkConfig(
        encoder=VGG16Config(input=True),
        decoder=ResidualEncoderConfig(),
        head=UVRegressionConfig(objective="huber"),
    ),
    photographs=40_000,
    batch_size=6,
    side=224,
    augment=Augment(area=(1.0, 1.0), ratio=1.0),
    optimizer=OptimizerConfig(
        name="adam",
        rate=3e-4,
        encoder_rate=3e-4,
        betas=(0.9, 0.999),
        weight_decay=0.0,
        warmup=0,
        schedule="constant",
        clip=0.0,
    ),
    ema_decay=0.0,
    precision="32-true",
)
