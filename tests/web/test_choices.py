# SPDX-License-Identifier: Apache-2.0
"""Alternatives and a reference in a real browser, by the network of the package; two fingers."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.web.browser import pixels, put
from tests.web.test_steering import settled
from tintype.imaging.files import encode, read
from tintype.inference.colorizer import Colorizer

pytestmark = pytest.mark.slow

_NEXT_FRAMES = """() => new Promise(
    (done) => requestAnimationFrame(() => requestAnimationFrame(done)))"""


@pytest.fixture(scope="module")
def network() -> Colorizer:
    return Colorizer(device="cpu", threads=1)


@pytest.fixture
def page(start, open_page, network, grey_jpeg):
    page = open_page(start(network=network), viewport={"width": 320, "height": 800})
    put(page, ("a.jpg", "image/jpeg", grey_jpeg))
    return page


def picture(page) -> np.ndarray:
    return np.array(pixels(page, "computed colours"), int)


def draw(page, button: str):
    """Ask for alternatives; the buttons of those that come."""
    page.get_by_role("button", name=button).click()
    page.get_by_role("status").filter(has_text="Pick one").wait_for()
    return page.locator("tintype-alternatives li button")


def test_an_alternative_is_picked_and_gone_on_with(page):
    own = picture(page)
    shown = draw(page, "Show alternatives")
    assert shown.count() == 4
    assert shown.first.get_attribute("aria-label") == "The network's own colours"
    assert "% likely" in shown.nth(1).get_attribute("aria-label")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    shown.nth(1).focus()
    page.keyboard.press("Enter")
    page.locator(".mark").first.wait_for()
    settled(page)
    assert shown.nth(1).get_attribute("aria-pressed") == "true"
    assert np.abs(picture(page) - own).mean() > 1
    marks = page.locator(".mark").count()
    draw(page, "Show others").nth(2).click()  # drawn for what there was before the first pick
    settled(page)
    assert page.locator(".mark").count() <= marks + 1
    for _ in range(2):
        page.get_by_role("button", name="Undo").click()
        settled(page)
    assert not page.locator(".mark").count()
    assert np.abs(picture(page) - own).mean() < 0.5
    assert not page.locator("tintype-alternatives [aria-pressed=true]").count()


def test_a_reference_leads_until_it_is_removed(page, color_jpeg):
    own = picture(page)
    row = {"name": "aunt.jpg", "mimeType": "image/jpeg", "buffer": color_jpeg}
    page.set_input_files("tintype-reference input[type=file]", [row])
    page.get_by_role("img", name="The reference").wait_for()
    settled(page)
    assert "aunt.jpg" in page.locator("tintype-reference").inner_text()
    led = picture(page)
    assert np.abs(led - own).mean() > 0.5
    page.locator("tintype-reference").get_by_role("button", name="Remove").click()
    settled(page)
    assert np.abs(picture(page) - own).mean() < 0.5
    assert page.locator("tintype-reference img").is_hidden()


def test_what_is_downloaded_is_led_by_the_whole_reference(page, network, grey_jpeg, color_jpeg):
    row = {"name": "aunt.jpg", "mimeType": "image/jpeg", "buffer": color_jpeg}
    page.set_input_files("tintype-reference input[type=file]", [row])
    page.get_by_role("img", name="The reference").wait_for()
    settled(page)
    with page.expect_download() as download:
        page.locator("#download").click()
    expected = network.led_by(read(color_jpeg))(read(grey_jpeg))
    with open(download.value.path(), "rb") as file:
        assert file.read() == encode(expected, format="jpeg")


def test_a_reference_that_is_dropped_is_no_photograph_to_be_coloured(page, color_jpeg):
    page.evaluate(
        """async (bytes) => {
          const held = new DataTransfer();
          held.items.add(new File([Uint8Array.from(bytes)], "aunt.jpg", { type: "image/jpeg" }));
          const told = { dataTransfer: held, bubbles: true, cancelable: true };
          document.querySelector("tintype-reference").dispatchEvent(new DragEvent("drop", told));
        }""",
        list(color_jpeg),
    )
    page.get_by_role("img", name="The reference").wait_for()
    settled(page)
    assert "a.jpg" in page.locator("#status").inner_text()


def test_a_reference_that_cannot_be_read_is_said(page):
    row = {"name": "diary.jpg", "mimeType": "image/jpeg", "buffer": b"dear diary " * 40}
    page.set_input_files("tintype-reference input[type=file]", [row])
    page.get_by_role("alert").filter(has_text="not a picture that tintype reads").wait_for()


def test_two_fingers_zoom_and_move(start, open_page, grey_pixels):
    page = open_page(start(), viewport={"width": 360, "height": 780}, has_touch=True)
    buffer = io.BytesIO()
    Image.fromarray(grey_pixels).resize((720, 488)).save(buffer, "JPEG")
    put(page, ("a.jpg", "image/jpeg", buffer.getvalue()))
    box = page.locator(".stage").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, apart: float, shift: float = 0) -> None:
        points = [
            {"x": x + side * apart + shift, "y": y, "id": n} for n, side in enumerate((-1, 1))
        ]
        told = {"type": kind, "touchPoints": [] if kind == "touchEnd" else points}
        touch.send("Input.dispatchTouchEvent", told)
        page.evaluate(_NEXT_FRAMES)  # the browser hands movements over with its frames

    def image() -> dict[str, float]:
        return page.locator(".layer img[alt*='as it was']").bounding_box()

    before = image()
    fingers("touchStart", 40)
    for apart in (50, 65, 80):
        fingers("touchMove", apart)
    zoomed = image()
    assert zoomed["width"] == pytest.approx(2 * before["width"], rel=0.05)
    middle = zoomed["x"] + zoomed["width"] / 2, zoomed["y"] + zoomed["height"] / 2
    assert middle == pytest.approx((x, y), abs=6)  # what was between the fingers still is
    for shift in (10, 20, 30):
        fingers("touchMove", 80, shift)
    assert image()["x"] == pytest.approx(zoomed["x"] + 30, abs=4)
    assert image()["width"] == pytest.approx(zoomed["width"], rel=0.02)
    fingers("touchEnd", 0)
    assert not page.locator(".mark").count()  # nothing was pressed
