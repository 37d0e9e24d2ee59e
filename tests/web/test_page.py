# SPDX-License-Identifier: Apache-2.0
"""The page in a real browser: what a person does with it, and that it asks nobody else."""

import base64
import io
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from threading import Semaphore

import pytest

from tests.web.browser import pixels, put, until
from tintype.inference.colorizer import Colorizer
from tintype.web.app import PAGE

LARGEST = 150_000  # bytes of the whole page


def test_the_page_is_small_and_names_nothing_from_elsewhere():
    files = [path for path in PAGE.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < LARGEST
    texts = {path.name: path.read_text() for path in files}
    texts["icon.svg"] = texts["icon.svg"].replace("http://www.w3.org/2000/svg", "")
    assert not {name for name, text in texts.items() if re.search(r"https?:|//\w+\.\w", text)}
    assert not {name for name, text in texts.items() if "innerHTML" in text or "style=" in text}
    assert not {name for name, text in texts.items() if text.count("\n") > 400}


@pytest.mark.slow
def test_a_photograph_is_coloured_compared_and_taken_home(house, open_page, grey_jpeg, tmp_path):
    page = open_page(house)
    put(page, ("a.scan.jpg", "image/jpeg", grey_jpeg))
    before, after = pixels(page, "as it was"), pixels(page, "computed colours")
    assert before[0::4] == before[1::4] == before[2::4]
    assert after[0::4] != after[1::4]

    divider = page.get_by_role("slider", name="Divider")
    box = page.locator(".stage").bounding_box()
    handle = divider.bounding_box()
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, handle["y"] + 20)
    page.mouse.up()
    assert divider.get_attribute("aria-valuenow") == "25"
    divider.press("ArrowRight")
    assert divider.get_attribute("aria-valuenow") == "27"

    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    assert download.value.suggested_filename == "a.scan.jpg"
    expected = house.client.post("/v1/colorize", content=grey_jpeg).content
    assert Path(download.value.path()).read_bytes() == expected


@pytest.mark.slow
def test_it_is_zoomed_and_moved_down_to_single_pixels(house, open_page, grey_jpeg):
    page = open_page(house)
    put(page, ("a.jpg", "image/jpeg", grey_jpeg))
    image, stage = page.get_by_role("img", name="as it was"), page.locator(".stage").bounding_box()
    page.get_by_role("button", name="1:1").click()
    assert image.bounding_box()["width"] == pytest.approx(90)  # its own pixels
    before = image.bounding_box()
    x, y = before["x"] + 10, before["y"] + 20
    page.mouse.move(x, y)
    page.mouse.wheel(0, -400)
    zoomed = image.bounding_box()
    grown = zoomed["width"] / 90
    assert grown > 2
    place = zoomed["x"] + 10 * grown, zoomed["y"] + 20 * grown
    assert place == pytest.approx((x, y), abs=1)  # what is under the pointer stays there
    page.mouse.down()
    page.mouse.move(x + 40, y + 25, steps=3)
    page.mouse.up()
    moved = image.bounding_box()
    assert (moved["x"] - zoomed["x"], moved["y"] - zoomed["y"]) == pytest.approx((40, 25), abs=1)
    assert not page.locator(".mark").count()  # it was no press
    page.locator(".stage").focus()
    page.keyboard.press("0")
    fitted = image.bounding_box()
    shares = fitted["width"] / stage["width"], fitted["height"] / stage["height"]
    assert max(shares) == pytest.approx(1, abs=0.01)


@pytest.mark.slow
def test_a_slider_changes_the_picture_by_keyboard_alone(house, open_page, grey_jpeg):
    page = open_page(house)
    put(page, ("a.jpg", "image/jpeg", grey_jpeg))
    slider = page.get_by_role("slider", name="Saturation")
    assert slider.input_value() == "1"
    slider.focus()
    with page.expect_response(lambda answer: "saturation=0&" in f"{answer.url}&"):
        page.keyboard.press("Home")
    page.locator("body:not(.busy)").wait_for()
    after = pixels(page, "computed colours")
    assert max(abs(r - g) for r, g in zip(after[0::4], after[1::4], strict=True)) <= 2


@pytest.mark.slow
def test_a_batch_comes_home_as_a_zip(house, open_page, grey_jpeg, grey_png):
    page = open_page(house, viewport={"width": 360, "height": 740})
    kinds = [("a.jpg", "image/jpeg", grey_jpeg), ("a.jpg", "image/jpeg", grey_jpeg)]
    put(page, *kinds, ("b.png", "image/png", grey_png), ("c.jpg", "image/jpeg", b"no picture"))
    page.locator("tintype-list", has_text="3 of 4 done").wait_for()
    page.get_by_role("button", name="c.jpg failed").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all as ZIP").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.namelist() == ["a.jpg", "a-2.jpg", "b.png"]
        assert archive.testzip() is None
        expected = house.client.post("/v1/colorize", content=grey_png).content
        assert archive.read("b.png") == expected


@pytest.fixture
def let(monkeypatch) -> Callable[[int], None]:
    """Keep photographs at the bench; let so many of them go on."""
    going, work = Semaphore(0), Colorizer.__call__

    def wait(*given):
        assert going.acquire(timeout=30)
        return work(*given)

    monkeypatch.setattr(Colorizer, "__call__", wait)
    yield going.release
    going.release(100)


def choose(page, *names: str, data: bytes) -> None:
    rows = [{"name": name, "mimeType": "image/jpeg", "buffer": data} for name in names]
    page.set_input_files("#choose", rows)


@pytest.mark.slow
def test_what_is_being_coloured_can_be_downloaded(start, open_page, bench, grey_jpeg):
    page = open_page(start())
    choose(page, "a.jpg", data=grey_jpeg)
    until(page, bench.reached.is_set)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
        bench.go.set()
    assert download.value.suggested_filename == "a.jpg"
    page.locator("#status", has_text="a.jpg: 90 × 61 pixels coloured in").wait_for()
    assert bench.count == 1


@pytest.mark.slow
def test_what_the_desk_gives_up_is_still_coloured_for_the_list(start, open_page, let, grey_jpeg):
    page = open_page(start(concurrent=1))
    choose(page, "a.jpg", "b.jpg", "c.jpg", "d.jpg", data=grey_jpeg)
    with page.expect_request("**/v1/colorize*"):
        page.get_by_role("button", name="c.jpg waits").click()
    let(1)
    page.get_by_role("button", name="c.jpg is coloured…").wait_for()  # the list waits for it too
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="d.jpg waits").click()
    let(100)
    page.locator("tintype-list", has_text="4 of 4 done").wait_for()


@pytest.mark.slow
def test_what_the_list_gives_up_is_still_coloured_for_the_desk(start, open_page, let, grey_jpeg):
    page = open_page(start(concurrent=1))
    choose(page, "a.jpg", "b.jpg", data=grey_jpeg)
    page.get_by_role("button", name="a.jpg is coloured…").wait_for()
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Cancel").click()
    let(100)
    page.locator("#status", has_text="a.jpg: 90 × 61 pixels coloured in").wait_for()


@pytest.mark.slow
def test_a_single_photograph_ends_the_list(start, open_page, let, grey_jpeg):
    page, asked = open_page(start(concurrent=1)), []
    page.on("request", lambda request: "/v1/colorize" in request.url and asked.append(request))
    choose(page, "a.jpg", "b.jpg", "c.jpg", "d.jpg", data=grey_jpeg)
    page.get_by_role("button", name="b.jpg is coloured…").wait_for()
    with page.expect_event("requestfailed", lambda request: request == asked[1]):
        choose(page, "e.jpg", data=grey_jpeg)
    let(100)
    page.locator("#status", has_text="e.jpg: 90 × 61 pixels coloured in").wait_for()
    assert len(asked) == 3
    assert page.locator("tintype-list").is_hidden()


def archive(page, path: Path, sizes: list[int]) -> zipfile.ZipFile:
    """What the page makes of blobs that are empty, whatever size they say; holes on the disk."""
    parts = page.evaluate(
        """async (sizes) => {
          const { zip } = await import("/page/zip.js");
          const stream = () => ({ getReader: () => ({ read: async () => ({ done: true }) }) });
          const files = sizes.map((size, at) => ({ name: `${at}`, blob: { size, stream } }));
          let given = null;
          globalThis.Blob = class { constructor(parts) { given = parts; } };
          await zip(files);
          const text = (bytes) => btoa(String.fromCharCode(...bytes));
          return given.map((part) => part instanceof Uint8Array ? text(part) : part.size);
        }""",
        sizes,
    )
    with path.open("wb") as file:
        for part in parts:
            if isinstance(part, str):
                file.write(base64.b64decode(part))
            else:
                file.seek(part, io.SEEK_CUR)
    return zipfile.ZipFile(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "sizes",
    [[3 << 30, 2 << 30, 0, 5 << 30, 0], [0] * 65_537],
    ids=["bytes", "files"],
)
def test_an_archive_has_as_many_bytes_and_files_as_there_are(house, open_page, tmp_path, sizes):
    path = tmp_path / "large.zip"
    with archive(open_page(house), path, sizes) as opened:
        assert [entry.file_size for entry in opened.infolist()] == sizes
        assert [entry.compress_size for entry in opened.infolist()] == sizes
        assert opened.infolist()[-1].header_offset > sum(sizes)
        assert opened.read(f"{len(sizes) - 1}") == b""  # its head is where the directory says
    with path.open("rb") as file:
        file.seek(-98, io.SEEK_END)
        end = file.read()
    assert end.startswith(b"PK\x06\x06")  # the end of ZIP64, which zipfile counts no files by
    assert struct.unpack_from("<QQ", end, 24) == (len(sizes), len(sizes))


@pytest.mark.slow
def test_what_is_wrong_is_said_in_the_librarys_words(house, open_page):
    page = open_page(house)
    row = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"dear diary " * 30}
    page.set_input_files("#choose", [row])
    page.get_by_role("alert").filter(has_text="notes.txt: not a picture that tintype").wait_for()


@pytest.mark.slow
def test_what_cannot_be_read_leaves_no_other_photograph_on_the_desk(house, open_page, grey_jpeg):
    page = open_page(house)
    put(page, ("a.jpg", "image/jpeg", grey_jpeg), ("c.jpg", "image/jpeg", b"no picture"))
    page.get_by_role("button", name="c.jpg failed").click()
    page.get_by_role("alert").filter(has_text="c.jpg: not a picture").wait_for()
    assert page.locator(".layer img:visible").count() == 0
    page.get_by_role("button", name="a.jpg").click()
    page.get_by_role("img", name="computed colours").wait_for()


@pytest.mark.slow
def test_a_token_is_asked_for_and_taken_from_the_address(start, chromium, grey_jpeg):
    running = start(token="s3cret")  # noqa: S106 - of this test alone
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{running.address}/")
    page.locator("#token-text").wait_for()
    page.goto("about:blank")
    page.goto(f"{running.address}/#token=s3cret")
    put(page, ("a.jpg", "image/jpeg", grey_jpeg))
    assert "s3cret" not in page.url
    context.close()


@pytest.mark.slow
def test_photographs_are_dropped_and_pasted(house, open_page, grey_jpeg):
    page = open_page(house)
    for kind, field in (("drop", "dataTransfer"), ("paste", "clipboardData")):
        page.evaluate(
            """async ([bytes, kind, field]) => {
              const held = new DataTransfer();
              const data = Uint8Array.from(bytes);
              held.items.add(new File([data], `${kind}.jpg`, { type: "image/jpeg" }));
              const types = { drop: DragEvent, paste: ClipboardEvent };
              const told = { [field]: held, bubbles: true, cancelable: true };
              document.body.dispatchEvent(new types[kind](kind, told));
            }""",
            [list(grey_jpeg), kind, field],
        )
        page.locator("#status", has_text=f"{kind}.jpg: 90 × 61 pixels coloured in").wait_for()


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 360, 1280, 3840])
def test_nothing_is_cut_off_at_any_width(house, open_page, grey_jpeg, width):
    page = open_page(house, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    put(page, ("a.jpg", "image/jpeg", grey_jpeg))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.slow
def test_it_shows_how_sure_the_network_is(house, open_page, grey_jpeg):
    page = open_page(house)
    put(page, ("a.jpg", "image/jpeg", grey_jpeg))
    toggle = page.get_by_role("button", name="Doubts")
    toggle.click()
    page.locator("#status", has_text="the network is not sure there").wait_for()
    assert len(set(pixels(page, "How sure")[0::4])) > 10
    toggle.click()
    assert page.locator("img.veil").is_hidden()
