# SPDX-License-Identifier: Apache-2.0
"""``make demo``: take the colour out of a public-domain photograph, and let tintype put it back.

It writes ``before.jpg``, ``after.jpg``, both side by side as ``before-after.jpg``, and
``index.html``, where a divider can be dragged between them and the photograph as it was taken is
shown beside: the colours are a guess, and this is what they guess at.
"""

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

import tintype
from tintype.records import html
from tintype.records.files import write_text

NAME = "data/astronaut.png"  # inside scikit-image
SOURCE = (
    "Eileen Collins, astronaut. Photograph: NASA, public domain; it comes with scikit-image as "
    "skimage.data.astronaut()."
)


def main() -> int:
    """Colour the photograph; the exit code is 2 if it cannot be had, 3 if it cannot be coloured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--out", type=Path, default=Path("out/demo"), help="folder of the results")
    out: Path = parser.parse_args().out
    found = find_spec("skimage")
    if found is None or found.origin is None:
        sys.stderr.write("the demo's photograph comes with scikit-image: pip install '.[demo]'\n")
        return 2
    with Image.open(Path(found.origin).parent / NAME) as opened:
        taken = opened.convert("RGB")
    before = taken.convert("L")
    try:
        after = tintype.colorize(before)
    except tintype.TintypeError as error:
        sys.stderr.write(f"demo: {error}\n")
        return 3
    out.mkdir(parents=True, exist_ok=True)
    pictures = {"before": before, "after": after, "before-after": lay_side_by_side(before, after)}
    for name, picture in pictures.items():
        picture.save(out / f"{name}.jpg", quality=92, subsampling=0)
    taken.save(out / "taken.jpg", quality=92, subsampling=0)
    write_text(describe(out), out / "index.html")
    print(
        f"{SOURCE}\nBefore and after: {out / 'before-after.jpg'}\nTo compare: {out / 'index.html'}"
    )
    return 0


def lay_side_by_side(left: Image.Image, right: Image.Image) -> Image.Image:
    """Both pictures, which are of one size, with a narrow white gap between them."""
    sheet = Image.new("RGB", (2 * left.width + 8, left.height), "white")
    sheet.paste(left, (0, 0))
    sheet.paste(right, (left.width + 8, 0))
    return sheet


def describe(out: Path) -> str:
    """The page that shows the pictures in ``out``."""
    before, after, taken = (
        (out / f"{name}.jpg").read_bytes() for name in ("before", "after", "taken")
    )
    return html.page(
        "tintype: before and after",
        html.grid(
            html.figure(html.comparison(before, after, alt="an astronaut"), caption="Drag."),
            html.figure(html.image(taken, alt="an astronaut"), caption="The photograph as taken."),
            width=400,
        ),
        html.paragraph(SOURCE, " The colours are computed, and a guess."),
    )


if __name__ == "__main__":
    sys.exit(main())
