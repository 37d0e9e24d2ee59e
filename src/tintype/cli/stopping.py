# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C, once: finish what is in hand. Twice: the usual."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType


@contextmanager
def stop_on_signals() -> Iterator[Event]:
    """Let the first Ctrl-C, or a plain kill, ask for a stop; the second one is the usual.

    Yields:
        An event that is set when a stop is asked for.
    """
    stop = Event()
    usual = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, usual[signal.Signals(number)])

    for number in usual:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
