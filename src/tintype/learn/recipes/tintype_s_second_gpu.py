# SPDX-License-Identifier: Apache-2.0
"""The second member of the network that comes with tintype, as a GPU trains it.

python -m scripts.train_queue tintype_s_second_gpu --data DIR --imagenet FILE --minutes N
"""

from dataclasses import replace

from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.recipes.tintype_s_gpu import RECIPE as FIRST
from tintype.learn.recipes.tintype_s_second import RECIPE as ON_A_CPU

RECIPE = replace(
    ON_A_CPU,
    name="tintype_s_second_gpu",
    network=replace(ON_A_CPU.network, encoder=MobileNetV2Config(frozen=0)),
    photographs=FIRST.photographs,
    batch_size=FIRST.batch_size,
    optimizer=FIRST.optimizer,
)
