# SPDX-License-Identifier: Apache-2.0
"""Plots are well-formed SVG, draw what is finite where it belongs, and name their axes."""

import math
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.records.axis import Axis, find_span, name_tick
from tintype.records.plots import Bar, Series, bar_plot, line_plot

SVG = "{http://www.w3.org/2000/svg}"
LABELS = {"title": "Loss", "x_label": "steps", "y_label": "nats"}


def parse(plot):
    """The plot as an XML parser sees it, which a file of its own is read by."""
    return ElementTree.fromstring(plot)  # noqa: S314  # our own


def texts(root):
    return [found.text for found in root.iter(f"{SVG}text")]


def paths(root):
    """The points of every path."""
    return [
        [tuple(map(float, point.split())) for point in re.split("[MLZ]", path.get("d")) if point]
        for path in root.iter(f"{SVG}path")
    ]


def test_a_line_runs_from_corner_to_corner():
    root = parse(line_plot([Series(label="a", x=[0, 10], y=[0, 5])], **LABELS, size=(300, 500)))
    ((first, last),) = paths(root)
    ends = {text.text: text for text in root.iter(f"{SVG}text")}
    assert first == (64.0, 254.0)  # the corner of the axes: values that begin at 0 begin there
    assert last[0] > 450
    assert last[1] < 60
    assert {"Loss", "steps", "nats", "0", "10", "5"} <= set(ends)


def test_later_values_stand_further_right_and_larger_ones_higher():
    root = parse(line_plot([Series(label="a", x=[1, 2, 4], y=[3, 1, 2])], **LABELS))
    (points,) = paths(root)
    across, up = zip(*points, strict=True)
    assert np.allclose(np.diff(across)[1] / np.diff(across)[0], 2, rtol=0.01)
    assert up[1] > up[2] > up[0]  # pixels run downwards


def test_a_logarithmic_axis_gives_every_decade_the_same_room():
    x = [1e-4, 1e-3, 1e-2, 1e-1]
    root = parse(line_plot([Series(label="a", x=x, y=[1, 2, 3, 4])], **LABELS, x_log=True))
    steps = np.diff([point[0] for point in paths(root)[0]])
    assert np.allclose(steps, steps[0], atol=0.2)
    assert {"0.0001", "0.001", "0.01", "0.1"} <= set(texts(root))


def test_values_that_are_not_finite_are_gaps():
    y = [1, 2, math.nan, 4, math.inf, 6, 7]
    plot = line_plot([Series(label="a", x=range(7), y=y)], **LABELS)
    root = parse(plot)
    assert root.find(f"{SVG}path").get("d").count("M") == 2
    assert len(list(root.iter(f"{SVG}circle"))) == 1  # the 4 stands alone
    assert "nan" not in plot
    assert "inf" not in plot


def test_a_logarithmic_axis_leaves_out_what_is_not_above_zero():
    series = Series(label="a", x=[0, 1, 10, 100], y=[1, -1, 2, 3])
    root = parse(line_plot([series], **LABELS, x_log=True, y_log=True))
    assert [len(points) for points in paths(root)] == [2]


def test_a_band_lies_round_its_line():
    series = Series(label="a", x=[0, 1], y=[2, 3], low=[1, 2], high=[3, 4])
    band, line = paths(parse(line_plot([series], **LABELS)))
    (left, low), (right, _), above, (start, high) = (
        band  # out along its low side, home on the other
    )
    assert (start, above[0]) == (left, right)
    assert high < line[0][1] < low


def test_points_are_marks_without_a_line():
    root = parse(line_plot([Series(label="a", x=[0, 1], y=[2, 3], points=True)], **LABELS))
    assert len(list(root.iter(f"{SVG}circle"))) == 2
    assert not paths(root)


def test_a_legend_names_the_series_if_there_are_several():
    one, two = (Series(label=label, x=[0, 1], y=[0, 1]) for label in ("ours", "<theirs>"))
    assert "ours" not in texts(parse(line_plot([one], **LABELS)))
    assert {"ours", "<theirs>"} <= set(texts(parse(line_plot([one, two], **LABELS))))


def test_many_series_are_told_apart_without_colour():
    series = [Series(label=str(n), x=[0, 1], y=[n, n]) for n in range(4)]
    root = parse(line_plot(series, **LABELS))
    assert len({path.get("stroke-dasharray") for path in root.iter(f"{SVG}path")}) == 4


@pytest.mark.parametrize("series", [[], [Series(label="a", x=[], y=[])]])
def test_nothing_to_draw_is_an_empty_plot(series):
    assert "Loss" in texts(parse(line_plot(series, **LABELS)))


def test_sequences_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"series 'a': its sequences have lengths \[1, 2\]"):
        line_plot([Series(label="a", x=[1, 2], y=[1])], **LABELS)


def test_numpys_arrays_are_sequences():
    x = np.arange(5.0)
    parse(line_plot([Series(label="a", x=x, y=x, low=x - 1, high=x + 1)], **LABELS))


def test_bars_are_as_long_as_their_values():
    bars = [Bar(label="grey", value=10), Bar(label="ours", value=5), Bar(label="off", value=-2.5)]
    root = parse(bar_plot(bars, title="ΔE00", value_label="mean", digits=1))
    boxes = [(float(box.get("x")), float(box.get("width"))) for box in root.iter(f"{SVG}rect")]
    widths = [width for _, width in boxes]
    assert np.allclose(np.divide(widths, widths[1]), [2, 1, 0.5], atol=0.01)
    assert boxes[2][0] + boxes[2][1] == pytest.approx(boxes[0][0], abs=0.11)  # both end at zero
    assert {"grey", "10.0", "-2.5", "mean"} <= set(texts(root))


def test_a_whisker_spans_its_interval():
    root = parse(bar_plot([Bar(label="a", value=4, low=3, high=6)], title="t", value_label="v"))
    (box,) = root.iter(f"{SVG}rect")
    left, right = (float(box.get(k)) for k in ("x", "width"))
    unit = right / 4
    whisker = next(line for line in root.iter(f"{SVG}line") if line.get("class") == "whisker")
    assert float(whisker.get("x1")) == pytest.approx(left + 3 * unit, abs=0.2)
    assert float(whisker.get("x2")) == pytest.approx(left + 6 * unit, abs=0.2)


def test_a_bar_without_a_value_keeps_its_label_only():
    root = parse(bar_plot([Bar(label="a", value=math.nan)], title="t", value_label="v"))
    assert not list(root.iter(f"{SVG}rect"))
    assert "a" in texts(root)


# Heckbert's steps, worked by hand
@pytest.mark.parametrize(
    ("low", "high", "log", "ticks"),
    [
        (0, 10, False, [0, 2, 4, 6, 8, 10]),
        (-0.3, 0.41, False, [-0.2, 0, 0.2, 0.4]),
        (0, 1234, False, [0, 200, 400, 600, 800, 1000, 1200]),
        (1e-5, 1e-1, True, [1e-5, 1e-4, 1e-3, 1e-2, 1e-1]),
        (0.9, 11, True, [1, 2, 5, 10]),
        (3.1, 4.1, True, [3.2, 3.4, 3.6, 3.8, 4.0]),  # no power of ten in sight
    ],
)
def test_ticks_are_round(low, high, log, ticks):
    axis = Axis(low=low, high=high, start=0, end=1, log=log)
    assert axis.ticks() == pytest.approx(ticks, abs=1e-12)


@given(
    values=st.lists(st.floats(-1e30, 1e30) | st.sampled_from([math.nan, math.inf]), max_size=5),
    log=st.booleans(),
)
def test_an_axis_shows_every_value_and_never_too_many_ticks(values, log):
    low, high = find_span(values, log=log)
    axis = Axis(low=low, high=high, start=0, end=100, log=log)
    for value in filter(axis.shows, values):
        assert -1e-6 <= axis.place(value) <= 100 + 1e-6
    ticks = axis.ticks()
    assert len(ticks) <= 30
    assert all(-1e-6 <= axis.place(tick) <= 100 + 1e-6 for tick in ticks if axis.shows(tick))


@pytest.mark.parametrize(
    ("value", "name"), [(0.30000000000000004, "0.3"), (-0.0, "0"), (1e-5, "1e-05")]
)
def test_ticks_are_named_without_noise(value, name):
    assert name_tick(value) == name
