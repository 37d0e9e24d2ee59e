# SPDX-License-Identifier: Apache-2.0
"""What a network is and what its training took, as its card shows them."""

import json
from pathlib import Path

import pytest

from scripts import model_record, training_record
from tintype.errors import RecordError
from tintype.records.record import read_record
from tintype.spec.models import FOLDER, MODELS

ROOT = Path(__file__).parents[2]
RUN = {
    "recipe": {"name": "r_s", "photographs": 4000, "batch_size": 10, "side": 64},
    "steps": 200,
    "photographs": 2000,
    "hours": 0.5,
    "sittings": 2,
    "curves": {
        "loss": [[100, 3.0]],
        "val_de00": [[100, 9.5], [200, 9.0]],
        "val_cf": [[100, 20.0], [200, 30.0]],
        "val_cf_true": [[100, 40.0], [200, 40.0]],
    },
}


def test_a_networks_record_is_its_row_and_its_files(tmp_path, capsys):
    assert model_record.main(["tintype-s", "--out", str(tmp_path)]) == 0
    content = read_record(tmp_path / "tintype-s.json", kind=model_record.KIND).content
    assert content["sha256"] == MODELS["tintype-s"].sha256
    assert content["bytes"] == (FOLDER / "tintype-s.onnx").stat().st_size
    assert f"| {content['parameters']:,}" in capsys.readouterr().out


@pytest.mark.parametrize("name", MODELS)
def test_the_committed_record_is_of_the_network_that_is_carried(name):
    content = read_record(ROOT / "docs/records/models" / f"{name}.json").content
    assert content == json.loads(json.dumps(model_record.describe(name)))


def test_a_network_that_is_not_there_is_one_line(capsys):
    assert model_record.main(["tintype-xl"]) == 2
    assert "model_record: no model 'tintype-xl'" in capsys.readouterr().err


def test_a_training_of_several_runs_is_summed():
    text = training_record.to_markdown({"photographs_there": 50, "runs": [RUN, RUN]})
    assert "4,000 photographs seen, drawn from 50 (repeats counted), in 1.0 hours." in text
    assert "| r\\_s   | 2,000 of 4,000   |   200 |       64 | 0.5   |        2 | 1        |" in text
    assert [line.split("|")[2].strip() for line in text.splitlines()[-4:]] == [
        "1,000",
        "2,000",
    ] * 2
    assert "|   2 | 2,000            | 9.00 | 0.750     |" in text


def test_a_curve_is_thinned_to_means_of_neighbours():
    curve = [(step, float(step)) for step in range(1, 8)]
    assert training_record.thin(curve, 3) == [[3, 2.0], [6, 5.0], [7, 7.0]]
    assert training_record.thin(curve, 9) == [list(point) for point in curve]
    assert training_record.thin([], 3) == []


def test_damaged_records_are_named():
    with pytest.raises(RecordError, match="record of a training is damaged"):
        training_record.to_markdown({"runs": [{}], "photographs_there": None})
    with pytest.raises(RecordError, match="record of a network is damaged"):
        model_record.to_markdown({"name": "x"})


def test_a_folder_without_a_run_is_one_line(tmp_path, capsys):
    assert training_record.main(["x", str(tmp_path)]) == 2
    assert "holds no training run" in capsys.readouterr().err
