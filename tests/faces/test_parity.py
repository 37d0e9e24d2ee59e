# SPDX-License-Identifier: Apache-2.0
"""Python, the command line and REST give the same bytes and know the same options."""

import inspect
from dataclasses import MISSING, fields
from pathlib import Path
from typing import get_args, get_type_hints

import numpy as np
import pytest
from PIL import Image

import tintype
from tintype.cli.colorize import colorize
from tintype.cli.main import load_command, main
from tintype.imaging.formats import find_format
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


@pytest.mark.parametrize("format", ["png", "jpeg", "tiff"])
@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"vividness": 0.8, "saturation": 1.2, "size": 96},
        {"vividness": 0.0, "tone": "off", "mark": False},
        {"saturation": 0.0, "tone": "keep", "quality": 70},
    ],
    ids=["defaults", "bold", "bare", "grey"],
)
def test_all_faces_give_the_same_bytes(stand_in, grey_jpeg, tmp_path, format, wish):
    testclient = pytest.importorskip("fastapi.testclient", reason="the extra `web` is missing")
    from tintype.web.app import create_app

    wish = {**wish, "format": format}
    if format != "jpeg":
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
        query = {k: str(v).lower() if isinstance(v, bool) else v for k, v in wish.items()}
        answer = client.post("/v1/colorize", params=query, content=grey_jpeg)
    assert answer.status_code == 200, answer.text
    assert theirs.read_bytes() == ours.read_bytes() == answer.content


def names_of(options: type) -> set[str]:
    return {field.name for field in fields(options)}


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
