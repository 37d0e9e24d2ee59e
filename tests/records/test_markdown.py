# SPDX-License-Identifier: Apache-2.0
"""Documents take tables at the places that are marked for them, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tintype.errors import RecordError
from tintype.records.markdown import escape, fill_place, list_places, table

DOCUMENT = """# Title

<!-- record: a/b -->
old
<!-- end of record -->
between
<!-- record: c -->
<!-- end of record -->
"""


def render(text):
    """HTML by markdown-it, an independent reader of GitHub's Markdown."""
    return MarkdownIt("gfm-like", {"linkify": False}).render(text)


def test_a_table_reads_well_as_plain_text():
    assert table(["name", "ΔE00"], [["grey", 10.84], ["ours", None]]) == (
        "| name |  ΔE00 |\n| ---- | ----: |\n| grey | 10.84 |\n| ours |     – |\n"
    )


def test_a_table_is_a_table_to_a_reader_of_markdown():
    rendered = render(table(["a|b", "n"], [["*x*\n<b>", 1]]))
    assert "<th>a|b</th>" in rendered
    assert "<td>*x* &lt;b&gt;</td>" in rendered
    assert '<td style="text-align:right">1</td>' in rendered


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1))
def test_any_text_stays_in_its_cell(text):
    rendered = render(table(["title"], [[text], ["last"]]))
    assert rendered.count("<td>") == 2
    assert rendered.count("<") == rendered.count("<t") + rendered.count("</")


def test_a_place_is_filled_and_the_rest_left_alone():
    filled = fill_place(DOCUMENT, "a/b", "new\n")
    assert filled == DOCUMENT.replace("old", "\nnew\n")
    assert fill_place(filled, "a/b", "new") == filled
    assert fill_place(DOCUMENT, "c", r"\1").endswith(
        "<!-- record: c -->\n\n\\1\n\n<!-- end of record -->\n"
    )
    assert list_places(filled) == ["a/b", "c"]


def test_an_indented_place_is_an_example():
    indented = "".join(f"    {line}" for line in DOCUMENT.splitlines(keepends=True))
    assert list_places(indented + DOCUMENT) == list_places(DOCUMENT)
    assert list_places(indented) == []


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("c", DOCUMENT.rstrip().removesuffix("<!-- end of record -->")),
        (
            "c",
            DOCUMENT.rstrip().removesuffix("<!-- end of record -->") + "  <!-- end of record -->",
        ),
        ("a/b", DOCUMENT.replace("<!-- end of record -->", "", 1)),
    ],
)
def test_a_place_without_an_end_is_refused(name, document):
    """Else its figures would grow stale unseen, or swallow the text up to the next one's end."""
    with pytest.raises(RecordError, match=f"the record '{name}' has no end"):
        list_places(document)


@pytest.mark.parametrize("document", ["", DOCUMENT + DOCUMENT])
def test_a_place_must_be_there_once(document):
    with pytest.raises(
        RecordError, match=r"has [02] places for the record 'c'; it needs one: <!--"
    ):
        fill_place(document, "c", "")


def test_escapes_are_seen_as_what_they_stand_for():
    assert escape("a_b|c\n d") == r"a\_b\|c d"
