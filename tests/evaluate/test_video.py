# SPDX-License-Identifier: Apache-2.0
"""Measures of films: a perfect one, a grey one, a steady and a flickering one; and the record."""

import json

import numpy as np
import pytest

from tintype.color.luv import luv_to_rgb, rgb_to_luv
from tintype.errors import RecordError
from tintype.evaluate.video import GREY, TRUTH, FilmEvaluation, FilmScore, TrueFilm


@pytest.fixture
def pictures(color_pixels):
    """A window that moves over Eileen Collins: eight of (3, 48, 64)."""
    rgb = np.moveaxis(color_pixels, -1, 0).astype(np.float32) / 255
    return [rgb[:, n : n + 48, 2 * n : 2 * n + 64] for n in range(8)]


def recolor(picture, u, v):
    luv = rgb_to_luv(picture)
    luv[1] += u
    luv[2] += v
    return np.clip(luv_to_rgb(luv), 0, 1).astype(np.float32)


def test_the_true_film_has_no_error_and_its_own_unsteadiness(pictures):
    scores = TrueFilm(pictures).score_itself()
    assert list(scores) == [TRUTH, GREY]
    assert scores[TRUTH].ciede2000 == 0
    assert scores[TRUTH].cdc > 0
    assert scores[GREY].colorfulness == pytest.approx(0, abs=1e-3)
    assert scores[GREY].warping_error == pytest.approx(0, abs=1e-6)
    assert scores[GREY].ciede2000 > 3


def test_flicker_shows_in_the_measures_of_steadiness_alone(pictures):
    true, rng = TrueFilm(pictures), np.random.default_rng(3)
    shifts = rng.normal(0, 10, (8, 2))
    flickering = true.score(recolor(p, *s) for p, s in zip(pictures, shifts, strict=True))
    steady = true.score(recolor(p, *np.abs(shifts).mean(axis=0)) for p in pictures)
    assert flickering.warping_error > 5 * steady.warping_error
    assert flickering.cdc > 1.2 * steady.cdc
    assert flickering.frames == 8


def test_chroma_is_followed_along_the_motion(pictures):
    still = TrueFilm([pictures[0]] * 8).score([pictures[0]] * 8)
    assert still.warping_error == 0
    moving = TrueFilm(pictures).score(pictures)
    unmoved = TrueFilm(pictures).score([recolor(pictures[0], 0, 0)] * 8)
    assert moving.warping_error < 0.5 * unmoved.warping_error


def test_films_of_another_length_are_refused(pictures):
    true = TrueFilm(pictures)
    with pytest.raises(ValueError, match="the film has 7 of 8 frames"):
        true.score(pictures[:7])
    with pytest.raises(ValueError, match="more than the true film's 8 frames"):
        true.score([*pictures, pictures[0]])
    with pytest.raises(ValueError, match="more than 4 frames"):
        TrueFilm(pictures[:4])


def test_a_record_comes_back_and_shows_a_row_for_each_film():
    score = FilmScore(
        frames=8,
        ciede2000=9.5,
        colorfulness=20.0,
        cdc=0.004,
        warping_error=None,
        frames_per_second=31.0,
        peak_memory=400_000_000,
    )
    truth = FilmScore(frames=8, ciede2000=0.0, colorfulness=40.0, cdc=0.003, warping_error=1.0)
    made = FilmEvaluation(
        short_side=216,
        clips={"walk": {TRUTH: truth, "ours": score}},
        networks={"tiny": "abc123"},
        notes=("Two rows.",),
    )
    content = json.loads(json.dumps(made.to_content()))
    assert FilmEvaluation.from_content(content) == made
    table = made.to_markdown()
    assert "| walk | ours  | 9.50 |" in table
    assert "1.00" in table  # (4 − 3) thousandths of CDC above the truth's
    assert "400.00" in table
    assert table.endswith("Two rows.\ntiny: SHA-256 abc123\n")
    with pytest.raises(RecordError, match="has other content"):
        FilmEvaluation.from_content({"clips": {"walk": {"ours": {"x": 1}}}})


def test_means_are_taken_over_the_clips_that_all_films_have():
    def score(value):
        return FilmScore(
            frames=8,
            ciede2000=value,
            colorfulness=10 * value,
            cdc=value / 1000,
            warping_error=value,
        )

    clips = {
        "one": {TRUTH: score(0.0), "ours": score(2.0), "only here": score(9.0)},
        "two": {TRUTH: score(1.0), "ours": score(5.0)},
    }
    made = FilmEvaluation(short_side=216, clips=clips)
    assert [row[0] for row in made.means()] == [TRUTH, "ours"]
    assert made.means()[1][1:6] == pytest.approx([3.5, 35.0, 3.5, 3.0, 3.5])
    assert made.means()[1][6] is None
    assert "Means over the clips" in made.to_markdown()


def test_ratios_are_told_of_a_film_and_its_baseline():
    def score(value, cdc, warping):
        return FilmScore(
            frames=8,
            ciede2000=value,
            colorfulness=10 * value,
            cdc=cdc,
            warping_error=warping,
            same_luma=7,
        )

    clips = {
        "one": {TRUTH: score(0, 0.001, 1), "old": score(4, 0.005, 8), "new": score(3, 0.002, 2)},
        "two": {TRUTH: score(0, 0.003, 1), "old": score(2, 0.003, None), "new": score(2, 0.002, 1)},
    }
    made = FilmEvaluation(short_side=216, clips=clips, baselines={"new": "old"})
    one, two, means = made.ratios("new", "old")
    assert one == ["one", 0.75, 0.75, pytest.approx(0.25), 0.25]
    assert two == ["two", 1.0, 1.0, None, None]  # the old film has no excess, and no motion
    assert means[:3] == ["means", pytest.approx(5 / 6), pytest.approx(5 / 6)]
    assert means[3:] == [pytest.approx(0.0, abs=1e-9), pytest.approx(1.5 / 8)]
    text = made.to_markdown()
    assert "*new* over *old*" in text
    assert "42 of 48 coloured frames" in text
