# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.evaluate.candidates import Function
from tintype.evaluate.examination import (
    GREY,
    TRUE,
    Sighting,
    color_subject,
    examine,
    list_entries,
)
from tintype.evaluate.measures import render
from tintype.evaluate.options import DEFAULTS, EvaluateOptions
from tintype.evaluate.photographs import to_rgb
from tintype.metrics.color_difference import mean_ciede2000


class Counter:
    """An instrument that sees how bright pictures are."""

    def describe(self):
        return {"kind": "counter"}

    def look(self, pictures):
        means = {name: picture.mean() for name, picture in pictures.items()}
        rows = {name: {"brighter": mean - means[TRUE]} for name, mean in means.items()}
        return Sighting(rows={n: r for n, r in rows.items() if n != TRUE}, evidence=means)

    def conclude(self, evidence):
        return {}


def test_points_make_further_entries_of_candidates_that_take_hints(baselines, pale):
    entries = list_entries([*baselines, pale()], EvaluateOptions(points=(1, 10)))
    assert [(e.name, e.points) for e in entries[2:]] == [
        ("pale", 0),
        ("pale + 1 points", 1),
        ("pale + 10 points", 10),
    ]


def test_every_entry_is_asked_with_its_hints(subjects, pale):
    options = EvaluateOptions(points=(4,))
    candidate = pale()
    finding = examine(subjects[0], list_entries([candidate], options), options)
    assert [hints for _, hints, _ in candidate.asked] == [0, 4]
    assert finding.rows["pale + 4 points"]["ciede2000"] < finding.rows["pale"]["ciede2000"]


def test_stability_is_measured_at_the_sizes_asked_for(subjects, pale, baselines):
    options = EvaluateOptions(sizes=(64, 96), points=(1,))
    candidate = pale()
    finding = examine(subjects[0], list_entries([*baselines, candidate], options), options)
    assert [size for _, _, size in candidate.asked if size] == [64, 96]
    found = {n: row["stability"] for n, row in finding.rows.items() if "stability" in row}
    assert list(found) == ["pale", "pale at 64 px", "pale at 96 px"]
    luv = candidate.luv[subjects[0].key]
    own, other = (render(luv[0], np.float32(share) * luv[1:]) for share in (0.6, 0.5))
    expected = mean_ciede2000(other, own)
    assert found["pale at 64 px"] == pytest.approx(expected)
    assert found["pale"] == pytest.approx((found["pale at 64 px"] + found["pale at 96 px"]) / 2)


def test_a_candidate_sees_the_grey_that_was_asked_for(subjects):
    seen = {}

    def look(lightness):
        seen[kind] = lightness
        return np.zeros((2, 4, 4), np.float32)

    for kind in ("lightness", "rec601"):
        entries = list_entries([Function("f", look)], DEFAULTS)
        examine(subjects[0], entries, EvaluateOptions(grey=kind))
    assert np.abs(seen["lightness"] - seen["rec601"]).max() > 1


def test_instruments_see_the_truth_and_every_picture(subjects, baselines):
    entries = list_entries(baselines, DEFAULTS)
    finding = examine(subjects[0], entries, DEFAULTS, [Counter()])
    assert list(finding.evidence[0]) == [TRUE, "constant grey", "dataset mode"]
    assert "brighter" in finding.rows["constant grey"]


def test_pictures_for_a_sheet_begin_with_grey_and_end_with_the_truth(subjects, pale):
    pictures = color_subject(subjects[0], list_entries([pale()], DEFAULTS), DEFAULTS)
    assert list(pictures) == [GREY, "pale", TRUE]
    np.testing.assert_array_equal(pictures[TRUE], to_rgb(subjects[0].read()))
    assert np.ptp(pictures[GREY], axis=0).max() == pytest.approx(0)
