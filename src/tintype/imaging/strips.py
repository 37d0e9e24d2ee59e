# SPDX-License-Identifier: Apache-2.0
"""A photograph in strips of rows: few enough pixels to stay in the cache, spread over threads.

A full-size step is a chain of simple operations on whole planes. Done on the photograph at once,
each would stream through main memory, and what lies between two of them would grow with the
photograph. Done strip by strip, all of it stays in the processor's cache, and memory grows with
the strip. NumPy and OpenCV let go of Python's lock while they compute, so threads share the work.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

Worker = Callable[[slice], None]

_PIXELS = 1 << 17  # half a MiB for a plane of float32: a few stay in the cache of one core


def for_each_strip(
    size: tuple[int, int], hire: Callable[[int], Worker], *, threads: int | None = None
) -> None:
    """Have every strip of rows done; together they cover the picture once.

    Args:
        size: the picture's (H, W), pixels.
        hire: called once in each thread, with the rows of the highest strip, so that a worker can
            set up the planes that it computes in; gives what does the rows of one slice.
        threads: how many share the work; by default as many as the process may use.

    Raises:
        Exception: the first that a worker raised.
    """
    strips = split_rows(size)
    count = min(threads or usable_cpus(), len(strips))

    def work(first: int) -> None:
        worker = hire(strips[0].stop)
        for rows in strips[first::count]:
            worker(rows)

    if count == 1:
        work(0)
        return
    with ThreadPoolExecutor(count, thread_name_prefix="tintype-strips") as pool:
        for _ in pool.map(work, range(count)):
            pass


def split_rows(size: tuple[int, int]) -> list[slice]:
    """The strips of a picture of (H, W) pixels, from the top; all of one height but the last."""
    height, width = size
    rows = max(1, _PIXELS // width)
    return [slice(top, min(top + rows, height)) for top in range(0, height, rows)]


def usable_cpus() -> int:
    """CPUs that this process may run on, which in a container are fewer than the machine's."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
