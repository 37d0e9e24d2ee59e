# SPDX-License-Identifier: Apache-2.0
"""The second member of the network that comes with tintype, finished as the first one is.

tintype train tintype_s_second_finish --from SECOND --data DIR --out runs/tintype_s_second_finish

It goes on from where ``tintype_s_second_worn`` has come (SECOND: the weights that an export of its
run leaves).
"""

from dataclasses import replace

from tintype.learn.recipes.tintype_s_finish import HEAD
from tintype.learn.recipes.tintype_s_second_worn import RECIPE as BEFORE

RECIPE = replace(
    BEFORE,
    name="tintype_s_second_finish",
    network=replace(BEFORE.network, head=HEAD),
    photographs=100_000,
    augment=replace(BEFORE.augment, hinted=0.4),
    optimizer=replace(BEFORE.optimizer, weight_decay=0.05),
    seed=37,
)
