# SPDX-License-Identifier: Apache-2.0
"""A third member, to go beside the two of the network that comes with tintype.

tintype train tintype_s_third --from FIRST --data DIR --out runs/tintype_s_third

It takes the first member's encoder, which ends at 1/16 of the size (FIRST: the weights that an
export of ``tintype_s_trimmed`` leaves, or tintype-s), and learns a decoder of its own upon it. No
part of that is as wide as the first one's, and so none of it starts from there.
"""

from dataclasses import replace

from tintype.learn.recipes.tintype_s_second import RECIPE as SECOND
from tintype.learn.recipes.tintype_s_trimmed import DECODER
from tintype.learn.recipes.tintype_s_trimmed import RECIPE as FIRST

RECIPE = replace(
    SECOND,
    name="tintype_s_third",
    network=replace(FIRST.network, decoder=replace(DECODER, widths=(56, 120), top=200)),
    photographs=620_000,
    augment=replace(SECOND.augment, grain=5.0, blur=1.0),
    optimizer=replace(SECOND.optimizer, encoder_rate=7e-4, weight_decay=0.05),
    seed=19,
)
