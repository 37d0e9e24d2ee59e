# SPDX-License-Identifier: Apache-2.0
"""The scale of a plot: where a value stands in pixels, and which round values to name.

Source: P. S. Heckbert, "Nice numbers for graph labels", Graphics Gems (1990): steps of 1, 2 and 5.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_LEAST = 1e-200  # what is nearer to zero counts as zero: next to it floats run out of digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A scale from values to pixels."""

    low: float
    high: float
    start: float  # pixel of ``low``
    end: float  # pixel of ``high``
    log: bool = False

    def place(self, value: float) -> float:
        """Pixel of a value."""
        low, high, value = map(self._bend, (self.low, self.high, value))
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def shows(self, value: float) -> bool:
        """Whether a value has a place: it is finite, and above zero on a logarithmic axis."""
        return math.isfinite(value) and (not self.log or value >= _LEAST)

    def ticks(self, *, count: int = 8) -> list[float]:
        """Round values on the axis, about ``count`` of them."""
        if self.log:
            ticks = self._log_ticks(count)
            if len(ticks) > 1:
                return ticks
        step = _round_up((self.high - self.low) / max(1, count - 1))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [index * step for index in range(first, last + 1)]

    def _log_ticks(self, count: int) -> list[float]:
        """Powers of ten, and twice and five times them where there are few."""
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        stride = max(1, math.ceil((last - first) / count))
        factors = (1,) if last - first > 3 else (1, 2, 5)
        ticks = [f * 10.0**power for power in range(first, last + 1, stride) for f in factors]
        return [tick for tick in ticks if self.low <= tick <= self.high]

    def _bend(self, value: float) -> float:
        return math.log10(value) if self.log else value


def find_span(values: Sequence[float], *, log: bool) -> tuple[float, float]:
    """Ends of an axis that shows all values, with a little room; some axis if there are none."""
    finite = [value if abs(value) >= _LEAST else 0.0 for value in values if math.isfinite(value)]
    shown = [value for value in finite if not log or value > 0]
    low, high = (min(shown), max(shown)) if shown else (1.0, 1.0)
    if log:
        return (low / 1.1, high * 1.1) if low < high else (low / 3, high * 3)
    if low == high:
        low, high = low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
    room = 0.04 * (high - low)
    return (low if low == 0 else low - room), (high if high == 0 else high + room)


def name_tick(value: float) -> str:
    """Write a tick's value without the digits that say nothing."""
    return f"{value:.6g}" if value else "0"


def _round_up(step: float) -> float:
    """Round a step up to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(f * power for f in (1, 2, 5, 10) if step <= f * power * (1 + 1e-9))
