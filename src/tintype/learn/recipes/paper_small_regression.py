# SPDX-License-Identifier: Apache-2.0
"""The paper's baseline, small: residual encoder, squared loss.

tintype train paper_small_regression --data DIR --imagenet FILE

The paper's parts on an encoder that a CPU can train: MobileNetV2 in VGG16's place, photographs of
128 x 128, colour predicted at half that size. `tintype reproduce paper` measures it; what the
paper's own size does differently, paper_regression says.
"""

from tintype.learn.decoders.residual_encoder import ResidualEncoderConfig
from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.heads.uv_regression import UVRegressionConfig
from tintype.learn.network import NetworkConfig
from tintype.learn.recipe import Recipe
from tintype.learn.recipes.paper_regression import RECIPE as FULL_SIZE

RECIPE = Recipe(
    name="paper_small_regression",
    network=NetworkConfig(
        encoder=MobileNetV2Config(),
        decoder=ResidualEncoderConfig(widths=(16, 24, 32, 48), final=(32,)),
        head=UVRegressionConfig(),
    ),
    photographs=20_000,
    batch_size=FULL_SIZE.batch_size,
    side=128,
    augment=FULL_SIZE.augment,
    optimizer=FULL_SIZE.optimizer,
    ema_decay=FULL_SIZE.ema_decay,
    precision=FULL_SIZE.precision,
)
