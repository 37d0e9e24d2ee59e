# SPDX-License-Identifier: Apache-2.0
import threading

import numpy as np
import pytest

from tintype.errors import OptionError
from tintype.evaluate.measurement import evaluate, map_in_order
from tintype.evaluate.measures import Truth, render
from tintype.evaluate.options import EvaluateOptions
from tintype.evaluate.photographs import to_rgb
from tintype.metrics.color_difference import mean_ciede2000
from tintype.metrics.error_curve import class_sums, pixel_areas, rebalanced_area


def test_the_record_is_the_same_however_many_threads_work(subjects, baselines, pale):
    contents = [
        evaluate(subjects, [*baselines, pale()], workers=workers).to_content() for workers in (1, 3)
    ]
    assert contents[0] == contents[1]


def test_rows_stand_in_the_photographs_order(subjects, baselines, pale):
    found = evaluate(subjects, [*baselines, pale(share=0.5)])
    assert found.photographs["key"] == [s.key for s in subjects]
    for index, subject in enumerate(subjects):
        truth = Truth.of(to_rgb(subject.read()))
        picture = render(truth.luv[0], np.float32(0.5) * truth.luv[1:])
        assert found.rows["pale"]["ciede2000"][index] == pytest.approx(
            mean_ciede2000(picture, truth.rgb), rel=1e-4
        )


def test_rebalanced_area_takes_all_photographs_together(subjects, baselines):
    found = evaluate(subjects, baselines)
    areas = counts = 0
    for subject in subjects:
        truth = Truth.of(to_rgb(subject.read()))
        grey = Truth.of(render(truth.luv[0], np.zeros_like(truth.luv[1:])))
        pixels = pixel_areas(grey.lab[1:], truth.lab[1:])
        areas = areas + class_sums(pixels, truth.classes)
        counts = counts + class_sums(np.ones(pixels.shape), truth.classes)
    expected = rebalanced_area(areas, counts)
    rebalanced = found.summary["constant grey"]["auc_rebalanced"]
    assert rebalanced.estimate == pytest.approx(expected)
    assert rebalanced.estimate < found.summary["constant grey"]["auc"].estimate


def test_less_colour_is_worse_and_grey_gains_nothing(subjects, baselines, pale):
    candidates = [*baselines, pale("half", 0.5), pale("most", 0.9)]
    summary = evaluate(subjects, candidates).summary
    assert summary["constant grey"]["gain"].estimate == 0
    assert 0.3 < summary["half"]["gain"].estimate < summary["most"]["gain"].estimate
    assert summary["most"]["cf_ratio"].estimate == pytest.approx(0.9, abs=0.03)
    assert summary["half"]["saturation_difference"].estimate < -0.3


def test_points_and_sizes_reach_the_record(subjects, baselines, pale):
    options = EvaluateOptions(points=(5,), sizes=(64,))
    found = evaluate(subjects, [*baselines, pale()], options)
    assert found.names[-2:] == ["pale + 5 points", "pale at 64 px"]
    assert found.own_names == ["constant grey", "dataset mode", "pale"]
    assert found.variants("pale", "points") == {5: "pale + 5 points"}
    assert found.variants("pale", "at_size") == {64: "pale at 64 px"}
    assert "stability" in found.summary["pale"]
    assert found.options["points"] == (5,)


def test_progress_counts_every_photograph(subjects, baselines):
    told = []
    evaluate(subjects, baselines, on_progress=lambda done, total: told.append((done, total)))
    assert told == [(n, 6) for n in range(1, 7)]


def test_names_must_differ(subjects, baselines, pale):
    with pytest.raises(OptionError, match="two candidates are called pale"):
        evaluate(subjects, [*baselines, pale(), pale()])


def test_results_come_in_order_and_few_ahead():
    started, release = [], threading.Event()

    def work(number):
        started.append(number)
        if number == 0:
            release.wait(10)
        return number

    results = map_in_order(work, iter(range(100)), workers=2)
    threading.Timer(0.2, release.set).start()
    assert next(results) == 0
    assert len(started) <= 6
    assert list(results) == list(range(1, 100))
