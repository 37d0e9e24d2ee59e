# SPDX-License-Identifier: Apache-2.0
"""The first member of the network that comes with tintype, finished.

tintype train tintype_s_finish --from FIRST --data DIR --out runs/tintype_s_finish

It goes on from where ``tintype_s_trimmed`` has come (FIRST: the weights that an export of its run
leaves), and now learns for the eye: how the decoded colours look counts beside their likelihood.
"""

from dataclasses import replace

from tintype.color.curve import ChromaCurve
from tintype.learn.appearance import AppearanceConfig
from tintype.learn.heads.joint_bins import JointBinsConfig
from tintype.learn.recipes.tintype_s_trimmed import RECIPE as BEFORE

CURVE = ChromaCurve(gain=2.35, power=1.6, limit=1.3, turn=(-0.044, -0.048, 0.056, -0.009))
HEAD = JointBinsConfig(
    step=12.0,
    uniform=0.95,
    thin=True,
    appearance=AppearanceConfig(restraint=0.009, curve=CURVE),
)
RECIPE = replace(
    BEFORE,
    name="tintype_s_finish",
    network=replace(BEFORE.network, head=HEAD),
    photographs=100_000,
    augment=replace(BEFORE.augment, area=(0.2, 1.0), grain=5.0, hinted=0.4),
    optimizer=replace(BEFORE.optimizer, rate=7e-4, encoder_rate=4e-4, weight_decay=0.05),
    seed=31,
)
