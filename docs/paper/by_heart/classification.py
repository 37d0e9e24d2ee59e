# SPDX-License-Identifier: Apache-2.0
"""The paper's classification, set so that it can learn four photographs by heart.

tintype overfit docs/paper/by_heart/classification.py --data DIR --photographs 4 --side 112
"""

from dataclasses import replace

from tintype.learn.recipe import find_recipe

BASE = find_recipe("paper_classification")
RECIPE = replace(
    BASE,
    name="classification_by_heart",
    batch_size=4,
    optimizer=replace(BASE.optimizer, rate=1e-3, encoder_rate=1e-3),
)
