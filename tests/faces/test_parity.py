# SPDX-License-Identifier: Apache-2.0
"""Python and the command line give the same bytes and know the same options."""

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
from tintype.spec.options import ColorizeOptions, EngineOptions, FileOptions

OPTIONS = {f.name: f for cls in (ColorizeOptions, FileOptions, EngineOptions) for f in fields(cls)}
OTHERS = {"photographs", "out", "overwrite", "as_json"}  # about files on disk and what is printed


@pytest.mark.parametrize("format", ["png", "jpg", "tif"])
def test_python_and_the_command_line_write_the_same_bytes(stand_in, grey_jpeg, tmp_path, format):
    source, ours, theirs = (tmp_path / name for name in ("a.jpg", f"p.{format}", f"c.{format}"))
    source.write_bytes(grey_jpeg)
    options = tintype.ColorizeOptions(vividness=0.8, saturation=1.2, size=96)
    colorizer = tintype.Colorizer(stand_in.file)
    tintype.write(colorizer(tintype.read(source), options), ours)
    flags = ["--vividness", "0.8", "--saturation", "1.2", "--size", "96", "--model", stand_in.file]
    assert main(["colorize", str(source), "-o", str(theirs), *flags]) == 0
    assert theirs.read_bytes() == ours.read_bytes()


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
    assert flags.keys() == OPTIONS.keys() | OTHERS
    for name, option in OPTIONS.items():
        assert option.default is not MISSING
        assert flags[name].default == option.default


def test_every_option_has_its_type_and_help_on_the_command_line():
    types = get_type_hints(colorize, include_extras=True)
    own = get_type_hints(ColorizeOptions) | get_type_hints(FileOptions)
    own |= get_type_hints(EngineOptions)
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
