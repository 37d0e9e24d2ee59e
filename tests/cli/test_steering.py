# SPDX-License-Identifier: Apache-2.0
"""``tintype colorize`` told what is known of a photograph, and asked how sure the network is."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tintype
from tintype.cli.main import main
from tintype.spec.hints import Hint


@pytest.fixture(scope="module")
def network(make_stand_in) -> str:
    """A network that takes hints."""
    return make_stand_in("hinted", hints=True).file


@pytest.fixture
def run(network, tmp_path, monkeypatch, capsys, grey_png):
    """Run ``tintype colorize`` beside a photograph ``a.png``; the exit code, and what it said."""
    monkeypatch.chdir(tmp_path)
    Path("a.png").write_bytes(grey_png)

    def colorize(*arguments: str, model: str = network) -> tuple[int, str]:
        code = main(["colorize", *arguments, "--model", model])
        return code, capsys.readouterr().err

    return colorize


def pixels(path: str) -> np.ndarray:
    with Image.open(path) as opened:
        return np.asarray(opened)


def test_a_hint_reaches_its_place_and_no_other(run, network):
    assert run("a.png", "-o", "plain.png")[0] == 0
    assert run("a.png", "-o", "hinted.png", "--hint", "20,30,#cc3311,9")[0] == 0
    expected = tintype.colorize("a.png", hints=[Hint(20, 30, "#cc3311", 9)], model=network)
    np.testing.assert_array_equal(pixels("hinted.png"), np.asarray(expected))
    changed = np.abs(pixels("hinted.png").astype(int) - pixels("plain.png")).max(axis=2)
    assert changed[30, 20] > 20
    assert changed[5:, 70:].max() <= 2


def test_hints_come_from_lines_and_from_a_file_alike(run):
    rows = [{"x": 20, "y": 30, "color": "#cc3311"}, {"x": 70, "y": 9, "color": "#1133cc"}]
    Path("a.hints.json").write_text(json.dumps(rows))
    assert run("a.png", "-o", "file.png", "--hint", "a.hints.json")[0] == 0
    lines = ["--hint", "20,30,#cc3311", "--hint", "70,9,#1133cc"]
    assert run("a.png", "-o", "lines.png", *lines)[0] == 0
    assert Path("file.png").read_bytes() == Path("lines.png").read_bytes()


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ("20,30", "a hint is written X,Y,#RRGGBB"),
        ("20,30,red", "color must be written #RRGGBB, got 'red'"),
        ("none.json", "cannot read the hints in none.json: No such file"),
        ("bad.json", "bad.json: hint 1 has no x, y, color"),
    ],
)
def test_what_is_no_hint_is_refused_before_any_work(run, hint, said):
    Path("bad.json").write_text("[{}]")
    code, err = run("a.png", "--hint", hint)
    assert code == 2
    assert said in err
    assert not Path("colorized").exists()


@pytest.mark.parametrize("several", [["a.png", "b.png"], ["."]])
def test_hints_are_of_one_photograph(run, several, grey_png):
    Path("b.png").write_bytes(grey_png)
    code, err = run(*several, "-o", "out", "--hint", "20,30,#cc3311")
    assert code == 2
    assert "of a place of one photograph; name that one only" in err
    assert not Path("out").exists()


def test_a_hint_to_a_photograph_out_of_reach_is_no_mistake(run):
    name = "x" * 300 + ".png"
    code, err = run(name, "-o", "out", "--hint", "20,30,#cc3311")
    assert code == 1
    assert err.startswith(f"{name}: it cannot be read")


def test_a_place_outside_of_the_photograph_is_said(run):
    code, err = run("a.png", "-o", "out.png", "--hint", "90,30,#cc3311")
    assert code == 1
    assert "a.png: a hint lies at 90, 30, outside of the photograph's 90 x 61 pixels" in err
    assert not Path("out.png").exists()


def test_a_network_without_hints_says_so(run, stand_in):
    code, err = run("a.png", "-o", "out.png", "--hint", "20,30,#cc3311", model=stand_in.file)
    assert code == 1
    assert "takes no hints; choose one that does" in err


def test_a_map_of_confidence_is_that_of_python(run, network):
    hint = "20,30,#cc3311,9"
    code, err = run("a.png", "-o", "b.png", "--confidence", "x/sure.png", "--hint", hint)
    assert (code, err.count("\n")) == (0, 1)
    hints = [Hint(20, 30, "#cc3311", 9)]
    expected = tintype.Colorizer(network).confidence(tintype.read("a.png"), hints=hints)
    assert expected.min() < 0.9
    np.testing.assert_allclose(pixels("x/sure.png") / 255, expected, atol=0.5 / 255 + 1e-6)


def test_maps_of_several_go_into_a_folder(run, grey_png):
    Path("b.png").write_bytes(grey_png)
    assert run("a.png", "b.png", "-o", "out", "--confidence", "sure")[0] == 0
    assert sorted(path.name for path in Path("sure").iterdir()) == ["a.png", "b.png"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.png", "--confidence", "a.png"], "a.png would replace a photograph"),
        (["a.png", "b.png", "--confidence", "sure.png"], "one file's name, for the maps of 2"),
        ([".", "-o", "out", "--confidence", "sure"], "are about named photographs"),
    ],
)
def test_a_map_that_cannot_be_is_refused_before_any_work(run, grey_png, arguments, said):
    Path("b.png").write_bytes(grey_png)
    code, err = run(*arguments)
    assert code == 2
    assert said in err
    assert sorted(path.name for path in Path().iterdir()) == ["a.png", "b.png"]
    assert Path("a.png").read_bytes() == grey_png


def test_several_colourings_are_numbered_and_the_first_is_the_usual_one(run, network):
    model = "tintype-s"  # whose classes are those of its spec
    assert run("a.png", "-o", "plain", model=model)[0] == 0
    assert run("a.png", "-o", "out", "--samples", "3", "--seed", "5", model=model)[0] == 0
    names = [f"out/a-{number}.png" for number in (1, 2, 3)]
    assert sorted(map(str, Path("out").iterdir())) == names
    assert Path(names[0]).read_bytes() == Path("plain/a.png").read_bytes()
    colorizer = tintype.Colorizer(model)
    expected = colorizer.samples(tintype.read("a.png"), samples=3, seed=5)
    for name, picture in zip(names, expected, strict=True):
        np.testing.assert_array_equal(pixels(name), picture.pixels)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["a.png", "--samples", "99"], 2, "samples must be in [1, 16], got 99"),
        ([".", "-o", "out", "--samples", "2"], 2, "are about named photographs"),
        (["a.png", "-o", "out", "--samples", "2"], 1, "takes no hints, of which alternatives"),
    ],
)
def test_several_colourings_that_cannot_be_are_refused(run, stand_in, arguments, code, said):
    done, err = run(*arguments, model=stand_in.file)
    assert done == code
    assert said in err


def test_a_references_palette_leads_as_in_python(run, color_jpeg):
    Path("r.jpg").write_bytes(color_jpeg)
    model = "tintype-s"
    for name, flags in (("plain.png", []), ("led.png", ["--reference", "r.jpg"])):
        assert run("a.png", "-o", name, *flags, model=model)[0] == 0
    expected = tintype.colorize("a.png", reference="r.jpg")
    np.testing.assert_array_equal(pixels("led.png"), np.asarray(expected))
    assert np.abs(pixels("led.png").astype(int) - pixels("plain.png")).mean() > 1


def test_a_reference_leads_in_a_whole_folder(run, grey_png, color_jpeg):
    Path("r.jpg").write_bytes(color_jpeg)
    Path("in").mkdir()
    Path("in/b.png").write_bytes(grey_png)
    flags = ["--reference", "r.jpg"]
    assert run("a.png", "-o", "a", *flags, model="tintype-s")[0] == 0
    assert run("in", "-o", "b", *flags, model="tintype-s")[0] == 0
    assert Path("b/b.png").read_bytes() == Path("a/a.png").read_bytes()


def test_a_reference_that_is_no_picture_is_refused_before_any_work(run):
    Path("r.jpg").write_text("no picture")
    code, err = run("a.png", "-o", "out", "--reference", "r.jpg")
    assert code == 2
    assert "the reference r.jpg: " in err
    assert "not a picture" in err
    assert not Path("out").exists()
