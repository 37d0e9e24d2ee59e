# SPDX-License-Identifier: Apache-2.0
"""Labels of files: nothing in them that leads out of a folder, or that a system reads otherwise."""

import ntpath
import posixpath
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.web.names import LONGEST, clean_name, distinct_names


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("a.jpg", "a.jpg"),
        ("Großmutter 1921.tif", "Großmutter 1921.tif"),
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\photos\\a.jpg", "a.jpg"),
        ("..", "photograph"),
        ("", "photograph"),
        (".htaccess", "htaccess"),
        ("a\x1b[31m.jpg", "a[31m.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("con.jpg", "_con.jpg"),
        ("COM1", "_COM1"),
        ("nul .txt", "_nul.txt"),
        ("a:b|c?.jpg", "abc.jpg"),
        ("x" * 300 + ".jpg", "x" * (LONGEST - 4) + ".jpg"),
    ],
)
def test_a_name_is_cleaned(given_name, cleaned):
    assert clean_name(given_name) == cleaned


@given(st.text(max_size=200))
def test_no_name_leads_anywhere(name):
    cleaned = clean_name(name)
    assert cleaned
    assert len(cleaned) <= LONGEST + 1
    assert posixpath.basename(cleaned) == ntpath.basename(cleaned) == cleaned
    assert cleaned not in (".", "..")
    assert not any(unicodedata.category(mark)[0] == "C" for mark in cleaned)
    assert clean_name(cleaned).lstrip("_") == cleaned.lstrip("_")


def test_names_alike_are_numbered_where_case_does_not_count_either():
    names = ["a.jpg", "A.jpg", "b.jpg", "a.jpg", "a-2.jpg"]
    assert distinct_names(names) == ["a.jpg", "A-2.jpg", "b.jpg", "a-3.jpg", "a-2-2.jpg"]
