# SPDX-License-Identifier: Apache-2.0
"""The command line against the functions that it calls."""

import inspect
import json
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image

from tintype.cli.evaluate import evaluate
from tintype.cli.main import main
from tintype.cli.sheets import sheets
from tintype.evaluate.commands import write_mode
from tintype.evaluate.options import EvaluateOptions, RunOptions
from tintype.records.record import read_record


@pytest.fixture(scope="module")
def data(tmp_path_factory, skimage_data) -> Path:
    """Four colour photographs in a folder."""
    place = tmp_path_factory.mktemp("photographs")
    with Image.open(skimage_data / "astronaut.png") as picture:
        for number in range(4):
            left = 100 * number
            picture.convert("RGB").crop((left, 50, left + 60, 98)).save(place / f"{number}.png")
    return place


@pytest.fixture(scope="module")
def mode(tmp_path_factory, data) -> Path:
    file = tmp_path_factory.mktemp("mode") / "mode.json"
    write_mode([data], file)
    return file


def test_every_option_and_default_of_the_dataclasses_is_there():
    shown = inspect.signature(evaluate).parameters
    for options in (EvaluateOptions, RunOptions):
        for field in fields(options):
            assert shown[field.name].default == (None if field.default == () else field.default)


def test_measuring_prints_a_table_and_writes_both_files(data, mode, stand_in, tmp_path, capsys):
    words = ["evaluate", f"ours={stand_in.file}", "--data", str(data), "--out", str(tmp_path)]
    assert main([*words, "--mode", str(mode), "--limit", "3", "--pictures", "0"]) == 0
    said = capsys.readouterr().out
    assert [line.split("|")[1].strip() for line in said.splitlines()[2:5]] == [
        "constant grey",
        "dataset mode",
        "ours",
    ]
    record = read_record(tmp_path / "evaluation.json")
    assert record.content["options"]["limit"] == 3
    assert len(record.content["photographs"]["key"]) == 3
    assert (tmp_path / "evaluation.html").exists()


def test_two_records_are_compared(data, mode, stand_in, tmp_path, capsys):
    for name, more in (("a", []), ("b", ["--saturation", "0.2"])):
        words = ["evaluate", f"{name}={stand_in.file}", "-d", str(data), "-o", str(tmp_path / name)]
        assert main([*words, "--mode", str(mode), "--pictures", "0", *more]) == 0
    records = [str(tmp_path / name / "evaluation.json") for name in "ab"]
    assert main(["evaluate", "--compare", *records, "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "a better on" in said
    assert read_record(tmp_path / "comparison.json").content["names"] == ["a", "b"]


def test_a_vote_from_page_to_tally(data, stand_in, tmp_path, capsys):
    words = ["evaluate", "--blind", f"ours={stand_in.file}", f"true={data}"]
    assert main([*words, "-d", str(data), "-o", str(tmp_path), "--seed", "4"]) == 0
    key = tmp_path / "blind-key.json"
    content = read_record(key).content
    votes = tmp_path / "votes.json"
    votes.write_text(json.dumps({"page": content["page"], "votes": ["same"] * 4}))
    assert main(["evaluate", "--tally", str(votes), str(key)]) == 0
    assert "ours: 0, true: 0, no difference: 4" in capsys.readouterr().out


def test_greys_and_mode_are_written(data, tmp_path, capsys):
    out = tmp_path / "grey"
    assert main(["evaluate", "--write-greys", "-d", str(data), "-o", str(out)]) == 0
    assert len(list(out.glob("*.png"))) == 4
    file = tmp_path / "mode.json"
    assert main(["evaluate", "--write-mode", str(file), "-d", str(data)]) == 0
    assert read_record(file, kind="dataset-mode").content["photographs"] == 4
    assert "u* " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a", "--compare", "b", "c"], "not two of these"),
        (["--write-greys", "--blind", "a", "b"], "not two of these"),
        (["a"], "--data is missing"),
        (["--blind", "a", "b"], "--data is missing"),
        (["gone", "--data", "."], "no photographs in"),
    ],
)
def test_a_callers_mistake_is_one_line(words, message, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", *words]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def test_sheets_are_written_and_named(data, stand_in, tmp_path, capsys):
    words = ["sheets", stand_in.file, "--data", str(data), "--out", str(tmp_path), "--limit", "2"]
    assert main(words) == 0
    files = capsys.readouterr().out.split()
    assert [Path(file).name for file in files] == ["sheet-1.jpg", "index.html"]
    assert all(Path(file).exists() for file in files)


def test_sheets_take_the_options_that_choose_and_colour():
    shown = set(inspect.signature(sheets).parameters)
    assert shown >= {"grey", "limit", "seed", "sources", "labels", "vividness", "size", "device"}
    assert not shown & {"resamples", "classifier", "tone", "model"}
