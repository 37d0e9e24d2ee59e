# SPDX-License-Identifier: Apache-2.0
"""The demo writes its pictures and says whose photograph it is."""

import pytest
from PIL import Image

import tintype
from scripts import demo


@pytest.fixture
def colored(monkeypatch):
    """Colouring stands in for itself: what a network does is tested where networks are."""
    seen = []

    def colorize(picture):
        seen.append(picture)
        return Image.merge("RGB", [picture, picture, picture.point(lambda value: value // 2)])

    monkeypatch.setitem(vars(tintype), "colorize", colorize)  # nothing is imported for it
    return seen


def run(monkeypatch, out):
    monkeypatch.setattr("sys.argv", ["demo.py", "--out", str(out)])
    return demo.main()


def test_before_and_after_are_written_and_the_source_is_stated(
    tmp_path, monkeypatch, capsys, colored
):
    assert run(monkeypatch, tmp_path / "new") == 0
    assert [picture.mode for picture in colored] == ["L"]  # no colour reaches the network
    with Image.open(tmp_path / "new" / "before-after.jpg") as sheet:
        assert sheet.size == (2 * 512 + 8, 512)
    assert "NASA, public domain" in capsys.readouterr().out
    assert "NASA, public domain" in (tmp_path / "new" / "index.html").read_text()


def test_a_failure_is_one_line(tmp_path, monkeypatch, capsys):
    def colorize(picture):
        raise tintype.TintypeError("the network is missing")

    monkeypatch.setitem(vars(tintype), "colorize", colorize)  # nothing is imported for it
    assert run(monkeypatch, tmp_path / "new") == 3
    assert capsys.readouterr().err == "demo: the network is missing\n"
    assert not (tmp_path / "new").exists()


def test_without_the_photograph_it_says_where_it_comes_from(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(demo, "find_spec", lambda name: None)
    assert run(monkeypatch, tmp_path) == 2
    assert "pip install '.[demo]'" in capsys.readouterr().err
