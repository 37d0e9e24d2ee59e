# SPDX-License-Identifier: Apache-2.0
"""Which photograph trains, which validates, which tests: decided by a seed and nothing else.

Photographs are ordered by a hash of the seed and their name. The order does not depend on the
machine, on Python's version, or on how files were listed, and a photograph added or lost later
moves the others by one place at most: it never reshuffles them.
"""

import hashlib
from collections.abc import Sequence

SPLITS = ("train", "val", "test")


def shuffled(names: Sequence[str], *, seed: int) -> list[str]:
    """Put names into an order that a seed decides."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest())


def split_names(
    names: Sequence[str], *, seed: int, validation: float, test: float
) -> dict[str, list[str]]:
    """Split names into ``train``, ``val`` and ``test``.

    Args:
        names: one a photograph, all different.
        seed: decides the order, and with it the split.
        validation: share for ``val``, in [0, 1).
        test: share for ``test``, in [0, 1). Counts are rounded to the nearest photograph.

    Returns:
        The names of each split, in shuffled order, so that labels mix within every shard.
    """
    order = shuffled(names, seed=seed)
    tests = round(len(order) * test)
    validations = round(len(order) * validation)
    return {
        "train": order[tests + validations :],
        "val": order[tests : tests + validations],
        "test": order[:tests],
    }
