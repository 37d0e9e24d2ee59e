# SPDX-License-Identifier: Apache-2.0
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from tintype.errors import UnsupportedImage
from tintype.imaging.photograph import DEPTHS, Photograph


def grey(height: int = 4, width: int = 6, dtype: str = "uint8") -> Photograph:
    return Photograph(pixels=np.zeros((height, width), dtype))


@pytest.mark.parametrize("dtype", DEPTHS)
def test_it_knows_its_size_and_white(dtype):
    photograph = grey(4, 6, dtype)
    assert photograph.size == (4, 6)
    assert photograph.is_grey
    assert photograph.white == DEPTHS[dtype]


def test_it_is_frozen():
    with pytest.raises(FrozenInstanceError):
        grey().dpi = (300.0, 300.0)


@pytest.mark.parametrize(
    ("shape", "dtype", "message"),
    [
        ((4, 6), "int16", "samples must be uint8, uint16 or float32; got int16"),
        ((4, 6), "float64", "got float64"),
        ((4,), "uint8", r"\(H, W\) or \(H, W, 3\), not empty; got \(4,\)"),
        ((4, 6, 4), "uint8", r"got \(4, 6, 4\)"),
        ((0, 6), "uint8", r"got \(0, 6\)"),
    ],
)
def test_it_refuses_what_no_step_could_use(shape, dtype, message):
    with pytest.raises(UnsupportedImage, match=message):
        Photograph(pixels=np.zeros(shape, dtype))


@pytest.mark.parametrize(("shape", "dtype"), [((4, 5), "uint8"), ((4, 6), "uint16")])
def test_alpha_must_match_the_pixels(shape, dtype):
    with pytest.raises(UnsupportedImage, match=r"alpha must be \(4, 6\) uint8 like the pixels"):
        replace(grey(), alpha=np.zeros(shape, dtype))


def test_colours_are_put_in_and_the_rest_stays():
    before = replace(grey(), dpi=(300.0, 300.0), text=(("Comment", "a dog"),))
    after = before.colored(np.ones((4, 6, 3), np.uint8), by="test 1")
    assert after.colored_by == "test 1"
    assert not after.is_grey
    assert (after.dpi, after.text) == (before.dpi, before.text)


@pytest.mark.parametrize(("shape", "dtype"), [((4, 6), "uint8"), ((4, 6, 3), "uint16")])
def test_colours_of_another_size_or_depth_are_refused(shape, dtype):
    with pytest.raises(UnsupportedImage, match="as the photograph is"):
        grey().colored(np.ones(shape, dtype), by="test 1")


def test_every_page_is_mapped_once_and_alone():
    seen = []

    def note(page: Photograph) -> Photograph:
        seen.append((page.size, page.pages))
        return replace(page, format="tiff")

    mapped = replace(grey(1, 1), pages=(grey(2, 2), grey(3, 3))).map_pages(note)
    assert seen == [((1, 1), ()), ((2, 2), ()), ((3, 3), ())]
    assert [page.format for page in (mapped, *mapped.pages)] == ["tiff"] * 3
