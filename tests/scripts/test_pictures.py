# SPDX-License-Identifier: Apache-2.0
"""The README's pictures: grey alone is coloured, and each is said to be whose it is."""

from pathlib import Path

import pytest
from PIL import Image

import tintype
from scripts import pictures

DOCS = Path(__file__).parents[2] / "docs/pictures"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the script with a stand-in for colouring, into a folder that is not there yet."""

    def make(colorize):
        monkeypatch.setitem(vars(tintype), "colorize", colorize)  # nothing is imported for it
        monkeypatch.setattr("sys.argv", ["pictures.py", "--out", str(tmp_path / "new")])
        return pictures.main()

    return make


def test_every_picture_is_grey_coloured_and_as_taken(run, tmp_path):
    seen = []

    def colorize(picture):
        seen.append(picture)
        return Image.merge("RGB", [picture, picture, picture.point(lambda value: 0)])

    assert run(colorize) == 0
    assert [picture.mode for picture in seen] == ["L"] * len(pictures.SOURCES)
    names = {f"{source.name}.jpg" for source in pictures.SOURCES}
    assert {path.name for path in (tmp_path / "new").iterdir()} == names | {"README.md"}
    with Image.open(tmp_path / "new/chelsea.jpg") as sheet:
        width = (sheet.width - 12) // 3
        grey, colored = (
            sheet.crop((at, 0, at + width, sheet.height)).resize((1, 1), Image.Resampling.BOX)
            for at in (0, width + 6)
        )
    red, green, blue = grey.getpixel((0, 0))
    assert max(red, green, blue) - min(red, green, blue) <= 2
    assert colored.getpixel((0, 0))[2] < 10


def test_the_committed_pictures_are_those_that_are_described():
    assert (DOCS / "README.md").read_text(encoding="utf-8") == pictures.describe()
    shown = {path.name for path in DOCS.glob("*.jpg")}
    assert {f"{source.name}.jpg" for source in pictures.SOURCES} <= shown


def test_a_failure_is_one_line(run, capsys):
    def colorize(picture):
        raise tintype.TintypeError("the network is missing")

    assert run(colorize) == 3
    assert capsys.readouterr().err == "pictures: the network is missing\n"


def test_without_the_photographs_it_says_where_they_come_from(run, monkeypatch, capsys):
    monkeypatch.setattr(pictures, "find_spec", lambda name: None)
    assert run(None) == 2
    assert "pip install '.[demo]'" in capsys.readouterr().err
