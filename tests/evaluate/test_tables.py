# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.evaluate.candidates import Coloring
from tintype.evaluate.comparison import compare
from tintype.evaluate.evaluation import Evaluation
from tintype.evaluate.measurement import evaluate
from tintype.evaluate.options import EvaluateOptions
from tintype.evaluate.statistics import STATISTICS
from tintype.evaluate.tables import (
    glance_to_markdown,
    list_worse,
    say_worse,
    show,
    tabulate_comparison,
    tabulate_glance,
    tabulate_groups,
    tabulate_points,
    tabulate_sizes,
    tabulate_statistics,
    to_markdown,
)
from tintype.metrics.bootstrap import Interval

BY_NAME = {s.name: s for s in STATISTICS}
NAN = float("nan")


@pytest.fixture
def found(subjects, baselines, pale) -> Evaluation:
    return evaluate(subjects, [*baselines, pale("candidate <1>")])


@pytest.mark.parametrize(
    ("interval", "name", "text"),
    [
        (Interval(9.387, 9.05, 9.711), "ciede2000", "9.39 (9.05 to 9.71)"),
        (Interval(0.1834, 0.15, 0.2), "gain", "18.3 % (15.0 to 20.0)"),
        (Interval(5.0, NAN, NAN), "ciede2000", "5.00"),
        (Interval(NAN, NAN, NAN), "ciede2000", "–"),
        (None, "ciede2000", "–"),
    ],
)
def test_a_statistic_stands_with_its_interval(interval, name, text):
    assert show(interval, BY_NAME[name]) == text


def test_the_first_table_has_a_row_for_each_candidate(found):
    titles, rows = tabulate_glance(found)
    assert titles[:4] == ["candidate", "ΔE00", "below grey", "cf / true"]
    assert [row[0] for row in rows] == ["constant grey", "dataset mode", "candidate <1>"]
    assert rows[0][2] == "0.0 % (0.0 to 0.0)"


def test_every_statistic_that_is_known_has_a_row(found):
    titles, rows = tabulate_statistics(found)
    assert titles == ["statistic", *found.names]
    assert [row[0] for row in rows] == [
        s.title for s in STATISTICS if s.name in found.summary["candidate <1>"]
    ]


def test_groups_have_their_own_figures(found):
    titles, rows = tabulate_groups(found, "source")
    assert titles[:4] == ["source", "photographs", "grey's ΔE00", "dataset mode: below grey"]
    assert [row[:2] for row in rows] == [["kitchen", 3], ["space", 3]]
    kitchen = found.rows["constant grey"]["ciede2000"][:3].mean()
    assert rows[0][2] == f"{kitchen:.2f}"


def test_a_document_shows_candidates_and_sources(found):
    text = to_markdown(found)
    assert "6 photographs; grey input: lightness" in text
    assert "| candidate \\<1\\> |" in text
    assert "| kitchen" in text
    assert text.startswith(glance_to_markdown(found))


def test_a_glance_shows_candidates_only(found):
    text = glance_to_markdown(found)
    assert text.count("candidate \\<1\\>") == 1
    assert "kitchen" not in text


def test_points_stand_with_what_they_take_off_the_error(subjects, baselines, pale):
    options = EvaluateOptions(points=(20, 5))
    evaluation = evaluate(subjects, [*baselines, pale()], options)
    titles, rows = tabulate_points(evaluation, "pale")
    assert titles == ["pale: points", "ΔE00", "cf / true", "below no points"]
    assert [row[0] for row in rows] == [0, 5, 20]
    errors = [evaluation.rows[n]["ciede2000"].mean() for n in ("pale", "pale + 20 points")]
    assert rows[2][3].startswith(f"{100 * (1 - errors[1] / errors[0]):.1f} % (")
    assert rows[0][3] == "–"


def test_sizes_stand_with_their_distance_from_the_candidates_own(subjects, baselines, pale):
    evaluation = evaluate(subjects, [*baselines, pale()], EvaluateOptions(sizes=(64, 96)))
    _, rows = tabulate_sizes(evaluation, "pale")
    assert [row[0] for row in rows] == ["– (its own)", "64", "96"]
    assert rows[0][4].endswith(" (mean of all)")
    stability = evaluation.rows["pale at 96 px"]["stability"].mean()
    assert rows[2][4].startswith(f"{stability:.2f} (")


def test_groups_show_the_candidates_themselves(subjects, baselines, pale):
    evaluation = evaluate(subjects, [*baselines, pale()], EvaluateOptions(sizes=(64,), points=(1,)))
    titles, _ = tabulate_groups(evaluation, "source")
    assert titles[3:] == [
        f"{name}: {what}"
        for name in ("dataset mode", "pale")
        for what in ("below grey", "cf / true")
    ]
    text = to_markdown(evaluation)
    assert "pale: points" in text
    assert "pale: short side" in text
    assert "pale at 64 px" not in text


def test_sources_that_grey_would_have_done_better_are_named(subjects, baselines, pale):
    class Wrong:
        """Right on one source, and the opposite of right on the other."""

        name, takes_hints, takes_size = "wrong", False, False

        def __init__(self):
            self.luv = pale().luv

        def describe(self):
            return {"kind": "wrong"}

        def color(self, key, lightness, *, hints=(), size=None):
            share = 1 if key.startswith("space") else -1
            return Coloring(chroma=np.float32(share) * self.luv[key][1:])

    evaluation = evaluate(subjects, [*baselines, Wrong(), pale()])
    assert list_worse(evaluation, "source") == {"wrong": (["kitchen"], []), "pale": ([], [])}
    assert say_worse(evaluation) == [
        "Worse than constant grey, wrong: 1 of 2 sources: kitchen (all of the interval).",
        "Worse than constant grey, pale: none of 2 sources.",
    ]


def test_a_comparison_says_who_is_better_where(found, subjects, baselines, pale):
    comparison = compare(found, evaluate(subjects, [*baselines, pale("other", 0.7)]))
    titles, rows = tabulate_comparison(comparison)
    assert titles == [
        "statistic",
        "candidate <1>",
        "other",
        "difference",
        "candidate <1> better on",
    ]
    assert rows[0][0] == "ΔE00"
    assert rows[0][4] == "0 %"
