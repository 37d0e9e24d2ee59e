# SPDX-License-Identifier: Apache-2.0
"""A third member, to go beside the two of the network that comes with tintype.

tintype train tintype_s_third --data DIR --imagenet FILE --out runs/tintype_s_third

The first member does without its coarsest map: it colours no worse where that map is the same
everywhere, and four of the encoder's blocks, which hold two thirds of its weights, serve that map
alone. So this member has no such blocks, and looks around at 1/16 of the size, as both others do.
"""

from dataclasses import replace

from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.recipes.tintype_s import DECODER
from tintype.learn.recipes.tintype_s_second import RECIPE as SECOND

RECIPE = replace(
    SECOND,
    name="tintype_s_third",
    network=replace(
        SECOND.network,
        encoder=MobileNetV2Config(frozen=3, stages=4),
        decoder=replace(DECODER, widths=(64, 128), blocks=(2, 2, 2), top=192),
    ),
    photographs=1_300_000,
    augment=replace(SECOND.augment, grain=5.0, blur=1.0),
    seed=19,
)
