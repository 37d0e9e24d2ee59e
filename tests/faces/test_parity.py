# SPDX-License-Identifier: Apache-2.0
"""Python, the command line and REST give the same bytes and know the same options."""

import inspect
import io
import json
import zipfile
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import get_args, get_type_hints

import numpy as np
import pytest
from PIL import Image

import tintype
from tintype.cli.colorize import colorize
from tintype.cli.main import load_command, main
from tintype.errors import ImageTooLarge
from tintype.imaging.files import encode
from tintype.imaging.formats import FORMATS, find_format
from tintype.inference.confidence import encode_confidence
from tintype.spec.hint_texts import hints_to_json
from tintype.spec.options import (
    ColorizeOptions,
    EngineOptions,
    FileOptions,
    FolderOptions,
    SampleOptions,
)

CLASSES = (ColorizeOptions, SampleOptions, FileOptions, EngineOptions, FolderOptions)
OPTIONS = {f.name: f for cls in CLASSES for f in fields(cls)}
OTHERS = {"photographs", "out", "overwrite", "as_json"}  # about files on disk and what is printed
STEERING = {"hint", "reference", "confidence"}  # what is known, and asked, of photographs
WISHES = {
    "defaults": {},
    "bold": {"vividness": 0.8, "saturation": 1.2, "size": 96},
    "bare": {"vividness": 0.0, "tone": "off", "mark": False},
    "grey": {"saturation": 0.0, "tone": "keep", "quality": 70},
}
STEERED = {"vividness": 0.9, "saturation": 1.4, "size": 96, "tone": "keep", "mark": False}


def test_no_option_of_a_photograph_is_left_out_below():
    asked = {name for wish in (*WISHES.values(), STEERED) for name in wish}
    asked |= {"format", "samples", "seed", "max_pixels"}  # of tests of their own
    assert asked == {
        f.name for cls in (ColorizeOptions, FileOptions, SampleOptions) for f in fields(cls)
    }


@pytest.mark.parametrize("format", [row.name for row in FORMATS])
@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES)
def test_all_faces_give_the_same_bytes(stand_in, grey_jpeg, tmp_path, format, wish):
    testclient = pytest.importorskip("fastapi.testclient", reason="the extra `web` is missing")
    from tintype.web.app import create_app

    if format == "heif":
        pytest.importorskip("pillow_heif", reason="the extra `formats` is missing")
    wish = {**wish, "format": format}
    if not find_format(format).lossy:
        wish.pop("quality", None)
    source = tmp_path / "a.jpg"
    source.write_bytes(grey_jpeg)
    suffix = find_format(format).suffixes[0]
    ours, theirs = tmp_path / f"python{suffix}", tmp_path / f"shell{suffix}"
    of = {cls: {k: v for k, v in wish.items() if k in names_of(cls)} for cls in CLASSES}

    colorizer = tintype.Colorizer(stand_in.file)
    colored = colorizer(tintype.read(source), ColorizeOptions(**of[ColorizeOptions]))
    tintype.write(colored, ours, **of[FileOptions])

    flags = [flag for name, value in wish.items() for flag in as_flags(name, value)]
    command = ["colorize", str(source), "-o", str(theirs), "--model", stand_in.file, *flags]
    assert main(command) == 0

    with testclient.TestClient(create_app(colorizer), base_url="http://127.0.0.1") as client:
        answer = client.post("/v1/colorize", params=as_query(wish), content=grey_jpeg)
    assert answer.status_code == 200, answer.text
    assert theirs.read_bytes() == ours.read_bytes() == answer.content


def test_all_faces_refuse_too_many_pixels_in_the_same_words(stand_in, grey_jpeg, tmp_path, capsys):
    testclient = pytest.importorskip("fastapi.testclient", reason="the extra `web` is missing")
    from tintype.web.app import create_app
    from tintype.web.limits import Limits

    source = tmp_path / "a.jpg"
    source.write_bytes(grey_jpeg)
    with pytest.raises(ImageTooLarge) as refused:
        tintype.read(source, max_pixels=5000)
    command = ["colorize", str(source), "-o", str(tmp_path / "b.jpg"), "--model", stand_in.file]
    assert main([*command, "--max-pixels", "5000"]) == 1
    app = create_app(tintype.Colorizer(stand_in.file), limits=Limits(pixels=5000))
    with testclient.TestClient(app, base_url="http://127.0.0.1") as client:
        answer = client.post("/v1/colorize", content=grey_jpeg)
    assert answer.status_code == 413
    assert answer.json()["detail"] == str(refused.value)
    assert str(refused.value) in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("wish", [{}, STEERED], ids=["defaults", "all"])
@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("led", [False, True], ids=["alone", "led"])
def test_all_faces_steer_alike(grey_jpeg, color_jpeg, tmp_path, samples, led, wish):
    """Hints, samples, a reference and the map of confidence, by the network of the package."""
    testclient = pytest.importorskip("fastapi.testclient", reason="the extra `web` is missing")
    from tintype.web.app import create_app

    source, reference = tmp_path / "a.jpg", tmp_path / "r.jpg"
    source.write_bytes(grey_jpeg)
    reference.write_bytes(color_jpeg)
    hints = [tintype.Hint(20, 30, "#cc3311", 9), tintype.Hint(70, 9.5, "#1133cc")]
    options = ColorizeOptions(**{k: v for k, v in wish.items() if k != "mark"})
    mark = wish.get("mark", True)

    colorizer = tintype.Colorizer(device="cpu")
    steered = colorizer.led_by(tintype.read(reference)) if led else colorizer
    photograph = tintype.read(source)
    ways = steered.samples(photograph, options, hints, samples=samples, seed=3)
    ours = [encode(picture, format="jpeg", mark=mark) for picture in ways]
    sure = encode_confidence(steered.confidence(photograph, options, hints))

    flags = ["--hint", "20,30,#cc3311,9", "--hint", "70,9.5,#1133cc", "--seed", "3"]
    flags += ["--samples", str(samples), "--confidence", str(tmp_path / "sure.png")]
    flags += ["--reference", str(reference)] if led else []
    flags += [flag for name, value in wish.items() for flag in as_flags(name, value)]
    assert main(["colorize", str(source), "-o", str(tmp_path / "out"), *flags]) == 0
    theirs = [path.read_bytes() for path in sorted((tmp_path / "out").iterdir())]

    seen = {k: v for k, v in wish.items() if k in ("size", "tone")}
    query = {"hints": hints_to_json(hints), "samples": samples, "seed": 3}
    form = {"photograph": grey_jpeg, **({"reference": color_jpeg} if led else {})}
    with testclient.TestClient(create_app(colorizer), base_url="http://127.0.0.1") as client:
        answer = client.post("/v1/colorize", params={**query, **as_query(wish)}, files=form)
        vivid = {"vividness": wish["vividness"]} if wish else {}
        drawn = client.post("/v1/alternatives", params={**query, **seen, **vivid}, files=form)
        mapped = client.post("/v1/confidence", params={"hints": query["hints"], **seen}, files=form)
    assert answer.status_code == 200, answer.text
    served = [answer.content]
    if samples > 1:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.namelist() == [f"photograph-{n}.jpg" for n in range(1, samples + 1)]
            served = [archive.read(name) for name in archive.namelist()]
    assert served == theirs == ours
    assert mapped.content == (tmp_path / "sure.png").read_bytes() == sure
    found = steered.alternatives(photograph, options, hints, samples=samples, seed=3)
    assert drawn.json() == json.loads(json.dumps([asdict(one) for one in found]))


def names_of(options: type) -> set[str]:
    return {field.name for field in fields(options)}


def as_query(wish: dict[str, object]) -> dict[str, object]:
    return {k: str(v).lower() if isinstance(v, bool) else v for k, v in wish.items()}


def as_flags(name: str, value: object) -> list[str]:
    if isinstance(value, bool):
        return [f"--{'' if value else 'no-'}{name}"]
    return [f"--{name}", str(value)]


def test_the_short_way_in_python_has_the_same_pixels(stand_in, grey_jpeg, tmp_path):
    source, result = tmp_path / "a.jpg", tmp_path / "a.png"
    source.write_bytes(grey_jpeg)
    assert main(["colorize", str(source), "-o", str(result), "--model", stand_in.file]) == 0
    with Image.open(result) as opened:
        expected = np.asarray(opened)
    short = tintype.colorize(source, model=stand_in.file)
    np.testing.assert_array_equal(np.asarray(short), expected)


def test_every_option_and_its_default_is_on_the_command_line():
    flags = inspect.signature(colorize).parameters
    assert flags.keys() == OPTIONS.keys() | OTHERS | STEERING
    for name, option in OPTIONS.items():
        assert option.default is not MISSING
        assert flags[name].default == option.default


def test_every_option_has_its_type_and_help_on_the_command_line():
    types = get_type_hints(colorize, include_extras=True)
    own = {name: kind for cls in CLASSES for name, kind in get_type_hints(cls).items()}
    for name, option in OPTIONS.items():
        kind, described = get_args(types[name])
        assert kind == own[name]
        assert described.help == option.metadata["help"]


def test_every_option_is_in_the_commands_help(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    assert main(["colorize", "--help"]) == 0
    shown = capsys.readouterr().out
    for name, option in OPTIONS.items():
        assert f"--{name.replace('_', '-')}" in shown
        assert option.metadata["help"] in shown


def test_defaults_of_python_are_those_of_the_options():
    for function in (tintype.colorize, tintype.Colorizer.__init__, tintype.read, tintype.write):
        for name, parameter in inspect.signature(function).parameters.items():
            if name in OPTIONS:
                assert parameter.default == OPTIONS[name].default, (function, name)


def test_what_python_shows_is_what_the_stub_promises():
    stub = Path(tintype.__file__).with_suffix(".pyi").read_text()
    promised = {line.rpartition(" as ")[2] for line in stub.splitlines() if " as " in line}
    assert promised == set(tintype.__all__)
    for name in tintype.__all__:
        assert getattr(tintype, name).__name__ == name
    assert set(dir(tintype)) >= promised


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'tintype' has no attribute 'colourise'"):
        tintype.colourise  # noqa: B018 - the access is the test


def test_the_command_is_loaded_under_its_own_name():
    assert load_command("colorize").name == "colorize"
