# SPDX-License-Identifier: Apache-2.0
"""The second member of the network that comes with tintype, trained on worn photographs.

tintype train tintype_s_second_worn --from SECOND --data DIR --out runs/tintype_s_second_worn

It goes on from where ``tintype_s_second_more`` has come, with crops out of focus, stronger grain
and smaller parts of photographs. By then it answered its training photographs better than others,
so its weights decay faster too.
"""

from dataclasses import replace

from tintype.learn.recipes.tintype_s_second_more import RECIPE as BEFORE

RECIPE = replace(
    BEFORE,
    name="tintype_s_second_worn",
    photographs=450_000,
    augment=replace(BEFORE.augment, area=(0.2, 1.0), grain=6.0, blur=1.2),
    optimizer=replace(BEFORE.optimizer, rate=7e-4, encoder_rate=5e-4, weight_decay=0.1),
    seed=12,
)
