# SPDX-License-Identifier: Apache-2.0
"""The network that comes with tintype, as a GPU trains it: large batches, nothing frozen.

python -m scripts.train_queue tintype_s_gpu --data DIR --imagenet FILE --minutes N

Thousands of crops a second see every photograph of a small collection many times over. So crops are
smaller, and lightness is varied as exposure and old film vary it, lest they be learnt by heart.
"""

from dataclasses import replace

from tintype.learn.augment import Augment
from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.recipe import OptimizerConfig
from tintype.learn.recipes.tintype_s import RECIPE as ON_A_CPU

RECIPE = replace(
    ON_A_CPU,
    name="tintype_s_gpu",
    network=replace(ON_A_CPU.network, encoder=MobileNetV2Config(frozen=0)),
    photographs=4_000_000,
    batch_size=256,
    augment=Augment(area=(0.15, 1.0), ratio=4 / 3, hinted=0.25, exposure=0.3, grain=4.0, fade=0.1),
    optimizer=OptimizerConfig(rate=2e-3, encoder_rate=1.5e-3, weight_decay=0.05, warmup=300),
)
