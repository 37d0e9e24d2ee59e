# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys

import pytest

# A program of its own: what is kept stays with the process.
_PROGRAM = """
import resource, sys
import torch
from tintype.learn.allocation import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
for _ in range(3):
    torch.ones(8_000_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    torch.ones(8_000_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    run = [sys.executable, "-c", _PROGRAM, how]
    return int(subprocess.run(run, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's library decides")
def test_freed_memory_is_not_fetched_again():
    assert faults("kept") < faults("not") / 10
