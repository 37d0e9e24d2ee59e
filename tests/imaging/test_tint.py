# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from PIL import Image

from tintype.color.luv import rgb_to_lightness, rgb_to_luv
from tintype.imaging.resize import resize_pixels
from tintype.imaging.tint import SHADES, find_tint

# What toners and time do to a grey g in [0, 1]: each channel from its black to its white.
TONERS = {
    "sepia": ((0.02, 0.01, 0.0), (1.0, 0.86, 0.67)),
    "cyanotype": ((0.0, 0.13, 0.28), (0.92, 0.96, 0.98)),
    "brown ink": ((0.18, 0.11, 0.06), (0.99, 0.94, 0.82)),
    "scanner's cast": ((0.0, 0.0, 0.0), (0.86, 1.0, 0.93)),
}


@pytest.fixture(scope="module")
def grey(skimage_data):
    """The cameraman, (256, 256) float64 in [0, 1]."""
    with Image.open(skimage_data / "camera.png") as opened:
        return np.asarray(opened.convert("L").resize((256, 256), Image.Resampling.BOX)) / 255


def tone(grey, name):
    black, white = np.array(TONERS[name])[:, :, None, None]
    return (black + (white - black) * grey).astype(np.float32)


def lightness_of(grey):
    return rgb_to_lightness(np.stack([grey] * 3))[0]


@pytest.mark.parametrize("name", list(TONERS))
def test_finds_the_grey_photograph_behind_a_tint(grey, name):
    toned = tone(grey, name)
    is_color, tint = find_tint(toned)
    assert not is_color
    scan = rgb_to_lightness(toned)[0]
    clean = tint.clean[tint.shades(scan)]
    true = lightness_of(grey)
    assert np.abs(clean - true).mean() < 4
    assert np.abs(clean - true).mean() < 0.75 * np.abs(scan - true).mean()


@pytest.mark.parametrize("name", list(TONERS))
def test_knows_the_tints_own_colours(grey, name):
    toned = tone(grey, name)
    _, tint = find_tint(toned)
    luv = rgb_to_luv(toned)
    of_tint = tint.chroma[:, tint.shades(luv[0])]
    assert np.hypot(*(of_tint - luv[1:])).mean() < 1.0


def test_a_bright_neutral_scan_has_no_tint(rng):
    """A faint drawing on white paper, with a scanner's noise of one step."""
    drawing = np.where(rng.random((64, 64)) < 0.2, 0.94, 0.992)
    noisy = np.minimum(drawing + rng.integers(-1, 2, (3, 64, 64)) / 255, 1).astype(np.float32)
    assert find_tint(noisy) == (False, None)


# The matrix as the Filter Effects Module prints it, on a grey; what exceeds 1 is cut off.
def test_undoes_the_sepia_filter(grey):
    matrix = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]]
    filtered = np.minimum(np.einsum("cd,dhw->chw", matrix, np.stack([grey] * 3)), 1)
    is_color, tint = find_tint(filtered.astype(np.float32))
    assert not is_color
    scan = rgb_to_lightness(filtered)[0]
    clean = tint.clean[tint.shades(scan.astype(np.float32))]
    assert np.abs(scan - lightness_of(grey)).mean() > 5
    assert np.abs(clean - lightness_of(grey)).mean() < 1


def test_colours_that_are_sepia_only_on_the_whole_are_colours(grey):
    layers = np.stack((1.351 * grey[::-1], 1.203 * grey[:, ::-1], 0.937 * grey))
    assert find_tint((0.7 * layers).astype(np.float32)) == (True, None)


def test_a_faded_scan_is_brought_out_part_of_the_way(grey):
    faded = (0.3 + 0.4 * grey)[None] * np.array([1.0, 0.95, 0.8])[:, None, None]
    _, tint = find_tint(faded.astype(np.float32))
    scan = rgb_to_lightness(faded)[0]
    clean = tint.clean[tint.shades(scan.astype(np.float32))]
    assert np.ptp(clean) > 1.25 * np.ptp(scan)


def test_grain_and_stains_are_no_colours(grey, rng):
    y, x = np.mgrid[-1:1:256j, -1:1:256j]
    stained = tone(grey, "sepia") * (
        1 - 0.06 * (x * x + y * y) * np.array([0, 0.3, 1])[:, None, None]
    )
    grainy = (stained + rng.normal(0, 0.01, stained.shape)).clip(0, 1).astype(np.float32)
    is_color, tint = find_tint(grainy)
    assert not is_color
    assert tint is not None


@pytest.mark.parametrize("name", ["astronaut.png", "coffee.png", "chelsea.png", "rocket.jpg"])
def test_a_photograph_in_colour_has_no_tint(skimage_data, name):
    with Image.open(skimage_data / name) as opened:
        pixels = np.asarray(opened.convert("RGB"))
    planes = resize_pixels(pixels, (128, 192)) / np.float32(255)
    assert find_tint(planes) == (True, None)


def test_a_grey_photograph_has_no_tint(grey):
    assert find_tint(np.stack([grey] * 3).astype(np.float32)) == (False, None)


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (30, 2)])
@pytest.mark.parametrize("color", [(0, 0, 0), (1, 1, 1), (0.8, 0.7, 0.5)])
def test_one_shade_is_no_photograph_in_colour(size, color):
    flat = np.broadcast_to(np.float32(color)[:, None, None], (3, *size))
    is_color, tint = find_tint(flat)
    assert not is_color
    assert tint is None or np.isfinite(tint.clean).all()


@pytest.mark.parametrize("name", list(TONERS))
def test_lighter_stays_lighter_and_every_shade_has_its_place(grey, name):
    _, tint = find_tint(tone(grey, name))
    assert (np.diff(tint.clean) >= 0).all()
    assert 0 <= tint.clean[0] <= tint.clean[-1] <= 100
    shades = tint.shades(np.float32([[0, 50, 100]]))
    assert shades.tolist() == [[0, SHADES // 2, SHADES - 1]]
