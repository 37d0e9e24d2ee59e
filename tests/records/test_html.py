# SPDX-License-Identifier: Apache-2.0
"""Pages are whole, closed to the outside, and show what they were given as text."""

import base64
import hashlib
import io
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tintype.records import html
from tintype.records.provenance import collect_provenance

VOID = {"br", "hr", "img", "input", "link", "meta"}


class Reader(HTMLParser):
    """Python's own parser as the oracle: what elements a browser would see, and what text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def read(text):
    reader = Reader(text)
    assert not reader.open  # every element is closed
    return reader


def encode(kind):
    buffer = io.BytesIO()
    Image.new("RGB", (4, 3), "orange").save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture
def picture():
    return encode("PNG")


@pytest.fixture
def everything(picture):
    return html.page(
        "A <page> & more",
        html.section("One", html.paragraph("plain <b>", html.element("code", "<i>")), anchor="one"),
        html.table(["name", "ΔE00"], [["<grey>", 10.84], ["ours", None]], caption="a & b"),
        html.figure(html.image(picture, alt='"quoted"'), caption="<caption>"),
        html.grid(html.comparison(picture, picture, alt="a cup", labels=("grey", "color"))),
        html.details("more", html.data_block("data", {"a": "</script>"})),
        html.provenance_table(collect_provenance(data={"val": "0" * 64})),
    )


def test_every_block_is_well_formed(everything):
    reader = read(everything)
    assert everything.startswith("<!doctype html>")
    assert not {"b", "i", "page", "grey", "caption>"} & {tag for tag, _ in reader.elements}
    assert "plain <b>" in "".join(reader.texts)


def test_a_page_asks_the_network_for_nothing(everything):
    assert not re.search(r"(https?:)?//[\w.]+\.\w", everything.replace("// SPDX", ""))
    reader = read(everything)
    assert {"link", "iframe", "object"}.isdisjoint(tag for tag, _ in reader.elements)
    sources = [a["src"] for _, a in reader.elements if "src" in a]
    assert sources
    assert all(source.startswith("data:image/") for source in sources)


def test_the_policy_allows_pictures_in_the_page_and_its_own_script_and_no_more(everything):
    reader = read(everything)
    policy = next(a["content"] for a in reader.all("meta") if "http-equiv" in a)
    script = re.findall(r"<script>(.*?)</script>", everything, re.DOTALL)[-1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.split("; ") == [
        "default-src 'none'",
        "img-src data:",
        "style-src 'unsafe-inline'",
        f"script-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_a_pages_own_script_is_covered_by_the_policy():
    assert "alert(1)" in html.page("t", script="alert(1)")
    digests = {re.search("sha256-[^']+", html.page("t", script=s))[0] for s in ("", "alert(1)")}
    assert len(digests) == 2


@pytest.mark.parametrize("asset", [{"script": "'</SCRIPT>'"}, {"style": "/* </style> */"}])
def test_script_and_style_cannot_end_their_element(asset):
    with pytest.raises(ValueError, match="would end its element"):
        html.page("t", **asset)


@given(text=st.text())
def test_text_is_shown_and_never_parsed(text):
    shown = html._NO_TEXT.sub("\ufffd", text).replace("\r\n", "\n")
    reader = read(html.element("p", text, attributes={"title": text}))
    assert [tag for tag, _ in reader.elements] == ["p"]
    assert "".join(reader.texts).replace("\r\n", "\n") == shown
    assert reader.elements[0][1]["title"].replace("\r\n", "\n") == shown


def test_text_that_html_cannot_hold_is_replaced():
    assert html.escape("caf\udce9\0.jpg") == "caf\ufffd\ufffd.jpg"


def test_markup_is_escaped_once():
    once = html.escape("<&>")
    assert once == "&lt;&amp;&gt;"
    assert html.escape(once) is once
    assert html.element("p", once) == "<p>&lt;&amp;&gt;</p>"
    assert html.join("<", html.element("br")) == "&lt;<br>"
    assert html.element("p", once + "<") == "<p>&amp;lt;&amp;amp;&amp;gt;&lt;</p>"  # a mere str


def test_attributes_can_be_set_left_out_and_valued():
    made = html.element("input", attributes={"a": True, "b": False, "c": None, "d": 0, "e": 'x"'})
    assert made == '<input a d="0" e="x&quot;">'


def test_columns_of_numbers_stand_flush_right():
    reader = read(html.table(["name", "n", "note"], [["a", 1, 2], ["b", None, "x"]]))
    assert [a.get("class") for a in reader.all("td")] == ["number", None] * 2
    assert [a.get("scope") for a in reader.all("th")] == ["col"] * 3 + ["row"] * 2


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="a row has 1 cells under 2 titles"):
        html.table(["a", "b"], [["only"]])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_pictures_are_part_of_the_page(kind):
    data = encode(kind)
    source = read(html.image(data, alt="orange")).all("img")[0]["src"]
    head, _, body = source.partition(",")
    assert head == f"data:image/{kind.lower()};base64"
    assert base64.b64decode(body) == data


def test_what_a_browser_cannot_show_is_refused():
    with pytest.raises(ValueError, match=r"it begins with b'II\*"):
        html.image(encode("TIFF"), alt="")


def test_the_divider_can_be_moved_by_keyboard_and_is_named(picture):
    reader = read(html.comparison(picture, picture, alt="a cup", labels=("grey", "color")))
    assert reader.all("input")[0]["type"] == "range"
    assert reader.all("input")[0]["aria-label"] == "divider: grey to color"
    assert {a["alt"] for a in reader.all("img")} == {"a cup, grey", "a cup, color"}


def test_the_provenance_is_all_there():
    found = collect_provenance(data={"val": "0" * 64}, accelerators=["Tensor Engine"])
    text = "".join(read(html.provenance_table(found)).texts)
    for part in (found.date, found.version, found.python, "Tensor Engine", "0" * 64, "numpy"):
        assert part in text
