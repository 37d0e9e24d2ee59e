# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.color.luv import rgb_to_luv
from tintype.errors import ModelError, OptionError
from tintype.imaging.arrays import photograph_of_array
from tintype.imaging.files import read
from tintype.imaging.tone import read_tone
from tintype.inference.engine import Engine
from tintype.inference.suggestions import suggest_colors
from tintype.spec.models import find_model


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(find_model("tintype-s"), device="cpu", threads=1)


def luv(color: str) -> np.ndarray:
    rgb = np.frombuffer(bytes.fromhex(color[1:]), np.uint8).reshape(3, 1, 1) / 255
    return rgb_to_luv(rgb).ravel()


@pytest.mark.parametrize(("x", "y"), [(0, 0), (45.5, 20), (89, 60)])
def test_colours_are_as_light_as_the_place_and_likeliest_first(engine, grey_jpeg, x, y):
    photograph = read(grey_jpeg)
    suggested = suggest_colors(engine, photograph, x=x, y=y, count=6)
    shares = [row.share for row in suggested]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1 + 1e-5
    assert len({row.color for row in suggested}) == len(suggested) <= 6
    lightness = [luv(row.color)[0] for row in suggested]
    assert np.ptp(lightness) < 1.5  # 8 bits a channel are steps


def test_the_place_is_found_in_the_picture_proper(engine):
    step = np.tile(np.where(np.arange(120) < 60, 60, 200).astype(np.uint8), (80, 1))
    photograph = photograph_of_array(step)
    tone = read_tone(photograph)
    assert tone.frame.size == (80, 120)
    dark, light = (suggest_colors(engine, photograph, x=x, y=40)[0] for x in (10, 110))
    assert luv(dark.color)[0] == pytest.approx(luv("#3c3c3c")[0], abs=2)
    assert luv(light.color)[0] == pytest.approx(luv("#c8c8c8")[0], abs=2)


def test_in_black_there_is_nothing_but_black(engine):
    (only,) = suggest_colors(engine, photograph_of_array(np.zeros((64, 64), np.uint8)), x=9, y=9)
    assert only.color == "#000000"
    assert only.share == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(("x", "y"), [(-1, 0), (0, 61), (90, 0), (float("nan"), 0)])
def test_a_place_outside_is_refused(engine, grey_jpeg, x, y):
    with pytest.raises(OptionError, match="outside of the photograph's 90 x 61 pixels"):
        suggest_colors(engine, read(grey_jpeg), x=x, y=y)


def test_classes_that_are_not_the_specs_are_refused(stand_in, grey_jpeg):
    stranger = Engine(stand_in, device="cpu", threads=1)
    with pytest.raises(ModelError, match="has 4 classes of colour"):
        suggest_colors(stranger, read(grey_jpeg), x=1, y=1)
