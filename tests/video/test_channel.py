# SPDX-License-Identifier: Apache-2.0
"""Things go from thread to thread in order; ends, errors and departures reach the other side."""

from threading import Thread

import pytest

from tintype.video.channel import Broken, Channel


def test_things_come_in_order_and_the_giver_waits():
    channel = Channel(2)
    given = []

    def give():
        for number in range(50):
            channel.put(number)
            given.append(number)
        channel.end()

    thread = Thread(target=give)
    thread.start()
    taken = []
    for number in channel:
        taken.append(number)
        assert len(given) <= len(taken) + 3
    thread.join()
    assert taken == list(range(50))


def test_an_error_comes_after_what_was_given():
    channel = Channel(4)
    channel.put("one")
    channel.end(ValueError("the giver failed"))
    taken = iter(channel)
    assert next(taken) == "one"
    with pytest.raises(ValueError, match="the giver failed"):
        next(taken)


def test_a_giver_learns_that_nobody_takes():
    channel = Channel(1)
    channel.put(1)
    failed = []

    def give():
        try:
            channel.put(2)
        except Broken:
            failed.append(True)

    thread = Thread(target=give)
    thread.start()
    channel.leave()
    thread.join(5)
    assert failed == [True]
    with pytest.raises(Broken):
        channel.put(3)
