# SPDX-License-Identifier: Apache-2.0
"""The paper's regression, set so that it can learn four photographs by heart.

tintype overfit docs/paper/by_heart/regression.py --data DIR --photographs 4 --side 112
"""

from dataclasses import replace

from tintype.learn.decoders.residual_encoder import ResidualEncoderConfig
from tintype.learn.heads.uv_regression import UVRegressionConfig
from tintype.learn.recipe import find_recipe

BASE = find_recipe("paper_regression")
RECIPE = replace(
    BASE,
    name="regression_by_heart",
    batch_size=4,
    network=replace(
        BASE.network,
        decoder=ResidualEncoderConfig(widths=(16, 64, 128, 256), final=(64, 64)),
        head=UVRegressionConfig(objective="huber", threshold=0.5),
    ),
    optimizer=replace(BASE.optimizer, rate=1e-3, encoder_rate=1e-3),
)
