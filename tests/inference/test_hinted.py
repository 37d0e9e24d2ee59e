# SPDX-License-Identifier: Apache-2.0
"""What the network of the package does with a hint: it wins at its place, and spreads to its like.

Eileen Collins' suit is one thing of one colour, in two sleeves; her face is another thing.
"""

import numpy as np
import pytest
from PIL import Image

from tintype.color.gamut import fit_chroma
from tintype.color.luv import rgb_to_luv
from tintype.imaging.photograph import Photograph
from tintype.inference.colorizer import Colorizer
from tintype.inference.view import look
from tintype.spec.hints import Hint

CHEST, SLEEVE, FACE = (200, 435), (60, 450), (210, 120)  # (x, y)


@pytest.fixture(scope="module")
def colorizer() -> Colorizer:
    return Colorizer(device="cpu")


@pytest.fixture(scope="module")
def portrait(skimage_data) -> Photograph:
    with Image.open(skimage_data / "astronaut.png") as opened:
        return Photograph(pixels=np.asarray(opened.convert("L")))


def luv_at(photograph: Photograph, place: tuple[int, int]) -> np.ndarray:
    """Mean L*, u*, v* about a place."""
    x, y = place
    near = photograph.pixels[y - 4 : y + 5, x - 4 : x + 5] / 255
    return rgb_to_luv(np.moveaxis(near, -1, 0)).mean(axis=(1, 2))


@pytest.mark.parametrize("color", ["#d06020", "#2040a0", "#3a8a3a"])
def test_a_hint_wins_at_its_place_and_spreads_to_what_belongs_to_it(colorizer, portrait, color):
    plain = colorizer(portrait)
    hinted = colorizer(portrait, hints=[Hint(*CHEST, color)])
    own = luv_at(plain, CHEST)
    rgb = np.frombuffer(bytes.fromhex(color[1:]), np.uint8) / 255
    wanted = rgb_to_luv(rgb.reshape(3, 1, 1)).ravel()
    wanted[0] = own[0]
    way = fit_chroma(wanted.reshape(3, 1, 1))[1:].ravel() - own[1:]

    def share(place: tuple[int, int]) -> float:
        """How far a place has gone the way from what it was at the hint to what is hinted."""
        return float((luv_at(hinted, place) - luv_at(plain, place))[1:] @ way / (way @ way))

    assert share(CHEST) > 0.5
    assert share(SLEEVE) > 0.15
    assert abs(share(FACE)) < 0.25


def test_a_hints_usual_radius_is_of_the_photograph_and_not_of_its_picture(colorizer, portrait):
    """Within borders the network sees less of the page, and a hint marks as much of it."""
    page = np.full((712, 712), 4, np.uint8)
    page[100:612, 100:612] = portrait.pixels
    bordered = Photograph(pixels=page)

    def marked(radius: float | None) -> int:
        view = look(colorizer.engine, bordered, hints=[Hint(356, 356, "#d06020", radius)])
        assert view.tone.frame.height < 600
        return int(view.hints[2].sum())

    assert marked(None) == marked(7.12) > marked(5.12)
