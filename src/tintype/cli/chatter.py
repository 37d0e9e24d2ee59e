# SPDX-License-Identifier: Apache-2.0
"""What libraries say that nobody asked for: commands that train turn it down, warnings stay."""

import logging


def hush_lightning() -> None:
    """Silence the lines that Lightning writes at every start, about devices it did not find."""
    for name in ("lightning.pytorch", "lightning.pytorch.utilities.rank_zero", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
