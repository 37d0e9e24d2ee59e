# SPDX-License-Identifier: Apache-2.0
"""The page as a person waits for it: its first paint, a photograph dropped, a hint moved.

Everything is real: the server is ``tintype web`` on loopback, the browser Chromium without a
screen. Times are the browser's own, from the event to the frame in which the picture is there.
"""

import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.command import make_photograph
from benchmarks.result import Result
from tintype.errors import MissingExtra
from tintype.web.app import PAGE

_ROUNDS = 9
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_UPLOAD = """async () => {
  const input = document.querySelector("#choose");
  const status = document.querySelector("#status");
  status.textContent = "";
  const shown = new Promise((resolve) => {
    new MutationObserver((_, watch) => {
      if (!status.textContent.includes("coloured in")) return;
      watch.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(resolve));
    }).observe(status, { childList: true });
  });
  const held = new DataTransfer();
  held.items.add(new File([window.photograph], "a.jpg", { type: "image/jpeg" }));
  const began = performance.now();
  input.files = held.files;
  input.dispatchEvent(new Event("change"));
  await shown;
  return performance.now() - began;
}"""
_MOVE = """async (what) => {
  const layer = document.querySelectorAll(".layer")[1];
  const shown = new Promise((resolve) => {
    new MutationObserver((_, watch) => {
      watch.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(resolve));
    }).observe(layer, { childList: true });
  });
  const slider = document.querySelector("#option-vividness");
  const key = { key: "ArrowRight", shiftKey: true, bubbles: true };
  const acts = {
    slider: () => {
      slider.value = Math.random();
      slider.dispatchEvent(new Event("input"));
    },
    hint: () => document.querySelector(".mark").dispatchEvent(new KeyboardEvent("keydown", key)),
  };
  const began = performance.now();
  acts[what]();
  await shown;
  const taken = performance.now() - began;
  while (document.body.classList.contains("busy")) await new Promise(requestAnimationFrame);
  return taken;
}"""


def run() -> Result:
    """Time the page.

    Raises:
        MissingExtra: there is no Chromium, or no Playwright to drive it.
    """
    with TemporaryDirectory() as folder, _serve() as address, _browse() as browser:
        source = Path(folder, "grey.jpg")
        make_photograph().save(source, quality=92)
        paints = [_paint(browser, address) for _ in range(_ROUNDS)]
        page = browser.new_page()
        page.goto(address)
        page.locator("#option-vividness").wait_for(state="attached")
        page.evaluate(
            "(data) => { window.photograph = Uint8Array.from(data); }", list(source.read_bytes())
        )
        uploads = _repeat(lambda: page.evaluate(_UPLOAD))
        sliders = _repeat(lambda: page.evaluate(_MOVE, "slider"))
        _put_hint(page)
        hints = _repeat(lambda: page.evaluate(_MOVE, "hint"))
    size = sum(path.stat().st_size for path in PAGE.iterdir())
    rows = [_row("first paint", paints), _row("1 megapixel chosen to displayed", uploads)]
    rows += [_row("slider moved to preview", sliders), _row("hint moved to preview", hints)]
    return Result(
        title="The page",
        method=f"Chromium without a screen and the server on one machine, over loopback; median, "
        f"least and most of {_ROUNDS}, but for the paint after two to warm up. The page is "
        f"{size / 1000:.0f} kB in all.",
        header=("what", "ms", "least", "most"),
        rows=rows,
        digits=0,
    )


def _put_hint(page: Any) -> None:
    """Give the middle of the photograph a colour."""
    page.locator(".stage").focus()
    page.keyboard.press("Enter")
    page.locator("tintype-likely .swatch").first.click()
    page.locator(".mark:not(.place)").wait_for()
    page.locator("body:not(.busy)").wait_for()


def _row(name: str, times: list[float]) -> tuple[str, float, float, float]:
    return name, statistics.median(times), min(times), max(times)


def _repeat(act: Callable[[], float]) -> list[float]:
    return [act() for _ in range(_ROUNDS + 2)][2:]


def _paint(browser: Any, address: str) -> float:
    page = browser.new_page()
    page.goto(address)
    page.wait_for_function(f"() => {_PAINT}")
    taken: float = page.evaluate(_PAINT)
    page.close()
    return taken


@contextmanager
def _serve() -> Iterator[str]:
    command = [sys.executable, "-m", "tintype", "web", "--port", "0", "--device", "cpu"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # it was asked for
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@contextmanager
def _browse() -> Iterator[Any]:
    path = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    try:
        playwright = import_module("playwright.sync_api")
    except ModuleNotFoundError as error:
        raise MissingExtra("the page is timed with Playwright: pip install playwright") from error
    if path is None:
        raise MissingExtra("the page is timed in Chromium, and none is installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()
