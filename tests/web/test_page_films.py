# SPDX-License-Identifier: Apache-2.0
"""Films in a real browser: chosen, followed, fetched, cancelled; and what is none."""

import numpy as np
import pytest

from tests.web.browser import PATIENCE
from tests.web.test_films import av, make_film
from tintype.inference.colorizer import Colorizer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def network() -> Colorizer:
    return Colorizer(device="cpu", threads=1)


@pytest.fixture
def film(tmp_path, grey_pixels) -> bytes:
    return make_film(tmp_path / "short.mkv", frames=12, grey=grey_pixels)


def choose(page, *films: tuple[str, bytes]) -> None:
    rows = [{"name": name, "mimeType": "", "buffer": data} for name, data in films]
    page.set_input_files("#choose", rows)


def row(page, name: str, state: str):
    """A film's row, once it is so far."""
    found = page.locator("tintype-films li", has_text=name).filter(has_text=state)
    found.wait_for()
    return found


def fetch(page, name: str):
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Download {name}").click()
    return download.value


def test_a_film_is_coloured_as_the_sliders_stand_and_taken_home(start, open_page, network, film):
    running = start(network=network)
    page = open_page(running, viewport={"width": 320, "height": 700})
    page.evaluate(
        "Object.assign(document.querySelector('#option-saturation'), { value: 2 })"
        ".dispatchEvent(new Event('input'))"
    )
    with page.expect_request(lambda request: "/films?" in request.url) as sent:
        choose(page, ("old.mkv", film))
    assert "saturation=2" in sent.value.url
    row(page, "old.mkv", "done")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    home = fetch(page, "old.mkv")
    assert home.suggested_filename == "old.mkv"
    with av.open(str(home.path())) as opened:
        shown = [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]
    assert len(shown) == 12
    assert np.ptp(shown[3].astype(int), axis=2).mean() > 3
    page.close()  # with it goes what nobody can ask for any more
    running.wait(lambda: len(running.app.state.jobs) == 0)


def test_a_job_that_is_gone_is_said_and_another_begun(start, open_page, network, film):
    running = start(network=network)
    page = open_page(running)
    with page.expect_request(lambda request: "/films?" in request.url) as sent:
        choose(page, ("old.mkv", film))
    row(page, "old.mkv", "done")
    running.client.delete(sent.value.url.partition("/films")[0])
    page.get_by_role("button", name="Download old.mkv").click()
    row(page, "old.mkv", "there is no such job, or no longer")
    choose(page, ("new.mkv", film))
    row(page, "new.mkv", "done")


@pytest.mark.parametrize("name", ["old.mkv", "Großmutters alter Film.mkv"])
def test_who_needs_a_token_gets_films_too(start, chromium, network, film, name):
    running = start(network=network, token="s3cret")  # noqa: S106 - of this test alone
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{running.address}/#token=s3cret")
    page.locator("#option-vividness").wait_for(state="attached")
    choose(page, (name, film))
    row(page, name, "done")
    home = fetch(page, name)
    assert home.suggested_filename == name
    with av.open(str(home.path())) as opened:
        assert len(list(opened.decode(video=0))) == 12
    context.close()


def test_films_are_cancelled_and_others_begun(start, open_page, network, grey_pixels, tmp_path):
    long = make_film(tmp_path / "a.mp4", frames=600, grey=np.tile(grey_pixels, (3, 3)))
    page = open_page(start(network=network))
    choose(page, ("a.mp4", long), ("b.mp4", long))
    row(page, "a.mp4", "%")
    row(page, "b.mp4", "waits")
    page.get_by_role("button", name="Cancel").click()
    row(page, "a.mp4", "cancelled")
    row(page, "b.mp4", "cancelled")
    choose(page, ("c.mp4", long))
    row(page, "c.mp4", "%")


def test_what_is_no_film_says_so_in_its_row(start, open_page, network, film):
    page = open_page(start(network=network))
    choose(page, ("diary.mp4", b"dear diary"), ("torn.mkv", film[:900]), ("old.mkv", film))
    row(page, "diary.mp4", "not a film that this server takes")
    row(page, "torn.mkv", "failed")
    row(page, "old.mkv", "done")


def test_news_that_break_off_are_taken_up_again(start, open_page, network, film):
    page = open_page(start(network=network))
    asked = []

    def hear(route):
        asked.append(route.request.headers["last-event-id"])
        if len(asked) == 1:
            told = 'event: file\nid: 7\ndata: {"number": 9}\n\n: and then nothing\n\n'
            route.fulfill(content_type="text/event-stream", body=told)
        else:
            route.continue_(headers={**route.request.headers, "last-event-id": "0"})

    page.route("**/events", hear)
    choose(page, ("old.mkv", film))
    row(page, "old.mkv", "done")
    assert asked == ["0", "7"]
