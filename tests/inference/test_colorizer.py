# SPDX-License-Identifier: Apache-2.0
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tintype.color.luv import rgb_to_lightness, rgb_to_luv
from tintype.errors import OptionError, UnreadableImage
from tintype.imaging.files import read
from tintype.imaging.photograph import DEPTHS, Photograph
from tintype.inference.colorizer import Colorizer
from tintype.spec.hints import Hint
from tintype.spec.options import ColorizeOptions


@pytest.fixture(scope="module")
def colorizer(stand_in) -> Colorizer:
    return Colorizer(stand_in.file, device="cpu", threads=1)


def channels_first(pixels: np.ndarray) -> np.ndarray:
    """``(3, H, W)`` float64 in [0, 1], of pixels of any depth, grey or not."""
    planes = pixels if pixels.ndim == 3 else np.dstack([pixels] * 3)
    return np.moveaxis(planes, -1, 0) / DEPTHS[pixels.dtype]


def chroma_of(photograph: Photograph) -> float:
    return float(np.hypot(*rgb_to_luv(channels_first(photograph.pixels))[1:]).mean())


@settings(max_examples=25)
@given(
    height=st.integers(1, 70),
    width=st.integers(1, 70),
    depth=st.sampled_from(list(DEPTHS)),
    saturation=st.floats(0, 3),
    vividness=st.floats(0, 1),
    seed=st.integers(0, 9),
)
def test_lightness_size_and_depth_survive(
    colorizer, height, width, depth, saturation, vividness, seed
):
    grey = np.random.default_rng(seed).random((height, width))
    white = DEPTHS[depth]
    photograph = Photograph(pixels=(grey * white).astype(depth))
    options = ColorizeOptions(saturation=saturation, vividness=vividness)
    colored = colorizer(photograph, options)
    assert colored.pixels.shape == (height, width, 3)
    assert colored.pixels.dtype == depth
    error = rgb_to_lightness(channels_first(colored.pixels)) - rgb_to_lightness(
        channels_first(photograph.pixels)
    )
    assert np.abs(error).max() < (0.6 if depth == np.uint8 else 0.1)  # half a step of 8 bits: 0.5


def test_the_network_in_the_package_gives_colours(grey_pixels):
    assert 2 < chroma_of(Colorizer(device="cpu")(Photograph(pixels=grey_pixels))) < 60


@pytest.mark.parametrize("shape", [(1, 1), (1, 30_000), (30_000, 1)])
def test_extreme_shapes_are_coloured(colorizer, shape):
    colored = colorizer(Photograph(pixels=np.full(shape, 128, np.uint8)))
    assert colored.size == shape
    assert chroma_of(colored) > 1


def test_all_that_the_file_said_is_kept(colorizer, grey_pixels, rng):
    photograph = Photograph(
        pixels=grey_pixels,
        alpha=rng.integers(0, 255, grey_pixels.shape, np.uint8),
        exif=b"exif",
        xmp=b"xmp",
        iptc=b"iptc",
        dpi=(300.0, 300.0),
        text=(("Title", "Cameraman"),),
        format="tiff",
    )
    colored = colorizer(photograph)
    kept = replace(colored, pixels=photograph.pixels, colored_by=None)
    spec = colorizer.engine.spec
    assert colored.colored_by == f"stand-in {spec.sha256[:8]}"
    for name in photograph.__dataclass_fields__:
        assert getattr(kept, name) is getattr(photograph, name) or name == "pages"


def test_every_page_is_coloured(colorizer, grey_pixels):
    pages = tuple(Photograph(pixels=grey_pixels[:h]) for h in (20, 30))
    colored = colorizer(Photograph(pixels=grey_pixels, pages=pages))
    assert [page.size for page in colored.pages] == [(20, 90), (30, 90)]
    for alone, page in zip(pages, colored.pages, strict=True):
        np.testing.assert_array_equal(page.pixels, colorizer(alone).pixels)


def test_vividness_and_saturation_say_how_much_colour(colorizer, grey_pixels):
    photograph = Photograph(pixels=grey_pixels)

    def measure(**options: float) -> float:
        return chroma_of(colorizer(photograph, ColorizeOptions(**options)))

    assert measure(vividness=0) < measure(vividness=0.5) < measure(vividness=1)
    assert measure(saturation=0) < 1e-4
    assert measure(saturation=0.2) == pytest.approx(measure(saturation=0.1) * 2, rel=0.1)


def test_a_sepia_print_is_cleaned_kept_or_taken_as_it_is(colorizer, grey_pixels):
    toned = Photograph(pixels=(grey_pixels[..., None] * [0.95, 0.8, 0.6] + 10).astype(np.uint8))
    auto, keep, off = (
        colorizer(toned, ColorizeOptions(tone=tone, saturation=0)).pixels
        for tone in ("auto", "keep", "off")
    )
    assert not np.ptp(auto, axis=2).any()  # the tint is gone,
    assert auto.max() > off.max() + 20  # and what it has cost in light
    assert np.abs(keep.astype(int) - toned.pixels).max() <= 8  # the tint of one lightness is one
    assert not np.ptp(off, axis=2).any()
    np.testing.assert_allclose(
        rgb_to_lightness(channels_first(off)),
        rgb_to_lightness(channels_first(toned.pixels)),
        atol=0.5,
    )


def test_the_size_that_the_network_sees_can_be_chosen(colorizer, grey_pixels, monkeypatch):
    seen = []
    run = colorizer.engine.run
    monkeypatch.setattr(
        colorizer.engine,
        "run",
        lambda greys, *a, **k: seen.append([g.shape for g in greys]) or run(greys, *a, **k),
    )
    colorizer(Photograph(pixels=grey_pixels))
    colorizer(Photograph(pixels=grey_pixels), ColorizeOptions(size=128))
    assert seen == [[(64, 96)], [(128, 188), (64, 96)]]


def test_a_hint_colours_its_place(make_stand_in, grey_pixels):
    steerable = Colorizer(make_stand_in("steerable", hints=True).file, device="cpu")
    photograph = Photograph(pixels=grey_pixels)
    hinted = steerable(photograph, hints=[Hint(45, 30, "#00c000", radius=8)])
    (_, plain_u, _), (_, u, _) = (
        rgb_to_luv(channels_first(p.pixels))[:, 30, 45] for p in (steerable(photograph), hinted)
    )
    assert u < min(0, plain_u)


def test_hints_for_a_network_without_are_refused(colorizer, grey_pixels):
    with pytest.raises(OptionError, match="takes no hints"):
        colorizer(Photograph(pixels=grey_pixels), hints=[Hint(0, 0, "#ffffff")])


def test_threads_share_one_colorizer(colorizer, grey_pixels):
    photographs = [Photograph(pixels=grey_pixels[: 20 + i]) for i in range(12)]
    expected = [colorizer(photograph).pixels for photograph in photographs]
    with ThreadPoolExecutor(4) as pool:
        for ours, theirs in zip(expected, pool.map(colorizer, photographs), strict=True):
            np.testing.assert_array_equal(ours, theirs.pixels)


@pytest.fixture
def mounted(grey_pixels) -> Photograph:
    """The cameraman in a dark mount, 40 pixels wide."""
    large = np.kron(grey_pixels, np.ones((6, 6), np.uint8))
    return Photograph(pixels=np.pad(large, 40, constant_values=40))


def test_a_mount_stays_grey_and_does_not_change_the_picture(colorizer, mounted):
    colored = colorizer(mounted)
    alone = colorizer(Photograph(pixels=mounted.pixels[40:-40, 40:-40]))
    assert not np.ptp(colored.pixels[:36], axis=2).any()
    difference = colored.pixels[60:-60, 60:-60].astype(int) - alone.pixels[20:-20, 20:-20]
    assert np.abs(difference).mean() < 2


@pytest.mark.parametrize("place", [(200, 200), (10, 200), (200, 440), (619, 445)])
def test_a_hint_is_at_home_in_the_mount_too(make_stand_in, mounted, place):
    assert mounted.size == (446, 620)
    steerable = Colorizer(make_stand_in("steered", hints=True).file, device="cpu")
    hinted = steerable(mounted, hints=[Hint(*place, "#40c040", radius=30)])
    red, green, blue = hinted.pixels[place[1], place[0]].astype(int)
    assert green > red
    assert green > blue


@pytest.mark.parametrize("place", [(620, 0), (0, 446)])
def test_a_hint_beside_the_photograph_is_refused_with_its_size(make_stand_in, mounted, place):
    steerable = Colorizer(make_stand_in("steered", hints=True).file, device="cpu")
    with pytest.raises(OptionError, match="620 x 446 pixels"):
        steerable(mounted, hints=[Hint(*place, "#40c040")])


def test_many_photographs_come_coloured_and_in_order(colorizer, tmp_path, grey_jpeg):
    names = ["a.jpg", "bad.jpg", "c.jpg"]
    for name in names:
        (tmp_path / name).write_bytes(b"no picture" if name == "bad.jpg" else grey_jpeg)
    told = []
    results = list(
        colorizer.map(
            [tmp_path / n for n in names], ColorizeOptions(size=96), on_progress=told.append
        )
    )
    assert [result.source.name for result in results] == names
    alone = colorizer(read(tmp_path / "a.jpg"), ColorizeOptions(size=96))
    for result in (results[0], results[2]):
        np.testing.assert_array_equal(result.photograph.pixels, alone.pixels)
    assert results[1].photograph is None
    assert isinstance(results[1].error, UnreadableImage)
    assert [(p.done, p.failed, p.total) for p in told] == [(1, 0, 3), (1, 1, 3), (2, 1, 3)]


def test_of_many_photographs_few_are_in_memory(colorizer, tmp_path, grey_jpeg):
    (tmp_path / "a.jpg").write_bytes(grey_jpeg)
    asked = []
    paths = (asked.append(n) or tmp_path / "a.jpg" for n in range(100))
    results = colorizer.map(paths, jobs=2)
    next(results)
    assert len(asked) <= 4
    results.close()


def test_photographs_at_a_time_are_at_least_one(colorizer):
    with pytest.raises(OptionError, match=r"jobs must be in \[1, 256\], got 0"):
        colorizer.map([], jobs=0)
