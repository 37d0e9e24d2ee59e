# SPDX-License-Identifier: Apache-2.0
"""A folder's results to look through: photographs before and after, failures with their reasons.

The pages lie beside the results, to which they lead, and hold small copies of the pictures, so that
they open anywhere and stay quick; a page holds so many, and leads to the others.
"""

import os
from collections.abc import Sequence
from functools import partial
from os.path import relpath
from pathlib import Path
from urllib.parse import quote

import numpy as np

from tintype.errors import TintypeError
from tintype.imaging.depth import at_depth
from tintype.imaging.files import encode, read
from tintype.imaging.photograph import Photograph
from tintype.imaging.resize import resize_pixels
from tintype.inference.ahead import work_ahead
from tintype.jobs.work import Outcome, Status, share_cores
from tintype.records import html
from tintype.records.files import write_text

_PER_PAGE = 200  # photographs
_LONGEST = 360  # pixels of a picture's long side
_QUALITY = 82

Pair = tuple[bytes, bytes]


def write_pages(outcomes: Sequence[Outcome], out: Path, *, max_pixels: int) -> list[Path]:
    """Write the pages of a folder's results.

    Args:
        outcomes: of all files; a file that was settled several times is shown as it was last.
        out: the folder of the results.
        max_pixels: photographs with more than this are not shown.

    Returns:
        The pages; the first has the failures, and leads to the others.

    Raises:
        OutputError: a page cannot be written.
    """
    last = list({outcome.task.source: outcome for outcome in outcomes}.values())
    colored = [one for one in last if one.has_result]
    count = max(1, -(-len(colored) // _PER_PAGE))
    paths = [out / _name(number) for number in range(count)]
    for number, path in enumerate(paths):
        part = colored[number * _PER_PAGE : (number + 1) * _PER_PAGE]
        blocks = [_links(paths, path)] if count > 1 else []
        blocks += [_summary(last), _failures(last)] if number == 0 else []
        gallery = _gallery(part, out, max_pixels)
        write_text(html.page("Photographs, coloured", *blocks, gallery), path)
    return paths


def _name(number: int) -> str:
    return f"tintype-report{f'-{number + 1}' if number else ''}.html"


def _links(paths: Sequence[Path], here: Path) -> html.Markup:
    links = [
        html.element("strong", str(number))
        if path == here
        else html.element("a", str(number), attributes={"href": path.name})
        for number, path in enumerate(paths, 1)
    ]
    return html.paragraph("Pages: ", *(part for link in links for part in (link, " ")))


def _summary(outcomes: Sequence[Outcome]) -> html.Markup:
    counts = {status: sum(one.status is status for one in outcomes) for status in Status}
    return html.paragraph(
        ", ".join(f"{count} {status}" for status, count in counts.items()),
        ". The colours are computed: they show what photographs usually look like, not what was "
        "there.",
    )


def _failures(outcomes: Sequence[Outcome]) -> html.Markup:
    failed = [(str(one.task.source), str(one.error)) for one in outcomes if one.error]
    aside = [
        (str(one.task.source), one.skipped)
        for one in outcomes
        if one.skipped and not one.has_result
    ]
    blocks = []
    if failed:
        blocks.append(html.section("Failed", html.table(("photograph", "why"), failed)))
    if aside:
        blocks.append(html.details("Skipped", html.table(("file", "why"), aside)))
    return html.join(*blocks)


def _gallery(outcomes: Sequence[Outcome], out: Path, max_pixels: int) -> html.Markup:
    jobs, _ = share_cores(None, len(outcomes))
    shrink = partial(_shrink_pair, max_pixels=max_pixels)
    shown = work_ahead(shrink, outcomes, threads=jobs, waiting=jobs)
    return html.grid(*(_show(outcome, pair, out) for outcome, pair in shown), width=_LONGEST)


def _show(outcome: Outcome, pair: Pair | None, out: Path) -> html.Markup:
    name = relpath(outcome.task.target, out)
    if pair is None:
        return html.figure(html.paragraph("It cannot be read any more."), caption=name)
    address = quote(os.fsencode(Path(name).as_posix()))
    link = html.element("a", name, attributes={"href": address})
    return html.figure(html.comparison(*pair, alt=name), caption=link)


def _shrink_pair(outcome: Outcome, *, max_pixels: int) -> tuple[Outcome, Pair | None]:
    """Small copies of a photograph and of its result; None where they are gone, or not readable."""
    paths = (outcome.task.source, outcome.task.target)
    try:
        before, after = (_shrink(read(path, max_pixels=max_pixels)) for path in paths)
    except (TintypeError, MemoryError):
        return outcome, None
    return outcome, (before, after)


def _shrink(photograph: Photograph) -> bytes:
    """A small JPEG of a photograph's first page."""
    scale = min(1, _LONGEST / max(photograph.size))
    height, width = (max(1, round(scale * side)) for side in photograph.size)
    planes = resize_pixels(photograph.pixels, (height, width)) / np.float32(photograph.white)
    pixels = np.ascontiguousarray(np.moveaxis(planes, 0, -1) if planes.ndim == 3 else planes)
    small = at_depth(Photograph(pixels=pixels.clip(0, 1), format="jpeg"), ("uint8",))
    return encode(small, quality=_QUALITY, mark=False)
