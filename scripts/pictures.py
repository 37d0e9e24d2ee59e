# SPDX-License-Identifier: Apache-2.0
"""``make pictures``: the pictures of the README, from photographs that anybody has and may show.

Each file in ``docs/pictures`` shows a photograph in grey, as tintype colours that grey, and as it
was taken, side by side; ``README.md`` there says where each comes from. Nothing is chosen by its
result: these are all the photographs of scenes that come with scikit-image under such terms.
"""

import argparse
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

import tintype
from tintype.records.files import write_text

_HEIGHT, _GAP = 300, 6  # pixels


@dataclass(frozen=True, slots=True)
class Source:
    """A photograph in the package scikit-image."""

    name: str
    file: str
    about: str
    terms: str


SOURCES = (
    Source("astronaut", "astronaut.png", "Eileen Collins, astronaut; NASA", "public domain"),
    Source("chelsea", "chelsea.png", "Chelsea the cat; Stéfan van der Walt", "CC0"),
    Source("coffee", "coffee.png", "A cup of coffee; Rachel Michetti", "CC0"),
    Source("rocket", "rocket.jpg", "Launch of DSCOVR on a Falcon 9; SpaceX", "CC0"),
)


def main() -> int:
    """Write the pictures; the exit code is 2 if scikit-image is not there, 3 if colouring fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"), help="their folder")
    out: Path = parser.parse_args().out
    found = find_spec("skimage")
    if found is None or found.origin is None:
        sys.stderr.write("the photographs come with scikit-image: pip install '.[demo]'\n")
        return 2
    out.mkdir(parents=True, exist_ok=True)
    try:
        for source in SOURCES:
            triptych(Path(found.origin).parent / "data" / source.file).save(
                out / f"{source.name}.jpg", quality=88
            )
    except tintype.TintypeError as error:
        sys.stderr.write(f"pictures: {error}\n")
        return 3
    write_text(describe(), out / "README.md")
    return 0


def triptych(photograph: Path) -> Image.Image:
    """A photograph grey, coloured by tintype, and as it was taken, side by side."""
    with Image.open(photograph) as opened:
        taken = opened.convert("RGB")
    grey = taken.convert("L")
    parts = [grey.convert("RGB"), tintype.colorize(grey), taken]
    width = round(taken.width * _HEIGHT / taken.height)
    sheet = Image.new("RGB", (3 * width + 2 * _GAP, _HEIGHT), "white")
    for index, part in enumerate(parts):
        small = part.resize((width, _HEIGHT), Image.Resampling.LANCZOS)
        sheet.paste(small, (index * (width + _GAP), 0))
    return sheet


def describe() -> str:
    """The list of sources."""
    rows = "".join(f"| `{s.name}.jpg` | {s.about} | {s.terms} |\n" for s in SOURCES)
    return (
        "# Pictures\n\nGrey, as tintype colours the grey, and as taken. Written by `make "
        "pictures`. The photographs come with scikit-image.\n\n"
        f"| file | photograph | terms |\n| --- | --- | --- |\n{rows}"
    )


if __name__ == "__main__":
    sys.exit(main())
