# SPDX-License-Identifier: Apache-2.0
"""The second member of the network that comes with tintype.

tintype train tintype_s_second --data DIR --imagenet FILE --out runs/tintype_s_second

Two networks that were trained apart know much the same and err apart, so that what only one of them
sees is faint in their mean. This one starts from the classifier again, of which ten blocks stay as
they are; its decoder is narrower, since both members together are to have no more than 4.5 million
parameters; and its photographs are varied more.
"""

from dataclasses import replace

from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.recipes.tintype_s import DECODER
from tintype.learn.recipes.tintype_s import RECIPE as FIRST

RECIPE = replace(
    FIRST,
    name="tintype_s_second",
    network=replace(
        FIRST.network,
        encoder=MobileNetV2Config(frozen=10),
        decoder=replace(DECODER, widths=(64, 96, 152), blocks=(1, 1, 3), top=192),
    ),
    photographs=590_000,
    augment=replace(FIRST.augment, area=(0.3, 1.0), hinted=0.2, exposure=0.3, grain=4.0, fade=0.15),
    optimizer=replace(FIRST.optimizer, rate=1.5e-3, schedule="cosine", weight_decay=0.03),
    ema_decay=0.999,
    seed=7,
)
