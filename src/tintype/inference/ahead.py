# SPDX-License-Identifier: Apache-2.0
"""Work on many things at once, and hand the results out in order.

Decoders, ONNX Runtime and encoders let go of Python's lock while they work, so with a thread for
each core one photograph is decoded or encoded while the network is at another, and no core waits.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def work_ahead(
    work: Callable[[Item], Result], items: Iterable[Item], *, threads: int, waiting: int
) -> Iterator[Result]:
    """Do ``work`` on each item, in threads.

    Whoever stops taking results, by an error or Ctrl-C, ends it: what is in hand is finished and
    the rest is not begun.

    Args:
        work: called from several threads at once.
        items: taken one by one, as there is room for them.
        threads: how many are worked on at a time.
        waiting: how many more may be in the queue, or finished and not yet handed out; it bounds
            the memory that results take.

    Yields:
        The results, in the order of ``items``.

    Raises:
        Exception: the first that ``work`` raised, in that order.
    """
    with ThreadPoolExecutor(threads, thread_name_prefix="tintype-photograph") as pool:
        coming: deque[Future[Result]] = deque()
        try:
            for item in items:
                coming.append(pool.submit(work, item))
                if len(coming) >= threads + waiting:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            for future in coming:
                future.cancel()
