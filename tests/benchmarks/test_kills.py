# SPDX-License-Identifier: Apache-2.0
import pytest

from benchmarks.kills import in_hand

A, B = ({"begun": name} for name in "ab")


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([], False),
        ([A], True),
        ([A, {"ended": "a"}], False),
        ([A, B, {"ended": "a"}], True),
        ([{"plan": 1}, A, B, {"ended": "b"}, {"ended": "a"}], False),
    ],
)
def test_photographs_in_hand_are_those_begun_and_not_ended(entries, said):
    assert in_hand(entries) is said
