# SPDX-License-Identifier: Apache-2.0
"""Freed memory stays with the process, where the C library can be told to keep it."""

import platform
import subprocess
import sys

import pytest

_TOUCHED = """
import resource, sys
import numpy as np
from tintype.learn.memory import keep_freed_memory

if sys.argv[1] == "kept":
    assert keep_freed_memory()
np.ones(1 << 23, np.float64)  # of 64 MiB
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(8):
    np.ones(1 << 23, np.float64)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc is told, others are not")
def test_memory_that_is_kept_is_not_cleared_by_the_system_again() -> None:
    faults = {
        how: int(subprocess.check_output([sys.executable, "-c", _TOUCHED, how]))
        for how in ("given back", "kept")
    }
    assert faults["kept"] < faults["given back"] / 10
