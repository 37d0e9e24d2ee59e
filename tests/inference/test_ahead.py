# SPDX-License-Identifier: Apache-2.0
import threading
import time
from itertools import count, islice

import pytest

from tintype.inference.ahead import work_ahead


def test_results_come_in_order_whoever_is_first():
    def slow_at_first(number: int) -> int:
        time.sleep(0.05 if number == 0 else 0)
        return number * number

    assert list(work_ahead(slow_at_first, range(20), threads=3, waiting=2)) == [
        n * n for n in range(20)
    ]


def test_as_many_as_asked_for_are_worked_on_at_a_time():
    together = threading.Barrier(3, timeout=20)  # breaks unless three are there at once
    done = work_ahead(lambda _: together.wait() >= 0, range(6), threads=3, waiting=0)
    assert list(done) == [True] * 6


def test_no_more_is_taken_than_there_is_room_for():
    taken = []

    def items():
        for number in count():
            taken.append(number)
            yield number

    results = work_ahead(lambda n: n, items(), threads=2, waiting=3)
    assert list(islice(results, 4)) == [0, 1, 2, 3]
    assert len(taken) <= 4 + 2 + 3
    results.close()


def test_an_error_comes_up_and_the_rest_is_not_begun():
    begun = []

    def work(number: int) -> None:
        begun.append(number)
        if number == 1:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(work_ahead(work, range(100), threads=1, waiting=2))
    assert len(begun) < 10


def test_whoever_stops_taking_waits_for_what_is_in_hand():
    ended = []

    def work(number: int) -> int:
        time.sleep(0.02)
        ended.append(number)
        return number

    results = work_ahead(work, range(100), threads=2, waiting=20)
    next(results)
    results.close()
    there = list(ended)
    time.sleep(0.06)
    assert ended == there
    assert len(there) < 30
