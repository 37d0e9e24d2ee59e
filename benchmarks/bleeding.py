# SPDX-License-Identifier: Apache-2.0
"""How far colour bleeds over edges when chroma is enlarged: ``python -m benchmarks.bleeding``.

A colour photograph's true chroma is averaged to the cells that the network would answer in (its
input's short side is 256 pixels, four of which make a cell), enlarged again in several ways, and
compared with what it was. What counts is near strong edges, where bleeding is seen: within 4
pixels of a place where L*, smoothed by a Gaussian of sigma 1, changes by 10 or more a pixel, which
is a step of about 30. Chroma that lightness says nothing about is lost in all of them.

How far one can get is shown beside them, by what knows more than the cells say: the true means of
the pixels of each cell, sorted into groups by their lightness, which is what an enlargement could
find at best that gives each shade in a cell one colour; and chroma of smaller cells.

``--photographs DIR`` takes those of a folder; without it, the ones that come with scikit-image are
taken, which are few. ``--out FILE`` leaves the record.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files as package_files
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.result import Result, save
from tintype.color.luv import rgb_to_luv
from tintype.imaging.resize import resize
from tintype.imaging.upsample import POINTS, upsample
from tintype.records.provenance import collect_provenance, hash_files

Planes = NDArray[np.float32]
Enlarge = Callable[[Planes, Planes], Planes]  # of chroma (2, h, w) and lightness (H, W)

_PHOTOGRAPHS = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")
_SIDE = 256  # pixels of the network's short side
_STRONG, _NEAR = 10.0, 4  # L* per pixel; pixels
_SEEN = 20.0  # an error of chroma that nobody overlooks, CIE units


def run(folder: Path | None = None) -> Result:
    """Measure all ways of enlarging, on the photographs of a folder if one is given."""
    found = [_errors(photograph) for photograph in _photographs(folder)]
    means = np.mean(found, axis=0)  # (ways, 3)
    rows = [
        (
            name,
            *(
                cell
                for now, was in zip(row, means[0], strict=True)
                for cell in (now, 1 - now / was)
            ),
        )
        for name, row in zip((*_WAYS, *_BOUNDS), means, strict=True)
    ]
    return Result(
        title="Bleeding over edges",
        method=f"{len(found)} photographs, short side of the network {_SIDE}; errors of u*, v* in "
        f"CIE units, means over pixels, then photographs; after each, how far below bicubic.",
        header=(
            *("way", f"error within {_NEAR} px of strong edges", "below bicubic"),
            *(
                f"share of these above {_SEEN:g}",
                "below bicubic",
                "error everywhere",
                "below bicubic",
            ),
        ),
        rows=rows,
        digits=3,
    )


def near_strong_edges(lightness: Planes) -> NDArray[np.bool_]:
    """``(H, W)``: which pixels lie within 4 of a strong edge of L*."""
    smooth = cv2.GaussianBlur(lightness, (0, 0), 1.0)
    across = cv2.Scharr(smooth, cv2.CV_32F, 1, 0) / 32
    down = cv2.Scharr(smooth, cv2.CV_32F, 0, 1) / 32
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _NEAR + 1, 2 * _NEAR + 1))
    strong = (np.hypot(across, down) >= _STRONG).astype(np.uint8)
    return np.asarray(cv2.dilate(strong, disc), dtype=np.bool_)


def _errors(luv: Planes) -> NDArray[np.float64]:
    """``(ways and bounds, 3)``: error near edges, share of large ones there, error everywhere."""
    lightness, cells = luv[0], _cells(luv)
    near = near_strong_edges(lightness)
    enlarged = [enlarge(cells, lightness) for enlarge in _WAYS.values()]
    measured = []
    for chroma in (*enlarged, *(bound(luv) for bound in _BOUNDS.values())):
        error = np.hypot(*(chroma - luv[1:]))
        measured.append((error[near].mean(), np.mean(error[near] > _SEEN), error.mean()))
    return np.array(measured)


def _cells(luv: Planes, finer: int = 1) -> Planes:
    """The true chroma in the network's cells, or in ones that are ``finer`` times as fine."""
    height, width = luv.shape[1:]
    scale = finer * _SIDE / POINTS / min(height, width)
    return resize(luv[1:], (round(scale * height), round(scale * width)))


def _bicubic(chroma: Planes, lightness: Planes) -> Planes:
    return _enlarge(chroma, lightness.shape, cv2.INTER_CUBIC)


def _fast_guided_filter(chroma: Planes, lightness: Planes) -> Planes:
    """He and Sun's, with the coefficients at the network's size and a window of 4 cells."""
    guide = resize(lightness, (POINTS * chroma.shape[1], POINTS * chroma.shape[2]))

    def mean(plane: Planes) -> Planes:
        return np.asarray(cv2.blur(plane, (2 * POINTS * 2 + 1,) * 2), dtype=np.float32)

    variance = mean(guide * guide) - mean(guide) ** 2
    slopes, offsets = [], []
    for plane in _enlarge(chroma, guide.shape, cv2.INTER_LINEAR):
        slope = (mean(guide * plane) - mean(guide) * mean(plane)) / (variance + np.float32(4))
        slopes.append(mean(slope))
        offsets.append(mean(mean(plane) - slope * mean(guide)))
    slope, offset = (
        _enlarge(np.stack(planes), lightness.shape, cv2.INTER_LINEAR)
        for planes in (slopes, offsets)
    )
    return np.asarray(slope * lightness + offset, dtype=np.float32)


def _joint_bilateral(chroma: Planes, lightness: Planes) -> Planes:
    """Kopf's: the 5 x 5 cells around each pixel, by distance (1 cell) and lightness (5 L*)."""
    height, width = lightness.shape
    of_cells = resize(lightness, (chroma.shape[1], chroma.shape[2]))
    at = [
        (np.arange(full) + 0.5) * cells / full - 0.5
        for full, cells in zip((height, width), of_cells.shape, strict=True)
    ]
    total, enlarged = np.full((height, width), 1e-20, np.float32), np.zeros((2, height, width))
    for offset in np.ndindex(5, 5):
        cells, weights = [], []
        for place, shift, count in zip(at, offset, of_cells.shape, strict=True):
            cell = np.round(place) + shift - 2
            weights.append(np.exp(-((place - cell) ** 2) / 2))
            cells.append(np.clip(cell, 0, count - 1).astype(np.intp))
        there = np.ix_(*cells)
        unlike = (lightness - of_cells[there]) / 5
        weight = np.outer(*weights) * np.exp(-unlike * unlike / 2)
        total += weight
        enlarged += weight * np.stack([plane[there] for plane in chroma])
    return np.asarray(enlarged / total, dtype=np.float32)


def _true_means(luv: Planes, groups: int) -> Planes:
    """What each pixel would get if its cell's true colours were known, one for each shade.

    Args:
        luv: ``(3, H, W)``.
        groups: into which the range of L* in each cell is divided evenly.
    """
    lightness = luv[0]
    count = _cells(luv).shape[1:]
    row, column = (
        np.arange(full) * cells // full for full, cells in zip(lightness.shape, count, strict=True)
    )
    cell = row[:, None] * count[1] + column
    darkest = np.full(count[0] * count[1], 100, np.float32)
    lightest = np.zeros_like(darkest)
    np.minimum.at(darkest, cell, lightness)
    np.maximum.at(lightest, cell, lightness)
    shade = (lightness - darkest[cell]) / np.maximum(lightest - darkest, 1e-3)[cell]
    group = cell * groups + np.minimum(groups * shade, groups - 1).astype(np.intp)
    pixels = np.maximum(np.bincount(group.ravel()), 1)
    means = [np.bincount(group.ravel(), plane.ravel()) / pixels for plane in luv[1:]]
    return np.stack([mean[group] for mean in means]).astype(np.float32)


_WAYS: dict[str, Enlarge] = {
    "bicubic": _bicubic,
    "fast guided filter": _fast_guided_filter,
    "joint bilateral": _joint_bilateral,
    "tintype": upsample,
}
_BOUNDS: dict[str, Callable[[Planes], Planes]] = {
    "true means of 2 shades a cell": lambda luv: _true_means(luv, 2),
    "true means of 4 shades a cell": lambda luv: _true_means(luv, 4),
    "bicubic from cells half as wide": lambda luv: _bicubic(_cells(luv, 2), luv[0]),
    "tintype from cells half as wide": lambda luv: upsample(_cells(luv, 2), luv[0]),
    "tintype from cells a quarter as wide": lambda luv: upsample(_cells(luv, 4), luv[0]),
}


def _enlarge(planes: Planes, size: Sequence[int], interpolation: int) -> Planes:
    height, width = size
    return np.stack([cv2.resize(p, (width, height), interpolation=interpolation) for p in planes])


def _photographs(folder: Path | None) -> Iterator[Planes]:
    """L*, u*, v* ``(3, H, W)`` of each photograph."""
    own = Path(str(package_files("skimage") / "data"))
    paths = [own / name for name in _PHOTOGRAPHS] if folder is None else sorted(folder.iterdir())
    for path in paths:
        with Image.open(path) as opened:
            rgb = np.asarray(opened.convert("RGB"), dtype=np.float32) / 255
        yield np.ascontiguousarray(rgb_to_luv(np.moveaxis(rgb, -1, 0)))


def main() -> None:
    """Measure on a folder of photographs, print the table, leave a record if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bleeding")
    parser.add_argument("--photographs", type=Path, help="a folder of them, in colour")
    parser.add_argument("--out", type=Path, help="file of the record")
    asked = parser.parse_args()
    folder: Path | None = asked.photographs
    result = run(folder)
    print(result.to_markdown())
    if asked.out is not None:
        data = {folder.name: hash_files(folder.iterdir(), root=folder)} if folder else {}
        save(result, asked.out, collect_provenance(data=data))


if __name__ == "__main__":
    main()
