# SPDX-License-Identifier: Apache-2.0
"""The network that comes with tintype, finished: both members together.

tintype train tintype_s_finish --from BOTH --data DIR --out runs/tintype_s_finish

They go on from where ``tintype_s_trimmed`` and ``tintype_s_second_worn`` have come (BOTH: the
weights that an export of both leaves), and now learn for the eye: how the colours look that the
mean of their scores is decoded to counts beside the likelihood of each.
"""

from dataclasses import replace

from tintype.color.curve import ChromaCurve
from tintype.learn.appearance import AppearanceConfig
from tintype.learn.heads.joint_bins import JointBinsConfig
from tintype.learn.recipes.tintype_s_second_worn import RECIPE as SECOND
from tintype.learn.recipes.tintype_s_trimmed import RECIPE as FIRST

CURVE = ChromaCurve(gain=2.35, power=1.6, limit=1.45, turn=(-0.044, -0.048, 0.056, -0.009))
HEAD = JointBinsConfig(
    step=12.0,
    uniform=0.95,
    thin=True,
    appearance=AppearanceConfig(restraint=0.009, curve=CURVE),
)
RECIPE = replace(
    FIRST,
    name="tintype_s_finish",
    network=replace(FIRST.network, head=HEAD),
    others=(replace(SECOND.network, head=HEAD),),
    photographs=100_000,
    augment=replace(FIRST.augment, area=(0.2, 1.0), grain=5.0, hinted=0.4),
    optimizer=replace(FIRST.optimizer, rate=3e-4, encoder_rate=3e-4, weight_decay=0.05),
    seed=31,
)
