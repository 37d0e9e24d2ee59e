# SPDX-License-Identifier: Apache-2.0
"""Decoding times that follow from showing times, whatever the encoder's order."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.video.encoding import Coded
from tintype.video.muxing import time_packets


def reorder(stamps: list[int], group: int) -> list[int]:
    """The order in which an encoder with pyramids of B pictures gives them out."""
    ordered = stamps[:1]
    for first in range(1, len(stamps), group):
        part = stamps[first : first + group]
        ordered += [part[-1], *part[len(part) // 2 : -1], *part[: len(part) // 2]]
    return ordered


def delay_of(order: list[int]) -> int:
    rank = {pts: place for place, pts in enumerate(sorted(order))}
    return max(place - rank[pts] for place, pts in enumerate(order))


@given(
    gaps=st.lists(st.integers(1, 2000), min_size=1, max_size=300),
    group=st.integers(1, 9),
    start=st.integers(-5000, 5000),
)
def test_decoding_times_rise_and_never_come_after_showing(gaps, group, start):
    stamps = [start]
    for gap in gaps:
        stamps.append(stamps[-1] + gap)
    order = reorder(stamps, group)
    packets = [Coded(pts=pts, key=False, data=b"") for pts in order]
    end = stamps[-1] + 40
    timed = list(time_packets(packets, delay=delay_of(order), end=end, tick=40))
    assert [coded.pts for coded, _, _ in timed] == order
    times = [dts for _, dts, _ in timed]
    assert all(earlier < later for earlier, later in pairwise(times))
    assert all(dts <= coded.pts for coded, dts, _ in timed)
    lasting = {coded.pts: duration for coded, _, duration in timed}
    following = dict(zip(stamps, [*stamps[1:], end], strict=True))
    assert lasting == {pts: following[pts] - pts for pts in stamps}


def test_without_reordering_both_are_the_same():
    packets = [Coded(pts=pts, key=True, data=b"") for pts in (0, 40, 90)]
    timed = list(time_packets(packets, delay=0, end=130, tick=40))
    assert [(dts, duration) for _, dts, duration in timed] == [(0, 40), (40, 50), (90, 40)]


@pytest.mark.parametrize("delay", [1, 2])
def test_the_first_times_lie_before_the_beginning(delay):
    packets = [Coded(pts=pts, key=True, data=b"") for pts in (0, 80, 40)]
    timed = [dts for _, dts, _ in time_packets(packets, delay=delay, end=120, tick=40)]
    assert timed == [-40 * delay + 40 * place for place in range(3)]


def test_packets_are_not_all_held_at_once():
    taken = []

    def packets():
        for pts in range(10_000):
            taken.append(pts)
            yield Coded(pts=pts, key=True, data=b"")

    timed = time_packets(packets(), delay=2, end=10_000, tick=1)
    next(timed)
    assert len(taken) < 300
