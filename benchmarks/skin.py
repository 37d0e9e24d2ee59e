# SPDX-License-Identifier: Apache-2.0
"""Whether all skin tones are coloured alike: ``python -m benchmarks.skin --photographs DIR``.

Each photograph of the folder, in colour, shows a face that fills most of it, as in collections of
faces. Its lightness alone is coloured, and the middle half of both is compared: that is skin, with
some eyes and glasses. The photographs are sorted by the tone of the true skin: its individual
typology angle, atan((L* - 50) / b*) of the region's medians, whose classes dermatology uses. What a
photograph's light and print add to a tone is in it too, and the network cannot know it.

``--out FILE`` leaves the record.

Source of the classes: A. Chardon, I. Cretois and C. Hourseau, "Skin colour typology and suntanning
pathways", International Journal of Cosmetic Science 13 (1991).
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import tintype
from benchmarks.result import Result, save
from tintype.color.lab import rgb_to_lab
from tintype.color.luv import luv_to_rgb, rgb_to_luv
from tintype.metrics.color_difference import mean_ciede2000
from tintype.records.provenance import collect_provenance, hash_files

Planes = NDArray[np.float32]

_MODEL = "tintype-s"
_TONES = (  # lower bound of the angle, degrees
    (55.0, "very light"),
    (41.0, "light"),
    (28.0, "intermediate"),
    (10.0, "tan"),
    (-30.0, "brown"),
    (-math.inf, "dark"),
)


def run(folder: Path) -> Result:
    """Colour the photographs of a folder, and compare the skin."""
    colorizer = tintype.Colorizer()
    found: dict[str, list[tuple[float, ...]]] = {name: [] for _, name in _TONES}
    for path in sorted(folder.iterdir()):
        true = _read(path)
        name, row = compare(_color(colorizer, true), true)
        found[name].append(row)
    everyone = [row for rows in found.values() for row in rows]
    rows = [
        (name, len(rows), *np.mean(rows, axis=0))
        for name, rows in (*found.items(), ("all", everyone))
        if rows
    ]
    return Result(
        title="Skin, by its true tone",
        method=f"{len(everyone)} photographs of faces, the middle half of each, coloured by "
        f"{_MODEL} from lightness alone; means over photographs; a* and b* are of the region's "
        f"medians.",
        header=(
            *("tone", "photographs", "ΔE00", "constant grey's"),
            *("true a*", "a*", "true b*", "b*", "chroma / true"),
        ),
        rows=rows,
        digits=1,
    )


def compare(ours: Planes, true: Planes) -> tuple[str, tuple[float, ...]]:
    """One face.

    Args:
        ours: ``(3, H, W)`` encoded sRGB in [0, 1].
        true: the same.

    Returns:
        The name of its tone; ΔE00, that of constant grey, true a*, a*, true b*, b*, and the
        quotient of chroma and true chroma.
    """
    luv = rgb_to_luv(true)
    luv[1:] = 0
    grey = np.clip(luv_to_rgb(luv), 0, 1).astype(np.float32)
    middle = [_middle(picture) for picture in (ours, grey, true)]
    (_, a, b), (lightness, true_a, true_b) = (
        np.median(rgb_to_lab(picture), axis=(1, 2)) for picture in (middle[0], middle[2])
    )
    angle = math.degrees(math.atan2(lightness - 50, true_b))
    name = next(name for least, name in _TONES if angle >= least)
    errors = [float(mean_ciede2000(picture[None], middle[2][None])[0]) for picture in middle[:2]]
    chroma = math.hypot(a, b) / max(math.hypot(true_a, true_b), 1.0)
    return name, (*errors, float(true_a), float(a), float(true_b), float(b), chroma)


def _middle(picture: Planes) -> Planes:
    _, height, width = picture.shape
    rows, columns = (slice(side // 4, side - side // 4) for side in (height, width))
    return np.ascontiguousarray(picture[:, rows, columns])


def _color(colorizer: tintype.Colorizer, true: Planes) -> Planes:
    """Colour a photograph's lightness."""
    luv = rgb_to_luv(true)
    luv[1:] = 0
    grey = np.clip(np.rint(65_535 * luv_to_rgb(luv)[0]), 0, 65_535).astype(np.uint16)
    return _planes(colorizer(tintype.Photograph(pixels=grey)))


def _read(path: Path) -> Planes:
    return _planes(tintype.read(path))


def _planes(photograph: tintype.Photograph) -> Planes:
    """``(3, H, W)`` encoded sRGB in [0, 1]."""
    pixels = np.asarray(photograph.pixels, np.float32) / np.float32(photograph.white)
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    return np.ascontiguousarray(np.moveaxis(pixels, -1, 0))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure on a folder of photographs, print the table, leave a record if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.skin")
    parser.add_argument("--photographs", type=Path, required=True, help="a folder of faces")
    parser.add_argument("--out", type=Path, help="file of the record")
    asked = parser.parse_args(arguments)
    folder: Path = asked.photographs
    result = run(folder)
    print(result.to_markdown())
    if asked.out is not None:
        data = {folder.name: hash_files(folder.iterdir(), root=folder)}
        save(result, asked.out, collect_provenance(data=data))


if __name__ == "__main__":
    main()
