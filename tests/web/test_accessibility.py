# SPDX-License-Identifier: Apache-2.0
"""The page by axe-core's rules: nothing serious or critical, whatever is open on it."""

from importlib.resources import files

import pytest

from tests.web.browser import put
from tests.web.test_steering import settled
from tintype.inference.colorizer import Colorizer

pytestmark = pytest.mark.slow

GRAVE = ("serious", "critical")
LOOKS = [(360, "dark"), (1280, "light")]


@pytest.fixture(scope="module")
def axe() -> str:
    pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    return (files("axe_playwright_python") / "axe.min.js").read_text()


@pytest.fixture(scope="module")
def network() -> Colorizer:
    return Colorizer(device="cpu", threads=1)


def examine(page, axe: str) -> None:
    """Fail if axe-core finds what keeps somebody out."""
    page.evaluate(axe)
    found = page.evaluate("axe.run()")
    assert len(found["passes"]) > 10  # it has looked
    grave = [row for row in found["violations"] if row["impact"] in GRAVE]
    assert not [(row["id"], row["help"], [n["html"] for n in row["nodes"]]) for row in grave]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_nobody_is_kept_out(start, open_page, network, axe, grey_jpeg, width, scheme):
    size = {"width": width, "height": 800}
    page = open_page(start(network=network), viewport=size, color_scheme=scheme)
    examine(page, axe)
    photograph = ("a.jpg", "image/jpeg", grey_jpeg)
    put(page, photograph, ("c.jpg", "image/jpeg", b"no picture"), ("d.mp4", "video/mp4", b"none"))
    page.get_by_role("button", name="c.jpg failed").wait_for()
    page.locator("tintype-films .failed").wait_for()
    page.locator(".stage").focus()
    page.keyboard.press("Enter")  # a place
    page.locator("tintype-likely .swatch").first.click()  # a hint
    settled(page)
    page.get_by_role("button", name="Show alternatives").click()
    page.get_by_role("status").filter(has_text="Pick one").wait_for()
    page.locator("summary").click()  # more options
    page.get_by_role("button", name="Doubts").click()
    page.locator("#status", has_text="not sure there").wait_for()
    examine(page, axe)
    page.get_by_role("button", name="c.jpg failed").click()
    page.get_by_role("alert").filter(has_text="c.jpg").wait_for()
    examine(page, axe)
