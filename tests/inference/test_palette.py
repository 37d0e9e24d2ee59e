# SPDX-License-Identifier: Apache-2.0
"""Whose palette leads: where the network cannot decide the reference does, and only there."""

import numpy as np
import pytest

from tintype.color.bins import JointBins
from tintype.color.luv import luv_to_rgb
from tintype.errors import ModelError
from tintype.imaging.arrays import photograph_of_array
from tintype.imaging.photograph import Photograph
from tintype.imaging.resize import resize
from tintype.inference.colorizer import Colorizer
from tintype.inference.engine import Engine
from tintype.inference.palette import (
    Leader,
    LedEngine,
    find_palette,
    lead,
    smooth_palette,
)
from tintype.inference.prediction import Prediction
from tintype.spec.hints import Hint
from tintype.spec.model import CONFIDENCE, LOG_PROBABILITIES

BINS = JointBins(10.0)


def photograph(u, v, lightness=(20, 90)):
    """A ramp of lightness in one colour, as far as a display can show it."""
    ramp = np.linspace(*lightness, 64, dtype=np.float64)[None].repeat(40, 0)
    luv = np.stack((ramp, np.full_like(ramp, u), np.full_like(ramp, v)))
    rgb = np.clip(luv_to_rgb(luv), 0, 1)
    return photograph_of_array(np.rint(255 * np.moveaxis(rgb, 0, -1)).astype(np.uint8))


def class_of(u, v):
    return int(np.argmin(((BINS.centers - (u, v)) ** 2).sum(axis=1)))


def undecided(*colors, size=(8, 10)):
    """Log-probabilities that favour each of some colours alike."""
    probabilities = np.full((BINS.count, *size), 1e-5, np.float32)
    for color in colors:
        probabilities[class_of(*color)] = 1
    return np.log(probabilities / probabilities.sum(axis=0)).astype(np.float32)


def test_a_palette_is_what_the_picture_has():
    palette = find_palette(photograph(20, 10, (30, 70)), BINS)
    levels = palette.sum(axis=1)
    assert set(np.round(levels, 3)) <= {0.0, 1.0}
    assert 4 <= levels.sum() <= 7  # of twelve levels, those of L* 30 to 70
    colors = (palette @ BINS.centers)[levels > 0]
    np.testing.assert_allclose(colors, np.tile((20.0, 10.0), (len(colors), 1)), atol=2.0)


def test_a_grey_reference_has_a_grey_palette(grey_pixels):
    palette = find_palette(photograph_of_array(grey_pixels), BINS)
    np.testing.assert_allclose(palette @ BINS.centers, 0, atol=1e-3)


@pytest.mark.parametrize("color", [(30.0, 20.0), (-30.0, 20.0)])
def test_the_reference_decides_between_what_is_likely(color):
    own = undecided((30.0, 20.0), (-30.0, 20.0))
    lightness = np.full((8, 10), 55.0, np.float32)
    led = lead(own, lightness, find_palette(photograph(*color), BINS))
    np.testing.assert_allclose(np.exp(led).sum(axis=0), 1, atol=1e-4)
    assert np.argmax(led[:, 4, 5]) == class_of(*color)
    assert np.exp(led[class_of(*color)]).mean() > 0.75


def test_what_the_network_rules_out_stays_out():
    led = lead(
        undecided((30.0, 20.0)),
        np.full((8, 10), 55.0, np.float32),
        find_palette(photograph(-40.0, 30.0), BINS),
    )
    assert np.argmax(led[:, 4, 5]) == class_of(30.0, 20.0)


def test_lightness_that_the_reference_has_not_is_left_alone():
    own = undecided((30.0, 20.0), (-30.0, 20.0))
    palette = find_palette(photograph(30, 20, (10, 30)), BINS)
    led = lead(own, np.full((8, 10), 95.0, np.float32), palette)
    np.testing.assert_allclose(led, own, atol=1e-3)


def test_other_classes_than_promised_are_refused(stand_in, color_pixels, grey_pixels):
    led = LedEngine(Engine(stand_in), photograph_of_array(color_pixels))
    with pytest.raises(
        ModelError, match=f"has 4 classes of colour, where bins of .* are {BINS.count}"
    ):
        led.predict(grey_pixels.astype(np.float32) / np.float32(2.55))


def test_neighbouring_lightness_has_nearly_the_same_palette():
    palette = np.zeros((12, 3), np.float32)
    palette[4, 0] = palette[5, 1] = palette[9, 2] = 1
    smooth = smooth_palette(palette)
    assert set(np.round(smooth.sum(axis=1), 5)) == {0.0, 1.0}
    assert smooth[4, 0] > smooth[5, 0] > smooth[6, 0] > 0
    np.testing.assert_array_equal(smooth[0], 0)
    np.testing.assert_array_equal(smooth[9], (0, 0, 1))


@pytest.fixture(scope="module")
def colorizer():
    return Colorizer(device="cpu")


@pytest.fixture(scope="module")
def scene(grey_pixels):
    return photograph_of_array(np.kron(grey_pixels, np.ones((3, 3), np.uint8)))


def unlike(one: Photograph, other: Photograph) -> float:
    """Share of the colours of two photographs that only one of them has, over all lightness."""
    palettes = [find_palette(photograph, BINS) for photograph in (one, other)]
    both = (palettes[0].sum(axis=1) > 0) & (palettes[1].sum(axis=1) > 0)
    return float(np.abs(palettes[0] - palettes[1])[both].sum(axis=1).mean() / 2)


@pytest.mark.parametrize("color", [(45, 25), (-15, -45), (0, 0)])
def test_the_colours_come_nearer_to_the_references(colorizer, scene, color):
    reference = photograph(*color)
    led = colorizer.led_by(reference)
    assert unlike(led(scene), reference) < 0.99 * unlike(colorizer(scene), reference)
    assert colorizer.engine is not led.engine


def test_a_hint_wins_over_the_palette_at_its_place(colorizer, scene):
    hint = Hint(60, 90, "#3050c0", 15)
    led = colorizer.led_by(photograph(45, 25))
    plain, steered = (one(scene, hints=[hint]).pixels[88:93, 58:63] for one in (colorizer, led))
    np.testing.assert_allclose(steered.astype(int), plain, atol=3)


def test_a_hint_wins_in_a_prediction_too_as_films_ask_for_one(colorizer, scene):
    lightness = scene.pixels.astype(np.float32) / np.float32(2.55)
    engines = colorizer.engine, LedEngine(colorizer.engine, photograph(45, 25))
    hints = [Hint(60, 90, "#3050c0", 15)]
    plain, led = (engine.predict(lightness, hints=hints).chroma for engine in engines)
    row, column = (
        int(at / 3 * scale) for at, scale in ((90, plain.shape[1] / 61), (60, plain.shape[2] / 90))
    )
    np.testing.assert_allclose(led[:, row, column], plain[:, row, column], atol=1e-3)
    assert np.abs(led - plain).max() > 5  # elsewhere the reference leads


def test_a_reference_leads_the_look_from_near_and_that_from_afar(colorizer, scene):
    lightness = scene.pixels.astype(np.float32) / np.float32(2.55)
    led = LedEngine(colorizer.engine, photograph(45, 25))
    far, near = (led.predict(lightness, size=size).chroma for size in (None, 320))
    assert near.shape[1] == 2 * far.shape[1]
    own = colorizer.engine.predict(lightness).chroma
    apart = np.abs(resize(near, far.shape[1:]) - far).mean()
    assert apart < 0.35 * np.abs(own - far).mean()


def test_a_led_engine_tells_all_that_an_engine_tells(colorizer, scene):
    engine = LedEngine(colorizer.engine, photograph(45, 25))
    lightness = scene.pixels.astype(np.float32) / np.float32(2.55)
    told = engine.predict(lightness, want=(CONFIDENCE, LOG_PROBABILITIES))
    assert told.confidence.shape == told.chroma.shape[1:] == told.log_probabilities.shape[1:]
    np.testing.assert_array_equal(told.chroma, engine.predict(lightness).chroma)
    assert engine.spec == colorizer.engine.spec


def test_what_is_known_is_not_led(stand_in):
    own = undecided((30.0, 20.0), (-30.0, 20.0))
    prediction = Prediction(chroma=np.zeros((2, 8, 10), np.float32), log_probabilities=own)
    known = np.zeros((8, 10), bool)
    known[2, 3] = True
    leader = Leader(stand_in, photograph(30.0, 20.0))
    lightness = np.full((32, 40), 55.0, np.float32)
    led = leader(prediction, lightness, temperature=0.4, want=[LOG_PROBABILITIES], known=known)
    np.testing.assert_array_equal(led.log_probabilities[:, 2, 3], own[:, 2, 3])
    assert led.chroma[0, 2, 3] == pytest.approx(0, abs=0.5)
    assert led.chroma[0, 5, 5] == pytest.approx(30, abs=2)
