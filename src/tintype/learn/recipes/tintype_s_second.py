# SPDX-License-Identifier: Apache-2.0
"""The second member of the network that comes with tintype.

tintype train tintype_s_second --data DIR --imagenet FILE --out runs/tintype_s_second

Two networks that were trained apart know much the same and err apart, so that their mean errs less
than either. This one starts from the classifier again, of which ten blocks stay as they are; its
decoder is narrower, since both members together are to have no more than 4.5 million parameters;
and its photographs are varied more.
"""

from dataclasses import replace

from tintype.learn.augment import Augment
from tintype.learn.decoders.pyramid import PyramidConfig
from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.recipe import OptimizerConfig
from tintype.learn.recipes.tintype_s import RECIPE as FIRST

RECIPE = replace(
    FIRST,
    name="tintype_s_second",
    network=replace(
        FIRST.network,
        encoder=MobileNetV2Config(frozen=10),
        decoder=PyramidConfig(
            widths=(64, 96, 152),
            blocks=(1, 1, 3),
            mixing="separable",
            top=192,
            context_stride=16,
            hints=True,
        ),
    ),
    photographs=590_000,
    augment=Augment(area=(0.3, 1.0), ratio=1.2, hinted=0.2, exposure=0.3, grain=4.0, fade=0.15),
    optimizer=OptimizerConfig(rate=1.5e-3, encoder_rate=1e-3, weight_decay=0.03),
    ema_decay=0.999,
    seed=7,
)
