# SPDX-License-Identifier: Apache-2.0
"""Line and bar plots as SVG, to stand in a page or as a file of their own.

The drawing needs no script and no outside style. It takes the page's text colour, follows light
and dark where it stands alone, and tells its series apart by dashes and marks as well as by colour.

Source: M. Okabe and K. Ito, "Color Universal Design" (2008), the palette.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tintype.records.axis import Axis, find_span, name_tick
from tintype.records.html import Attributes, Markup, element, join

_PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_DASHES = ("", "7 3", "2 3", "9 3 2 3")
_TOP, _RIGHT, _BOTTOM, _LEFT = 34, 16, 46, 64  # margins round the drawing area, in pixels
_ROW = 18  # pixels between lines of a legend
_STYLE = Markup(
    ".plot{font:12px system-ui,sans-serif;fill:currentColor;color:#1b1b1f}"
    "@media(prefers-color-scheme:dark){.plot{color:#e7e7ec}}"
    ".plot .title{font-size:14px;font-weight:600}.plot .grid{stroke:currentColor;opacity:.18}"
    ".plot .axis{stroke:currentColor;fill:none}.plot .whisker{stroke:currentColor;fill:none}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a plot, or one cloud of points. Where x or y is not finite, the line has a gap.

    ``low`` and ``high`` bound a band around the line: an interval, a spread over seeds.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    points: bool = False  # marks at the values instead of a line through them


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar, from zero to ``value``; ``low`` and ``high`` are the ends of its whisker."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


def line_plot(
    series: Sequence[Series],
    *,
    title: str,
    x_label: str,
    y_label: str,
    x_log: bool = False,
    y_log: bool = False,
    size: tuple[int, int] = (340, 640),
) -> Markup:
    """Plot lines or clouds of points over common axes, with a legend below.

    Args:
        series: what to draw; with more than one, each is named in the legend.
        title: what the plot shows.
        x_label: what runs along, with its unit.
        y_label: what runs up, with its unit.
        x_log: whether the x axis is logarithmic; values not above zero are then left out.
        y_log: the same of the y axis.
        size: (height, width) in pixels, without the legend.

    Raises:
        ValueError: a series' sequences differ in length.
    """
    height, width = size
    for one in series:
        lengths = {len(v) for v in (one.x, one.y, one.low, one.high) if v is not None}
        if len(lengths) != 1:
            raise ValueError(f"series {one.label!r}: its sequences have lengths {sorted(lengths)}")
    ups = [part for one in series for part in (one.y, one.low, one.high) if part is not None]
    across = find_span([value for one in series for value in one.x], log=x_log)
    up = find_span([value for part in ups for value in part], log=y_log)
    x = Axis(low=across[0], high=across[1], start=_LEFT, end=width - _RIGHT, log=x_log)
    y = Axis(low=up[0], high=up[1], start=height - _BOTTOM, end=_TOP, log=y_log)
    drawn = [_draw_series(one, index, x, y) for index, one in enumerate(series)]
    named = series if len(series) > 1 else ()
    legend = [_draw_legend(one, i, height + i * _ROW) for i, one in enumerate(named)]
    frame = [_draw_x_axis(x, y, x_label), _draw_y_axis(x, y, y_label)]
    return _draw((height + _ROW * len(named), width), title, *frame, *drawn, *legend)


def bar_plot(
    bars: Sequence[Bar], *, title: str, value_label: str, width: int = 640, digits: int = 2
) -> Markup:
    """Plot horizontal bars from zero, each with its label before it and its value after it.

    Args:
        bars: what to draw, from top to bottom.
        title: what the plot shows.
        value_label: what the bars' lengths are, with their unit.
        width: in pixels.
        digits: of the values, after the point.
    """
    height = _TOP + _BOTTOM + 26 * len(bars)
    ends = [v for bar in bars for v in (bar.value, bar.low, bar.high) if v is not None]
    low, high = find_span([0.0, *ends], log=False)
    left = min(width // 2, _LEFT + 6 * max((len(bar.label) for bar in bars), default=0))
    x = Axis(low=low, high=high, start=left, end=width - _RIGHT - 48)
    y = Axis(low=0, high=1, start=height - _BOTTOM, end=_TOP)
    drawn = [
        _draw_bar(bar, x, _TOP + 26 * index, digits=digits)
        for index, bar in enumerate(bars)
        if math.isfinite(bar.value)
    ]
    labels = [
        _text(bar.label, left - 8, _TOP + 26 * index + 17, anchor="end")
        for index, bar in enumerate(bars)
    ]
    zero = _line(x.place(0), _TOP, x.place(0), height - _BOTTOM, "axis")
    return _draw((height, width), title, _draw_x_axis(x, y, value_label), *drawn, *labels, zero)


def _draw(size: tuple[int, int], title: str, *parts: Markup) -> Markup:
    height, width = size
    attributes: Attributes = {
        "xmlns": "http://www.w3.org/2000/svg",  # so that it can be a file of its own
        "class": "plot",
        "role": "img",
        "viewBox": f"0 0 {width} {height}",
        "width": width,
        "height": height,
    }
    heading = _text(title, _LEFT if width > 2 * _LEFT else 0, 20, kind="title")
    names = (element("title", title), element("style", _STYLE))
    return element("svg", *names, heading, *parts, attributes=attributes)


def _draw_x_axis(x: Axis, y: Axis, label: str) -> Markup:
    parts = [_line(x.start, y.start, x.end, y.start, "axis")]
    for tick in x.ticks():
        at = x.place(tick)
        parts += [_line(at, y.start, at, y.end, "grid")]
        parts += [_text(name_tick(tick), at, y.start + 16, anchor="middle")]
    return join(*parts, _text(label, (x.start + x.end) / 2, y.start + 36, anchor="middle"))


def _draw_y_axis(x: Axis, y: Axis, label: str) -> Markup:
    parts = [_line(x.start, y.start, x.start, y.end, "axis")]
    for tick in y.ticks():
        at = y.place(tick)
        parts += [_line(x.start, at, x.end, at, "grid")]
        parts += [_text(name_tick(tick), x.start - 8, at + 4, anchor="end")]
    middle = (y.start + y.end) / 2
    turned = element(
        "text",
        label,
        attributes={
            "transform": f"translate(14 {middle:.1f}) rotate(-90)",
            "text-anchor": "middle",
        },
    )
    return join(*parts, turned)


def _draw_series(series: Series, index: int, x: Axis, y: Axis) -> Markup:
    runs = list(_find_runs(x, y, series.x, series.y))
    if series.points:
        return join(*(_mark(index, *point) for run in runs for point in run))
    band = Markup("")
    if series.low is not None and series.high is not None:
        bands = _find_runs(x, y, series.x, series.low, series.high)
        outlines = [
            [(at, low) for at, low, _ in run] + [(at, high) for at, _, high in reversed(run)]
            for run in bands
        ]
        path = "".join(f"M{_join_points(outline)}Z" for outline in outlines)
        fill: Attributes = {"d": path, "fill": _PALETTE[index % len(_PALETTE)], "opacity": 0.18}
        band = element("path", attributes=fill)
    alone = [_mark(index, *run[0]) for run in runs if len(run) == 1]  # no line goes through it
    path = "".join(f"M{_join_points(run)}" for run in runs if len(run) > 1)
    return join(band, _stroke(path, index) if path else "", *alone)


def _find_runs(
    x: Axis, y: Axis, across: Sequence[float], *ups: Sequence[float]
) -> Iterator[list[tuple[float, ...]]]:
    """Stretches of pixels, x and then each y, without a gap between them."""
    run: list[tuple[float, ...]] = []
    for at, *values in zip(across, *ups, strict=True):
        if x.shows(at) and all(map(y.shows, values)):
            run.append((x.place(at), *map(y.place, values)))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _draw_legend(series: Series, index: int, top: float) -> Markup:
    middle = top + 6
    if series.points:
        sample = _mark(index, _LEFT + 14, middle)
    else:
        sample = _stroke(f"M{_join_points([(_LEFT, middle), (_LEFT + 28, middle)])}", index)
    return join(sample, _text(series.label, _LEFT + 36, top + 10))


def _draw_bar(bar: Bar, x: Axis, top: float, *, digits: int) -> Markup:
    ends = sorted((x.place(0), x.place(bar.value)))
    box: Attributes = {
        "x": f"{ends[0]:.1f}",
        "y": top + 4,
        "width": f"{ends[1] - ends[0]:.1f}",
        "height": 18,
    }
    parts = [element("rect", attributes={**box, "fill": _PALETTE[0], "opacity": 0.8})]
    right = ends[1]
    if bar.low is not None and bar.high is not None:
        low, high = x.place(bar.low), x.place(bar.high)
        parts.append(_line(low, top + 13, high, top + 13, "whisker"))
        parts += [_line(end, top + 9, end, top + 17, "whisker") for end in (low, high)]
        right = max(right, high)
    return join(*parts, _text(f"{bar.value:,.{digits}f}", right + 6, top + 17))


def _mark(index: int, x: float, y: float) -> Markup:
    color = _PALETTE[index % len(_PALETTE)]
    place: Attributes = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": 3.5}
    filled = {"fill": color if index // len(_PALETTE) % 2 == 0 else "none", "stroke": color}
    return element("circle", attributes={**place, **filled})


def _stroke(path: str, index: int) -> Markup:
    dashes = _DASHES[index % len(_DASHES)] or None
    line: Attributes = {
        "fill": "none",
        "stroke": _PALETTE[index % len(_PALETTE)],
        "stroke-width": 2,
    }
    return element("path", attributes={"d": path, **line, "stroke-dasharray": dashes})


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    ends = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
    return element("line", attributes={**ends, "class": kind})


def _text(
    text: str, x: float, y: float, *, anchor: str | None = None, kind: str | None = None
) -> Markup:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "class": kind}
    return element("text", text, attributes=place)


def _join_points(points: Sequence[tuple[float, ...]]) -> str:
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
