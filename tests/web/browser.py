# SPDX-License-Identifier: Apache-2.0
"""Chromium without a screen, driven by Playwright, and what the tests of the page do with it.

Where either is missing its tests are skipped, and say so. Every request that leaves the server's
own address is refused and counted: there must be none.
"""

import shutil
import time
from collections.abc import Callable, Iterator

import pytest

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000  # milliseconds: two loaded cores


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if BROWSER is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as driver:
        options = {"executable_path": BROWSER, "args": FLAGS, "timeout": PATIENCE}
        browser = driver.chromium.launch(**options)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """Open the page of a server; what went elsewhere, or wrong, fails the test."""
    contexts, astray, wrong = [], [], []

    def check(route):
        if route.request.url.startswith((address, "blob:")):
            route.continue_()
        else:
            astray.append(route.request.url)
            route.abort()

    def open_(running, **options):
        nonlocal address
        address = running.address
        context = chromium.new_context(**options)
        context.set_default_timeout(PATIENCE)
        context.route("**/*", check)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        page.goto(address)
        page.locator("#option-vividness").wait_for(state="attached")
        contexts.append(context)
        return page

    address = ""
    yield open_
    for context in contexts:
        context.close()
    assert not astray
    assert not [words for words in wrong if "status of 4" not in words]


def put(page, *files: tuple[str, str, bytes]) -> None:
    """Choose photographs and wait until the first is there in colour."""
    rows = [{"name": name, "mimeType": kind, "buffer": data} for name, kind, data in files]
    page.set_input_files("#choose", rows)
    page.locator("#status", has_text="coloured in").wait_for()


def until(page, true: Callable[[], bool]) -> None:
    """Wait for something beside the page; its requests go through this thread, and go on."""
    end = time.monotonic() + PATIENCE / 1000
    while not true():
        assert time.monotonic() < end, "it did not come true"
        page.wait_for_timeout(20)


def pixels(page, name: str) -> list[int]:
    """The picture before or after, as its browser has it: RGBA of each pixel, one after another."""
    return page.evaluate(
        """(name) => {
          const image = document.querySelector(`.layer img[alt*="${name}"]`);
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [90, 61];
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0, 90, 61);
          return [...context.getImageData(0, 0, 90, 61).data];
        }""",
        name,
    )
