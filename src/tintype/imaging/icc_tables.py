# SPDX-License-Identifier: Apache-2.0
"""ICC profiles of tables, evaluated at the depth of the samples.

LittleCMS does this for 8 bits; Pillow has no door to its 16. Such a profile is a chain: a curve for
each channel, a grid of colours over all channels at once, a curve for each coordinate of the colour
that comes out, and in newer profiles a matrix and a third set of curves between.

Source: ICC.1:2022, sections 10.10 (lut16Type), 10.11 (lut8Type), 10.12 (lutAToBType), 6.3.4 (how
the connection space is encoded).
"""

import itertools
import struct
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Step = Callable[[Values], Values]  # (N, channels in) to (N, channels out), all in [0, 1]

D50 = np.array((0.9642, 1.0, 0.8249))  # the white of the connection space
_COORDINATES = 3  # of a colour in the connection space
_LARGEST_GRID = 1 << 24  # values; real profiles have under a million


def read_tables(
    tag: bytes,
    connection: bytes,
    read_curve: Callable[[bytes], Callable[[Values], Values]],
    *,
    channels: int,
) -> Callable[[Values], Values]:
    """Read an A-to-B tag.

    Args:
        tag: its bytes.
        connection: the profile's connection space, ``b"Lab "`` or ``b"XYZ "``.
        read_curve: reads a ``curv`` or ``para`` element.
        channels: of the samples that the profile is for.

    Returns:
        A function from ``(N, channels)`` samples in [0, 1] to ``(N, 3)`` XYZ relative to white.

    Raises:
        struct.error, ValueError, LookupError: it is damaged or of an unknown kind.
    """
    kind = tag[:4]
    if kind not in (b"mft1", b"mft2", b"mAB "):
        raise ValueError("tables of an unknown kind")
    if tuple(tag[8:10]) != (channels, _COORDINATES):
        raise ValueError("tables for samples of another kind")
    steps = _read_new(tag, read_curve) if kind == b"mAB " else _read_old(tag, wide=kind == b"mft2")
    if connection == b"XYZ ":
        steps.append(lambda values: values * (1 + 32767 / 32768))  # 1.0 is 0x8000
    else:
        unit = 65535 / 65280 if kind == b"mft2" else 1.0  # the old type's 100 is 0xFF00
        steps.append(lambda values: _lab_to_xyz(values * unit))

    def to_xyz(samples: Values) -> Values:
        values = samples
        for step in steps:
            values = step(np.clip(values, 0, 1))
        return values

    return to_xyz


def _read_old(tag: bytes, *, wide: bool) -> list[Step]:
    """lut8Type and lut16Type: curves, grid, curves. Their matrix is for samples that are XYZ."""
    inputs, outputs, points = tag[8:11]
    entries_in, entries_out = struct.unpack_from(">2H", tag, 48) if wide else (256, 256)
    start = 52 if wide else 48
    sizes = (inputs * entries_in, outputs * _grid_size(inputs, points), outputs * entries_out)
    values = np.frombuffer(tag, ">u2" if wide else "u1", sum(sizes), start) / (
        65535 if wide else 255
    )
    first, grid, last = np.split(values, np.cumsum(sizes)[:-1])
    return [
        _each(_tabulated(first.reshape(inputs, entries_in))),
        _gridded(grid.reshape(*[points] * inputs, outputs)),
        _each(_tabulated(last.reshape(outputs, entries_out))),
    ]


def _read_new(tag: bytes, read_curve: Callable[[bytes], Callable[[Values], Values]]) -> list[Step]:
    """lutAToBType: A curves, grid, M curves, matrix, B curves; offset 0 means left out."""
    inputs, outputs = tag[8], tag[9]
    b_curves, matrix, m_curves, grid, a_curves = struct.unpack_from(">5I", tag, 12)
    if not grid and inputs != outputs:
        raise ValueError("nothing that leads from its channels to a colour")
    steps: list[Step] = []
    if a_curves:
        steps.append(_each(_read_curves(tag, a_curves, inputs, read_curve)))
    if grid:
        points = list(tag[grid : grid + inputs])
        wide = tag[grid + 16] == 2
        count = outputs * int(np.prod(points))
        if not 0 < count <= _LARGEST_GRID:
            raise ValueError("a grid of an impossible size")
        values = np.frombuffer(tag, ">u2" if wide else "u1", count, grid + 20)
        steps.append(_gridded(values.reshape(*points, outputs) / (65535 if wide else 255)))
    if m_curves:
        steps.append(_each(_read_curves(tag, m_curves, outputs, read_curve)))
    if matrix:
        numbers = np.array(struct.unpack_from(">12i", tag, matrix)) / 65536
        factors, offsets = numbers[:9].reshape(3, 3), numbers[9:]
        steps.append(lambda values: values @ factors.T + offsets)
    steps.append(_each(_read_curves(tag, b_curves, outputs, read_curve)))
    return steps


def _read_curves(
    tag: bytes, start: int, count: int, read_curve: Callable[[bytes], Callable[[Values], Values]]
) -> list[Callable[[Values], Values]]:
    """Read curves that follow each other, each padded to a multiple of four bytes."""
    curves = []
    for _ in range(count):
        kind, number = tag[start : start + 4], struct.unpack_from(">I", tag, start + 8)[0]
        size = 12 + 2 * number
        if kind == b"para":
            size = 12 + 4 * (1, 3, 4, 5, 7)[number >> 16]
        curves.append(read_curve(tag[start : start + size]))
        start += (size + 3) & ~3
    return curves


def _grid_size(inputs: int, points: int) -> int:
    size = points**inputs
    if points < 2 or size > _LARGEST_GRID:
        raise ValueError("a grid of an impossible size")
    return int(size)


def _tabulated(tables: Values) -> list[Callable[[Values], Values]]:
    steps = np.linspace(0, 1, tables.shape[1])

    def curve(table: Values) -> Callable[[Values], Values]:
        return lambda x: np.interp(x, steps, table)

    return [curve(table) for table in tables]


def _each(curves: Sequence[Callable[[Values], Values]]) -> Step:
    """Apply its own curve to each channel."""
    return lambda values: np.stack([curve(values[:, i]) for i, curve in enumerate(curves)], axis=1)


def _gridded(grid: Values) -> Step:
    """Interpolate linearly between the corners of the grid's cell in which a sample lies."""
    points = np.array(grid.shape[:-1])

    def interpolate(values: Values) -> Values:
        place = values * (points - 1)
        cell = np.minimum(place.astype(np.intp), np.maximum(points - 2, 0))
        share = place - cell
        result = np.zeros((len(values), grid.shape[-1]))
        for corner in itertools.product((0, 1), repeat=len(points)):
            weight = np.where(corner, share, 1 - share).prod(axis=1)
            index = np.minimum(cell + corner, points - 1)
            result += weight[:, None] * grid[tuple(index.T)]
        return result

    return interpolate


def _lab_to_xyz(values: Values) -> Values:
    """Lab, encoded in [0, 1] as the connection space has it, to XYZ."""
    lightness, a, b = values.T
    fy = (100 * lightness + 16) / 116
    f = np.stack((fy + (255 * a - 128) / 500, fy, fy - (255 * b - 128) / 200), axis=1)
    return D50 * np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))
