# SPDX-License-Identifier: Apache-2.0
"""The first member of the network that comes with tintype, without its coarsest map.

tintype train tintype_s_trimmed --from FIRST --data DIR --out runs/tintype_s_trimmed

It colours as well where that map is the same everywhere, so the encoder's blocks that serve it
alone go, more than half of the weights, and with them the decoder's first step. What is left
starts from where ``tintype_s_more`` has come, and gets used to it, with more hints than before:
they had gone by way of that map too.
"""

from dataclasses import replace

from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.recipes.tintype_s import DECODER as WHOLE
from tintype.learn.recipes.tintype_s_more import RECIPE as BEFORE

DECODER = replace(WHOLE, widths=WHOLE.widths[:2], top=WHOLE.widths[2])
RECIPE = replace(
    BEFORE,
    name="tintype_s_trimmed",
    network=replace(
        BEFORE.network,
        encoder=MobileNetV2Config(frozen=3, stages=4),
        decoder=DECODER,
    ),
    photographs=80_000,
    augment=replace(BEFORE.augment, hinted=0.5),
    optimizer=replace(BEFORE.optimizer, rate=2e-4, encoder_rate=1e-4),
    seed=23,
)
