# SPDX-License-Identifier: Apache-2.0
"""The pages of a folder's results: what they say, and what a browser makes of them."""

import os
import re
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest

from tintype.imaging.files import encode, read
from tintype.imaging.formats import suffix_format
from tintype.imaging.photograph import Photograph
from tintype.jobs import pages
from tintype.jobs.work import Status

ODD = "a <b> & 'c'\n%23:ü.png"  # all that a name may do to HTML or to an address


@pytest.fixture
def shown(archive):
    """Run over the archive with pages; their texts."""

    def run(**options):
        result = archive.run(report=True, resume=True, **options)
        return [page.read_text(encoding="utf-8") for page in result.pages], result

    return run


def test_a_page_has_each_photograph_before_and_after_and_what_failed(archive, shown):
    (page,), result = shown()
    assert page.count('class="comparison"') == 3
    assert page.count("data:image/jpeg") == 6
    assert "3 done, 1 failed, 1 skipped" in page
    assert str(archive.folder / "bad.jpg") in page
    assert "a damaged or incomplete JPEG" in page
    assert "notes.txt" in page
    assert result.of(Status.FAILED)[0].error


def test_a_page_after_resuming_shows_what_was_done_before_too(shown):
    shown()
    (page,), _ = shown()
    assert page.count('class="comparison"') == 3
    assert "0 done, 1 failed, 4 skipped" in page


def test_many_photographs_are_on_several_pages_that_lead_to_each_other(archive, shown, monkeypatch):
    monkeypatch.setattr(pages, "_PER_PAGE", 2)
    texts, result = shown()
    assert [text.count('class="comparison"') for text in texts] == [2, 1]
    assert [path.name for path in result.pages] == ["tintype-report.html", "tintype-report-2.html"]
    for text in texts:
        (other,) = set(re.findall(r'href="(tintype-report[-2]*\.html)"', text))
        assert (archive.out / other).exists()
    assert "Failed" in texts[0]
    assert "Failed" not in texts[1]


def test_a_photograph_that_is_gone_is_said_to_be(archive, shown):
    archive.run()

    def lose(outcome):
        if outcome.task.target.name == "b.png":
            outcome.task.target.unlink()

    (page,), _ = shown(on_outcome=lose)
    assert "It cannot be read any more." in page
    assert page.count('class="comparison"') == 2


def test_photographs_of_any_depth_and_shape_are_shown(empty_archive, rng):
    for name, shape, dtype in (
        ("deep.tif", (40, 30), np.uint16),
        ("float.tif", (40, 30, 3), np.float32),
        ("thin.png", (1, 3000), np.uint8),
    ):
        pixels = rng.random(shape).astype(np.float32)
        if dtype is not np.float32:
            pixels = (pixels * np.iinfo(dtype).max).astype(dtype)
        format = suffix_format(Path(name)).name
        empty_archive.add(name, encode(Photograph(pixels=pixels), format=format))
    result = empty_archive.run(report=True)
    assert len(result.of(Status.DONE)) == 3
    pictures = re.findall(r"data:image/jpeg;base64,([^\"]+)", result.pages[0].read_text())
    assert len(pictures) == 6  # of each photograph the result and then what it was
    for data in pictures:
        assert 0.4 < read(b64decode(data)).pixels.mean() / 255 < 0.6  # as light as at any depth


def test_the_picture_before_is_grey_and_the_one_after_is_not(shown):
    (page,), _ = shown()
    pictures = re.findall(r'data:image/jpeg;base64,([^"]+)" alt="[^"]*, (before|after)"', page)
    assert [(read(b64decode(data)).is_grey, label) for data, label in pictures] == [
        (False, "after"),
        (True, "before"),
    ] * 3


def test_no_photographs_are_a_page_too(empty_archive):
    empty_archive.folder.mkdir()
    (page,) = empty_archive.run(report=True).pages
    assert "0 done, 0 failed, 0 skipped" in page.read_text()


def test_a_browser_shows_the_pictures_moves_the_divider_and_finds_the_results(
    chromium, archive, grey_png
):
    archive.add(ODD, grey_png)
    (report,) = archive.run(report=True).pages
    context = chromium.new_context()
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url.partition(":")[0]))
    page.goto(report.as_uri())
    sizes = page.evaluate("[...document.images].map(i => [i.naturalWidth, i.naturalHeight])")
    assert sizes == [[90, 61]] * 8
    assert set(asked) <= {"file", "data"}  # nothing is fetched from elsewhere
    first = page.locator(".comparison").first
    cut = "e => getComputedStyle(e).getPropertyValue('--cut')"
    assert first.evaluate(cut) == "50%"
    first.locator("input").fill("80")
    assert first.evaluate(cut) == "80%"
    links = page.evaluate("[...document.querySelectorAll('figcaption a')].map(a => a.href)")
    shown = [page.goto(link) and page.evaluate("document.images[0].naturalWidth") for link in links]
    assert shown == [90] * 4
    assert not said
    context.close()
    assert ODD in os.listdir(archive.out)
