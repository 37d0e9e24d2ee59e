# SPDX-License-Identifier: Apache-2.0
"""Hints in a real browser: put, moved, undone, saved and loaded, by mouse and by keyboard alone.

The network is tintype's own, with the stand-in's way with hints laid over what it gives, until it
takes hints itself: so colours are suggested, and what is hinted is seen.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.web.browser import pixels, put
from tintype.color.luv import rgb_to_luv
from tintype.inference.colorizer import Colorizer
from tintype.spec.model import METADATA_KEY
from tintype.spec.models import FOLDER, MODELS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def steered(tmp_path_factory) -> Colorizer:
    """A network that suggests colours and takes hints."""
    spec = MODELS["tintype-s"]
    if spec.hints:
        return Colorizer(device="cpu", threads=1)
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(FOLDER / spec.file)
    graph = model.graph
    for node in graph.node:
        node.output[:] = ["guess" if name == "chroma" else name for name in node.output]
    graph.input.append(
        helper.make_tensor_value_info("hints", TensorProto.FLOAT, ["n", 3, "y", "x"])
    )
    graph.initializer.append(numpy_helper.from_array(np.array([2, 1]), "halves"))
    graph.initializer.append(numpy_helper.from_array(np.array(1, np.float32), "whole"))
    window = {"kernel_shape": [spec.stride * 3] * 2, "strides": [spec.stride] * 2}
    pads = [spec.stride] * 4
    graph.node.extend(
        [
            helper.make_node("MaxPool", ["hints"], ["near"], pads=pads, **window),
            helper.make_node("Neg", ["hints"], ["opposite"]),
            helper.make_node("MaxPool", ["opposite"], ["far"], pads=pads, **window),
            helper.make_node("Sub", ["near", "far"], ["hinted"]),  # one of them is 0
            helper.make_node("Split", ["hinted", "halves"], ["uv", "mask"], axis=1),
            helper.make_node("Clip", ["mask", "", "whole"], ["known"]),
            helper.make_node("Sub", ["whole", "known"], ["free"]),
            helper.make_node("Mul", ["guess", "free"], ["kept"]),
            helper.make_node("Add", ["kept", "uv"], ["chroma"]),
        ]
    )
    for entry in model.metadata_props:
        if entry.key == METADATA_KEY:
            entry.value = replace(spec, name="steered", hints=True).to_json()
    path = tmp_path_factory.mktemp("steered") / "steered.onnx"
    path.write_bytes(model.SerializeToString())
    return Colorizer(path, device="cpu", threads=1)


@pytest.fixture
def page(start, open_page, steered, grey_jpeg):
    page = open_page(start(network=steered))
    put(page, ("a.jpg", "image/jpeg", grey_jpeg))
    return page


def chroma_at(page, x: int, y: int) -> np.ndarray:
    """u*, v* of what is after, about a place."""
    shown = np.array(pixels(page, "computed colours"), np.uint8).reshape(61, 90, 4)[..., :3]
    near = shown[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3).mean(axis=0) / 255
    return rgb_to_luv(near.reshape(3, 1, 1))[1:].ravel()


def press(page, x: int, y: int) -> None:
    """Press a place of the photograph."""
    left, top = page.evaluate(
        """([x, y]) => {
          const image = document.querySelector('.layer img[alt*="as it was"]');
          const box = image.getBoundingClientRect();
          return [box.left + box.width * (x + 0.5) / 90, box.top + box.height * (y + 0.5) / 61];
        }""",
        [x, y],
    )
    page.mouse.click(left, top)


def settled(page) -> None:
    page.locator("body:not(.busy)").wait_for()


def suggested(page):
    """The swatches of a place, once they are there."""
    swatches = page.locator("tintype-likely .swatch")
    swatches.first.wait_for()
    return swatches


def least_alike(page, x: int, y: int):
    """Of a place's swatches the one that is least like what the place shows."""
    swatches, shown = suggested(page), chroma_at(page, x, y)
    colors = [tuple(bytes.fromhex(each.get_attribute("data-color")[1:])) for each in swatches.all()]
    chroma = rgb_to_luv(np.array(colors).T[..., None] / 255)[1:, :, 0]
    return swatches.nth(int(np.hypot(*(chroma - shown[:, None])).argmax()))


def test_a_colour_that_is_chosen_goes_where_it_was_pressed(page):
    press(page, 60, 20)
    assert suggested(page).count() >= 2
    assert not page.locator(".mark:not(.place)").count()
    before = chroma_at(page, 60, 20)
    least_alike(page, 60, 20).click()
    page.locator(".mark[aria-pressed=true]").wait_for()
    settled(page)
    assert np.hypot(*(chroma_at(page, 60, 20) - before)) > 5
    page.get_by_role("button", name="Undo").click()
    settled(page)
    assert np.hypot(*(chroma_at(page, 60, 20) - before)) < 2
    assert not page.locator(".mark").count()
    page.get_by_role("button", name="Redo").click()
    settled(page)
    assert np.hypot(*(chroma_at(page, 60, 20) - before)) > 5
    assert page.locator(".mark").count() == 1


def test_a_hint_is_moved_and_the_picture_follows(page):
    press(page, 60, 20)
    suggested(page).last.click()
    page.locator(".mark[aria-pressed=true]").wait_for()
    settled(page)
    old = chroma_at(page, 24, 22)  # where it will come to lie
    box = page.locator(".mark").bounding_box()
    stage = page.locator(".layer img[alt*='as it was']").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - stage["width"] * 0.4, box["y"] + 30, steps=4)
    page.mouse.up()
    settled(page)
    assert np.hypot(*(chroma_at(page, 24, 22) - old)) > 5
    assert page.locator(".mark").count() == 1


def test_the_picker_offers_only_what_can_be_shown_there(page):
    press(page, 60, 20)
    suggested(page)
    lightness = rgb_to_luv(hex_to_rgb(page.locator(".sample").inner_text()))[0, 0, 0]
    page.get_by_role("slider", name="Strength").fill("100")
    for hue in range(0, 360, 45):
        page.get_by_role("slider", name="Hue").fill(str(hue))
        shown = rgb_to_luv(hex_to_rgb(page.locator(".sample").inner_text()))[:, 0, 0]
        assert shown[0] == pytest.approx(lightness, abs=0.8)
        assert np.hypot(*shown[1:]) > 10
    settled(page)


def hex_to_rgb(color: str) -> np.ndarray:
    return np.frombuffer(bytes.fromhex(color.strip()[1:]), np.uint8).reshape(3, 1, 1) / 255


def test_hints_are_put_moved_and_removed_by_keyboard_alone(page):
    page.locator(".stage").focus()
    page.keyboard.press("Enter")
    suggested(page).last.focus()
    page.keyboard.press("Enter")
    mark = page.locator(".mark[aria-pressed=true]")
    mark.wait_for()
    settled(page)
    mark.focus()
    at = mark.get_attribute("data-x")
    page.keyboard.press("Shift+ArrowRight")
    assert float(page.locator(".mark").get_attribute("data-x")) == float(at) + 10
    settled(page)
    page.keyboard.press("Control+z")
    assert page.locator(".mark").get_attribute("data-x") == at
    page.locator(".mark").focus()
    page.keyboard.press("Delete")
    assert not page.locator(".mark").count()
    settled(page)


def test_hints_are_saved_and_loaded(page, tmp_path):
    press(page, 60, 20)
    suggested(page).last.click()
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save").click()
    assert download.value.suggested_filename == "a.hints.json"
    text = Path(download.value.path()).read_text()
    (hint,) = json.loads(text)
    assert hint.keys() == {"x", "y", "color"}
    page.get_by_role("button", name="Clear").click()
    assert not page.locator(".mark").count()
    file = {"name": "h.json", "mimeType": "application/json", "buffer": text.encode()}
    page.set_input_files("tintype-hints input[type=file]", [file])
    page.locator(".mark").wait_for()
    settled(page)
    page.set_input_files("tintype-hints input[type=file]", [{**file, "buffer": b"[{}]"}])
    page.get_by_role("alert").filter(has_text="h.json holds no hints").wait_for()
