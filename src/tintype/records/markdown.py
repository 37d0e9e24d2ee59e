# SPDX-License-Identifier: Apache-2.0
"""Tables for the documents of a repository, and the places in them that commands fill.

A document marks such a place by two comments that no reader sees::

    <!-- record: benchmarks/startup -->
    ...
    <!-- end of record -->

What stands between them is a command's, made from a committed record; the rest is an author's.
Comments that are indented, as those above are, mark nothing.
"""

import re
from collections.abc import Sequence

from tintype.errors import RecordError
from tintype.records.cells import Cell, format_cell, is_number_column

_PLACE = re.compile(
    r"^(?P<begin><!-- record: (?P<name>\S+) -->\n)(?P<body>(?:(?!^<!-- record: ).)*?)"
    r"^(?P<end><!-- end of record -->)$",
    re.DOTALL | re.MULTILINE,
)
_BEGIN = re.compile(r"^<!-- record: (\S+) -->", re.MULTILINE)
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#&])")


def table(header: Sequence[str], rows: Sequence[Sequence[Cell]], *, digits: int = 2) -> str:
    """Make a table that reads well as plain text too: columns padded, numbers flush right.

    Args:
        header: one title a column.
        rows: cells: text, numbers; None for what is missing. Text is taken literally.
        digits: of fractions, after the point.

    Raises:
        ValueError: a row has more or fewer cells than the header.
    """
    numeric = is_number_column(header, rows)
    lines = [[escape(title) for title in header]]
    lines += [[escape(format_cell(cell, digits=digits)) for cell in row] for row in rows]
    widths = [max(3, *(len(line[index]) for line in lines)) for index in range(len(header))]
    rule = [f"{'-' * (w - 1)}:" if n else "-" * w for w, n in zip(widths, numeric, strict=True)]
    padded = [
        [c.rjust(w) if n else c.ljust(w) for c, w, n in zip(line, widths, numeric, strict=True)]
        for line in lines
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in [padded[0], rule, *padded[1:]])


def escape(text: str) -> str:
    """Keep Markdown from reading anything into a text, or a line's end from ending its table."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def list_places(document: str) -> list[str]:
    """Names of the places that commands fill, in the order of the document.

    Raises:
        RecordError: one is begun and not ended before the next.
    """
    names = [match["name"] for match in _PLACE.finditer(document)]
    begun = _BEGIN.findall(document)
    if begun != names:
        open_ = next(b for b, n in zip(begun, [*names, None], strict=False) if b != n)
        raise RecordError(
            f"the place for the record {open_!r} has no end; put <!-- end of record --> on a line "
            f"of its own behind it"
        )
    return names


def fill_place(document: str, name: str, body: str) -> str:
    """Put a command's text into a place of a document, instead of what was there.

    Args:
        document: the whole Markdown file.
        name: of the place, as its first comment says.
        body: Markdown.

    Raises:
        RecordError: the document has no such place, or several.
    """
    count = list_places(document).count(name)
    if count != 1:
        raise RecordError(
            f"the document has {count} places for the record {name!r}; it needs one: "
            f"<!-- record: {name} --> and <!-- end of record -->, each at the start of a line"
        )

    def fill(match: re.Match[str]) -> str:
        if match["name"] != name:
            return match[0]
        return f"{match['begin']}\n{body.strip()}\n\n{match['end']}"

    return _PLACE.sub(fill, document)
