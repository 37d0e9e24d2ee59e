# SPDX-License-Identifier: Apache-2.0
"""ICC profiles, read: from a file's samples to light.

A profile either gives a curve for each channel and, for RGB, the three colorants (working spaces,
displays, most scanners), or tables that lead from samples to a colour (calibrated scanners, every
printer: :mod:`tintype.imaging.icc_tables`). Colours are XYZ relative to the paper's white, under
the D50 of the profile connection space.

Source: ICC.1:2022, sections 7.2 (header), 9 (tags), 10.6 and 10.18 (curves).
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tintype.imaging.icc_tables import read_tables

Values = NDArray[np.float64]
Curve = Callable[[Values], Values]  # any shape, [0, 1] to [0, 1]

_CHANNELS = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
_MOST = 16.0  # of a curve's parameters; real ones are below 3, but for slopes of logarithmic film

# What a malformed profile makes the reading below raise.
MALFORMED = (struct.error, ValueError, LookupError, OverflowError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a profile says, in the form in which it says it.

    Attributes:
        space: what it describes: ``b"GRAY"``, ``b"RGB "``, ``b"CMYK"`` or another.
        curves: of each channel, sample to light; empty where there are tables.
        colorants: ``(3, 3)``, XYZ of the primaries in its columns; None if it is not of RGB curves.
        tables: ``(N, channels)`` samples in [0, 1] to ``(N, 3)`` XYZ; None where there are curves.
    """

    space: bytes
    curves: tuple[Curve, ...] = ()
    colorants: Values | None = None
    tables: Callable[[Values], Values] | None = None


def read_profile(data: bytes) -> Profile:
    """Read a profile of grey, RGB or CMYK.

    Raises:
        One of :data:`MALFORMED`: it is damaged, or of a kind that does not describe photographs.
    """
    if data[36:40] != b"acsp":
        raise ValueError("no ICC profile")
    space, connection = data[16:20], data[20:24]
    if space not in _CHANNELS:
        raise ValueError(f"a profile of {space!r}")
    tags = _read_tags(data)
    for name in (b"A2B1", b"A2B0"):  # media-relative colorimetric, or what stands for it
        if name in tags:
            channels = _CHANNELS[space]
            tables = read_tables(tags[name], connection, read_curve, channels=channels)
            return Profile(space=space, tables=tables)
    if space == b"GRAY":
        curve = read_curve(tags[b"kTRC"])
        light = _lightness_to_light(curve) if connection == b"Lab " else curve
        return Profile(space=space, curves=(light,))
    if space == b"CMYK":
        raise ValueError("a CMYK profile without tables")
    colorants = [struct.unpack_from(">3i", tags[name], 8) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
    if not 0.5 < sum(column[1] for column in colorants) / 65536 < 2:
        raise ValueError("colorants that do not add up to white")
    return Profile(
        space=space,
        curves=tuple(read_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC")),
        colorants=np.array(colorants).T / 65536,
    )


@lru_cache(maxsize=64)
def read_curve(tag: bytes) -> Curve:
    """Read a tone curve; equal bytes give the same object, by which equal curves are known.

    Raises:
        One of :data:`MALFORMED`: it is damaged or of an unknown kind.
    """
    if tag[:4] == b"para":
        (kind,) = struct.unpack_from(">H", tag, 8)
        count = (1, 3, 4, 5, 7)[kind]
        return _parametric(kind, [n / 65536 for n in struct.unpack_from(f">{count}i", tag, 12)])
    if tag[:4] != b"curv":
        raise ValueError("a curve of an unknown kind")
    (count,) = struct.unpack_from(">I", tag, 8)
    values = np.frombuffer(tag, ">u2", count, 12).astype(np.float64) if count else np.empty(0)
    if count == 0:
        return lambda x: x
    if count == 1:
        return lambda x: x ** (values[0] / 256)
    steps = np.linspace(0, 1, count)
    return lambda x: np.interp(x, steps, values / 65535)


def _read_tags(data: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", data, 128)
    rows = (struct.unpack_from(">4sII", data, 132 + 12 * i) for i in range(min(count, 100)))
    return {name: data[start : start + size] for name, start, size in rows}


def _parametric(kind: int, parameters: list[float]) -> Curve:
    """A parametric curve of ICC.1:2022, table 68: a power above a knee, a line below it."""
    gamma, a, b, c, d, e, f = (parameters + [0.0] * 6)[:7]
    if not 0 < gamma <= _MOST or max(map(abs, parameters)) > _MOST:
        raise ValueError("a curve of impossible parameters")
    if kind == 0:
        return lambda x: x**gamma
    if kind in (1, 2):  # below its knee, where the power's base is 0, the curve is flat
        lift = c if kind == 2 else 0.0
        return lambda x: np.clip(np.maximum(a * x + b, 0) ** gamma + lift, 0, 1)
    lift, foot = (e, f) if kind == 4 else (0.0, 0.0)

    def curve(x: Values) -> Values:
        above = np.maximum(a * x + b, 0) ** gamma + lift
        return np.clip(np.where(x >= d, above, c * x + foot), 0, 1)

    return curve


def _lightness_to_light(curve: Curve) -> Curve:
    """Of a curve that gives L*/100, make one that gives Y."""

    def light(x: Values) -> Values:
        scaled = (100 * curve(x) + 16) / 116
        return np.where(scaled > 6 / 29, scaled**3, 3 * (6 / 29) ** 2 * (scaled - 4 / 29))

    return light
