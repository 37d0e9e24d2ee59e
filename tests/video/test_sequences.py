# SPDX-License-Identifier: Apache-2.0
"""Names that stand for numbered pictures, which of those are there, and which must stay."""

import os
from pathlib import Path

import pytest
from PIL import Image

from tintype.errors import OutputError
from tintype.video.sequences import find_numbered, first_number, is_sequence, name_picture


@pytest.mark.parametrize(
    ("name", "numbered"),
    [
        ("frame_%05d.png", True),
        ("%d.png", True),
        ("frame.png", False),
        ("100%.mp4", False),
        ("100% d.mp4", False),
        ("%s.mp4", False),
        ("%d_%d.png", False),
    ],
)
def test_what_counts_as_a_sequence(name, numbered):
    assert is_sequence(Path(name)) == numbered


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("frame_%05d.png", "frame_00042.png"),
        ("frame_%5d.png", "frame_00042.png"),
        ("%d.png", "42.png"),
        ("%0d.png", "42.png"),
        ("a%01d", "a42"),
    ],
)
def test_numbers_are_written_as_ffmpeg_writes_them(name, picture):
    folder = Path("100% of it")
    assert name_picture(folder / name, 42) == folder / picture


def test_what_has_no_place_for_a_number_has_no_pictures():
    with pytest.raises(ValueError, match=r"'frame\.png' has no place for a number"):
        name_picture(Path("frame.png"), 1)


def test_pictures_that_are_there_are_found_by_number(tmp_path):
    for name in ("s_0100.png", "s_0009.png", "s_99999.png", "s_7.png", "s_0008.jpg", "x_0001.png"):
        (tmp_path / name).write_bytes(b"")
    found = [(number, path.name) for number, path in find_numbered(tmp_path / "s_%04d.png")]
    assert found == [(9, "s_0009.png"), (100, "s_0100.png"), (99999, "s_99999.png")]
    assert first_number(tmp_path / "s_%04d.png") == 9
    assert first_number(tmp_path / "other_%04d.png") == 1
    assert first_number(tmp_path / "nowhere" / "s_%04d.png") == 1


@pytest.fixture
def pictures(wander, tmp_path):
    """Three numbered pictures, from 10 on, and the name that stands for them."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for number, picture in enumerate(wander(3), start=10):
        Image.fromarray(picture).save(folder / f"frame_{number:05d}.png")
    return folder / "frame_%05d.png"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("name", ["frame_%05d.png", "frame_%5d.png", "frame_000%d.png"])
def test_pictures_of_the_film_must_not_be_lost(pictures, color, monkeypatch, name, overwrite):
    before = contents(pictures.parent)
    monkeypatch.chdir(pictures.parent)
    for target in (Path(name), pictures.parent / ".." / "scans" / name):
        with pytest.raises(OutputError, match="is the film itself; name another file"):
            color(pictures, target, overwrite=overwrite)
    assert contents(pictures.parent) == before


def test_one_picture_must_not_be_lost_among_those_made_of_it(pictures, color):
    before = contents(pictures.parent)
    with pytest.raises(OutputError, match="is the film itself"):
        color(pictures.with_name("frame_00011.png"), pictures, overwrite=True)
    assert contents(pictures.parent) == before


def test_pictures_that_are_there_stay_unless_they_may_go(pictures, tmp_path, color):
    for number in (2, 7):
        (tmp_path / f"out_{number}.png").write_bytes(b"precious")
    with pytest.raises(OutputError, match=r"out_2\.png is there already; allow overwriting"):
        color(pictures, tmp_path / "out_%d.png")
    assert not (tmp_path / "out_1.png").exists()
    color(pictures, tmp_path / "out_%d.png", overwrite=True)
    sizes = {path.name: path.stat().st_size for path in tmp_path.glob("out_*")}
    assert sorted(sizes) == ["out_1.png", "out_2.png", "out_3.png", "out_7.png"]
    assert min(sizes["out_1.png"], sizes["out_2.png"], sizes["out_3.png"]) > 1000
    assert (tmp_path / "out_7.png").read_bytes() == b"precious"  # it was not to be written


@pytest.mark.parametrize("name", ["out_%04d.png", "out_%d.mp4"])
def test_names_may_hold_percent_signs(films, wander, tmp_path, color, name):
    folder = tmp_path / "100%d of it, 5% done"
    folder.mkdir()
    source = films.write(tmp_path / "in.mp4", wander(2))
    color(source, folder / name)
    numbered = ["out_0001.png", "out_0002.png"]
    assert sorted(os.listdir(folder)) == (numbered if name.endswith("png") else ["out_%d.mp4"])
