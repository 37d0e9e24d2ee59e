# SPDX-License-Identifier: Apache-2.0
"""How the C library shares memory out among threads, where that is glibc.

It gives each thread an arena of its own, up to eight for each core, and what is freed in one is of
no use to the others. A photograph's planes are tens of megabytes, and whichever thread works on it
takes them from its own arena: so the memory of a server that works on two photographs at a time
grows until every arena has been through the largest of them. Two arenas are enough for two workers,
and their memory is used again.

Source: mallopt(3) and malloc.h of glibc.
"""

import ctypes
import platform

_M_ARENA_MAX = -8  # malloc.h
_ARENAS = 2


def share_arenas() -> None:
    """Let all threads that begin from now on share two arenas; elsewhere than on glibc, nothing."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
