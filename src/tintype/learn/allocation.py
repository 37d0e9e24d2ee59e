# SPDX-License-Identifier: Apache-2.0
"""Memory that a training step gives back is kept for the next one.

The C library hands large blocks back to the system at once, which then has to clear them page by
page when the next layer asks for as much: on two cores this costs a third of a step.
"""

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt(3), glibc
_ALL = 2**31 - 1


def keep_freed_memory() -> None:
    """Let the process keep what it frees; does nothing where the C library is not glibc."""
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "gnu_get_libc_version"):
        library.mallopt(_TRIM_THRESHOLD, _ALL)
        library.mallopt(_MMAP_THRESHOLD, _ALL)
