# SPDX-License-Identifier: Apache-2.0
"""The first member of the network that comes with tintype, trained on.

tintype train tintype_s_more --from FIRST --data DIR --out runs/tintype_s_more

It had hardly seen a photograph out of focus, and took softness for a reason to be sure: soft
photographs came out garish. So it goes on from where it has come, with blur among what befalls its
crops, at lower rates that fall to zero.
"""

from dataclasses import replace

from tintype.learn.recipes.tintype_s import RECIPE as BEFORE

RECIPE = replace(
    BEFORE,
    name="tintype_s_more",
    photographs=220_000,
    augment=replace(BEFORE.augment, area=(0.4, 1.0), exposure=0.3, grain=4.0, fade=0.15, blur=1.2),
    optimizer=replace(
        BEFORE.optimizer,
        rate=5e-4,
        encoder_rate=4e-4,
        schedule="cosine",
        weight_decay=0.03,
        warmup=200,
    ),
    ema_decay=0.999,
    seed=11,
)
