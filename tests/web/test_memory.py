# SPDX-License-Identifier: Apache-2.0
"""What threads take from the C library: from two arenas, as glibc itself reports them."""

import platform
import subprocess
import sys

import pytest

THREADS = 8
PROGRAM = f"""
import ctypes, sys
from threading import Barrier, Thread
from tintype.web.memory import share_arenas

if "share" in sys.argv:
    share_arenas()
here = Barrier({THREADS})

def work():
    here.wait()
    taken = [bytearray(50_000) for _ in range(20)]  # below what is mapped for itself
    here.wait()

threads = [Thread(target=work) for _ in range({THREADS})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""


def arenas(*arguments: str) -> int:
    """How many arenas there are after several threads have worked at once."""
    command = [sys.executable, "-c", PROGRAM, *arguments]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return report.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this is no glibc")
def test_threads_share_two_arenas():
    assert arenas() > 3  # so many that the test can tell
    assert arenas("share") == 2
