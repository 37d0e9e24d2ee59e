# SPDX-License-Identifier: Apache-2.0
"""Building blocks of self-contained HTML pages: tables, pictures, a before-and-after slider.

A page is one file that opens from a disk and asks the network for nothing: pictures are data URIs,
style and script stand in the page, and its content security policy forbids all else. It reads on a
phone, on paper, in light and dark.

A block is :class:`Markup`, text that is HTML already. Blocks take plain text as well and escape
it, so that no file name or label can become an element; only :func:`element` makes Markup of text.
Plots are in :mod:`tintype.records.plots`.

Source: HTML Living Standard, 13.3 (escaping); Content Security Policy Level 3, 2.3.1 (hashes).
"""

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from tintype.records.cells import Cell, format_cell, is_number_column
from tintype.records.provenance import Provenance

Attributes = Mapping[str, str | int | float | bool | None]

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})  # elements without an end tag
_NO_TEXT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SIGNATURES = (  # of the picture formats that browsers show
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "image/avif"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
)


class Markup(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


def escape(text: str) -> Markup:
    """Make text safe between tags and inside quoted attributes; Markup passes as it is.

    Control characters and lone surrogates, which file names may bring and HTML may not hold,
    become U+FFFD.
    """
    if isinstance(text, Markup):
        return text
    return Markup(html.escape(_NO_TEXT.sub("\ufffd", text)))


def join(*parts: str) -> Markup:
    """Put blocks and texts one after the other."""
    return Markup("".join(map(escape, parts)))


def element(name: str, *children: str, attributes: Attributes | None = None) -> Markup:
    """Make an element.

    Args:
        name: of the element, not from outside: it is not escaped.
        children: blocks, and texts, which are escaped.
        attributes: names, not from outside, and values; None and False leave one out, True sets
            it without a value.
    """
    head = name
    for key, value in (attributes or {}).items():
        if value is True:
            head += f" {key}"
        elif value is not None and value is not False:
            head += f' {key}="{escape(str(value))}"'
    return Markup(f"<{head}>" if name in _VOID else f"<{head}>{join(*children)}</{name}>")


def page(title: str, *blocks: str, style: str = "", script: str = "") -> str:
    """Make a page of blocks.

    Args:
        title: shown at the top and in the browser's tab.
        blocks: the page's content.
        style: CSS of this page's own, after that of all pages.
        script: JavaScript of this page's own; the page's policy allows it by its hash.

    Raises:
        ValueError: the style or the script holds its own end tag.
    """
    sheet, program = _read_asset("page.css") + style, _read_asset("page.js") + script
    for text, end in ((sheet, "</style"), (program, "</script")):
        if end in text.lower():
            raise ValueError(f"text that holds {end!r} would end its element there")
    digest = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    security = {"http-equiv": "Content-Security-Policy", "content": policy}
    viewport = {"name": "viewport", "content": "width=device-width, initial-scale=1"}
    head = element(
        "head",
        element("meta", attributes={"charset": "utf-8"}),
        element("meta", attributes=security),
        element("meta", attributes=viewport),
        element("title", title),
        element("style", Markup(sheet)),
    )
    body = element(
        "body",
        element("main", element("h1", title), *blocks),
        element("script", Markup(program)),
    )
    return f"<!doctype html>\n{element('html', head, body, attributes={'lang': 'en'})}\n"


def section(heading: str, *blocks: str, anchor: str | None = None) -> Markup:
    """Make a section under a heading; ``anchor`` is the name that links in the page use."""
    return element("section", element("h2", heading), *blocks, attributes={"id": anchor})


def paragraph(*parts: str) -> Markup:
    """Make a paragraph of texts and inline elements."""
    return element("p", *parts)


def details(summary: str, *blocks: str) -> Markup:
    """Make blocks that stay folded under a summary until they are asked for."""
    return element("details", element("summary", summary), *blocks)


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    caption: str = "",
    digits: int = 2,
) -> Markup:
    """Make a table; columns of numbers stand flush right.

    Args:
        header: one title a column.
        rows: cells: Markup, text, numbers; None for what is missing. The first of each row names
            the row.
        caption: what the table shows.
        digits: of fractions, after the point.

    Raises:
        ValueError: a row has more or fewer cells than the header.
    """
    numeric = is_number_column(header, rows)
    kinds = [{"class": "number"} if is_number else {} for is_number in numeric]
    titles = [
        element("th", title, attributes={"scope": "col", **kind})
        for title, kind in zip(header, kinds, strict=True)
    ]
    lines = []
    for row in rows:
        texts = [format_cell(cell, digits=digits) for cell in row]
        cells = [element("th", texts[0], attributes={"scope": "row", **kinds[0]})]
        cells += [
            element("td", text, attributes=kind)
            for text, kind in zip(texts[1:], kinds[1:], strict=True)
        ]
        lines.append(element("tr", *cells))
    made = element(
        "table",
        *([element("caption", caption)] if caption else []),
        element("thead", element("tr", *titles)),
        element("tbody", *lines),
    )
    # a table wider than the window scrolls by itself, by the keyboard too
    return element("div", made, attributes={"class": "wide", "tabindex": 0})


def image(data: bytes, *, alt: str, width: int | None = None) -> Markup:
    """Show a picture that is part of the page.

    Args:
        data: a whole JPEG, PNG, WebP, AVIF or GIF file.
        alt: what the picture shows, in words.
        width: on the page, in CSS pixels; by default the picture's own, the window's at most.

    Raises:
        ValueError: the bytes are none of these formats.
    """
    source = _to_data_uri(data)
    return element("img", attributes={"src": source, "alt": alt, "width": width})


def figure(*blocks: str, caption: str) -> Markup:
    """Make blocks with a caption under them."""
    return element("figure", *blocks, element("figcaption", caption))


def grid(*blocks: str, width: int = 240) -> Markup:
    """Lay blocks out in rows, each at least ``width`` CSS pixels wide."""
    return element("div", *blocks, attributes={"class": "grid", "style": f"--width: {width}px"})


def comparison(
    before: bytes, after: bytes, *, alt: str, labels: tuple[str, str] = ("before", "after")
) -> Markup:
    """Lay one picture over another of the same shape, with a divider to be dragged between them.

    Args:
        before: the file of the picture on the left.
        after: the file of the picture on the right.
        alt: what both show, in words.
        labels: short names of the two.

    Raises:
        ValueError: the bytes are no JPEG, PNG, WebP, AVIF or GIF file.
    """
    left, right = labels
    handle: dict[str, str | int] = {
        "type": "range",
        "min": 0,
        "max": 100,
        "value": 50,
        "step": "any",
    }
    return element(
        "div",
        image(after, alt=f"{alt}, {right}"),
        image(before, alt=f"{alt}, {left}"),
        element("span", left, attributes={"class": "left"}),
        element("span", right, attributes={"class": "right"}),
        element("input", attributes={**handle, "aria-label": f"divider: {left} to {right}"}),
        attributes={"class": "comparison"},
    )


def data_block(identifier: str, value: Any) -> Markup:
    """Leave JSON in the page for its script, which reads the element's ``textContent``."""
    text = json.dumps(value, allow_nan=False).replace("<", "\\u003c")  # no tag can open or end
    attributes = {"type": "application/json", "id": identifier}
    return element("script", Markup(text), attributes=attributes)


def provenance_table(provenance: Provenance) -> Markup:
    """Say where a page's figures come from."""
    machine = provenance.hardware
    code = "a wheel" if provenance.commit is None else f"commit {provenance.commit}"
    memory = "" if machine.memory is None else f", {machine.memory / 2**30:.1f} GiB"
    rows = [
        ("command", element("code", provenance.command)),
        ("date", provenance.date),
        ("tintype", f"{provenance.version}, {code}{', changed since' * bool(provenance.dirty)}"),
        ("machine", f"{machine.processor}, {machine.cores} cores{memory}, {machine.system}"),
        *(("accelerator", name) for name in machine.accelerators),
        ("Python", provenance.python),
        ("packages", ", ".join(f"{k} {v}" for k, v in provenance.packages.items())),
        *((f"data: {name}", element("code", value)) for name, value in provenance.data.items()),
    ]
    return details("Where these figures come from", table(("what", "which"), rows))


def _to_data_uri(data: bytes) -> str:
    for signature, media_type in _SIGNATURES:
        if signature.match(data):
            return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
    raise ValueError(f"no JPEG, PNG, WebP, AVIF or GIF file: it begins with {data[:12]!r}")


def _read_asset(name: str) -> str:
    return resources.files("tintype.records").joinpath(name).read_text(encoding="utf-8")
