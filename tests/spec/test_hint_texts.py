# SPDX-License-Identifier: Apache-2.0
"""Hints as text: what is written is read again, and what is no hint is refused with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.errors import OptionError
from tintype.spec.hint_texts import hints_from_json, hints_to_json, parse_hint
from tintype.spec.hints import Hint

places = st.floats(0, 1e5)
hints = st.builds(
    Hint,
    x=places,
    y=places,
    color=st.integers(0, 0xFFFFFF).map("#{:06x}".format),
    radius=st.none() | st.floats(0.01, 1e4),
)


@given(st.lists(hints, max_size=5))
def test_a_file_that_is_written_is_read_again(given):
    assert hints_from_json(hints_to_json(given)) == tuple(given)


def test_one_in_a_line():
    assert parse_hint("30,40.5,#A0b0c0") == Hint(30.0, 40.5, "#A0b0c0")
    assert parse_hint(" 3, 4, #a0b0c0, 7 ") == Hint(3.0, 4.0, "#a0b0c0", 7.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3,4", "is written X,Y,#RRGGBB"),
        ("3,4,#a0b0c0,7,8", "is written X,Y,#RRGGBB"),
        ("x,4,#a0b0c0", "X, Y and RADIUS are numbers"),
        ("3,4,red", "color must be written #RRGGBB, got 'red'"),
        ("-3,4,#a0b0c0", "x and y must be at least 0"),
        ("nan,4,#a0b0c0", "x and y must be at least 0"),
        ("3,4,#a0b0c0,0", "radius must be above 0"),
        ("3,4,#a0b0c0,inf", "radius must be above 0 and finite"),
    ],
)
def test_what_is_no_hint_is_refused(text, said):
    with pytest.raises(OptionError, match=said):
        parse_hint(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be JSON"),
        ("[{]", "must be JSON"),
        (b"\xff\xfe\x00", "must be JSON"),
        ("[" * 100_000, "must be JSON"),
        ("{}", "must be a list"),
        ("[3]", "hint 1 must be an object with x, y, color; got 3"),
        ('[{"x": 1}]', "hint 1 has no y, color"),
        ('[{"x":1,"y":1,"color":"#aabbcc","colour":"#aabbcc"}]', "hint 1 has colour; there are"),
        ('[{"x":"1","y":1,"color":"#aabbcc"}]', "hint 1: x must be a number, got '1'"),
        ('[{"x":true,"y":1,"color":"#aabbcc"}]', "hint 1: x must be a number, got True"),
        ('[{"x":1,"y":1,"color":7}]', "hint 1: color must be #RRGGBB, got 7"),
        ('[{"x":1,"y":1,"color":"#aabbcc"},{"x":1,"y":1,"color":"#abc"}]', "hint 2: .* got '#abc'"),
        (
            '[{"x":1,"y":1,"color":"#aabbcc","radius":-1}]',
            "radius must be above 0 and finite, got -1",
        ),
    ],
)
def test_a_file_that_holds_no_hints_is_refused(text, said):
    with pytest.raises(OptionError, match=said):
        hints_from_json(text)


def test_a_radius_may_be_null():
    assert hints_from_json('[{"x":1,"y":2,"color":"#aabbcc","radius":null}]')[0].radius is None
