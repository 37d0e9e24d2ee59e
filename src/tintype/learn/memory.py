# SPDX-License-Identifier: Apache-2.0
"""Memory that a training step frees is kept for the next one.

glibc gives large blocks back to the system as they are freed, and every step asks for the same ones
again: the system then clears hundreds of megabytes for each step, a good part of a CPU's time.

Source: mallopt(3), M_MMAP_MAX, M_TRIM_THRESHOLD and M_TOP_PAD.
"""

import ctypes
import platform

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4  # mallopt's names for what is set
_NEVER = -1
_GROW_BY = 64 << 20  # bytes


def keep_freed_memory() -> bool:
    """Let this process keep what it frees, from now on; its peak of memory stays what it is.

    Returns:
        Whether that was arranged; other C libraries than glibc are left as they are.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    settings = ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, _NEVER), (_TOP_PAD, _GROW_BY))
    return all(mallopt(name, value) for name, value in settings)
