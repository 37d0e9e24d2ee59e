# SPDX-License-Identifier: Apache-2.0
"""The second member of the network that comes with tintype, trained on.

tintype train tintype_s_second_more --from SECOND --data DIR --out runs/tintype_s_second_more

It goes on from where ``tintype_s_second`` has come (SECOND: the weights that an export of its run
leaves), with all but three of the encoder's blocks free, at lower rates and on other crops.
"""

from dataclasses import replace

from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.recipes.tintype_s_second import RECIPE as BEFORE

RECIPE = replace(
    BEFORE,
    name="tintype_s_second_more",
    network=replace(BEFORE.network, encoder=MobileNetV2Config(frozen=3)),
    photographs=630_000,
    optimizer=replace(BEFORE.optimizer, rate=1e-3, encoder_rate=7e-4, warmup=300),
    seed=8,
)
