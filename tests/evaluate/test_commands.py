# SPDX-License-Identifier: Apache-2.0
"""From files to files, as the command line goes."""

import json
import shutil

import pytest

from tintype.errors import InputError, RecordError
from tintype.evaluate import commands
from tintype.evaluate.baselines import DatasetMode, read_mode
from tintype.evaluate.blind import KEY_KIND
from tintype.evaluate.evaluation import KIND, Evaluation
from tintype.evaluate.options import EvaluateOptions, RunOptions
from tintype.records.record import read_record


@pytest.fixture(scope="module")
def mode_file(tmp_path_factory, folder):
    file = tmp_path_factory.mktemp("mode") / "mode.json"
    commands.write_mode([folder], file)
    return file


@pytest.fixture
def run(mode_file):
    return RunOptions(mode=mode_file, pictures=1)


def test_measuring_writes_a_record_and_a_page(shard, stand_in, tmp_path, run, folder):
    texts = [stand_in.file, f"perfect={folder}"]
    found = commands.evaluate_data([shard], texts, tmp_path / "out", run=run)
    assert found.names == ["constant grey", "dataset mode", "stand-in", "perfect"]
    assert found.summary["perfect"]["ciede2000"].estimate == pytest.approx(0, abs=1e-3)
    record = read_record(tmp_path / "out" / commands.RECORD, kind=KIND)
    assert "six-000.tar" in record.provenance.data
    again = Evaluation.from_content(record.content)
    assert again.photographs["key"] == found.photographs["key"]
    page = (tmp_path / "out" / commands.PAGE).read_text()
    assert "data:image/jpeg" in page
    assert "data:image" not in json.dumps(record.content)


def test_pictures_can_be_left_out(shard, stand_in, tmp_path, mode_file):
    bare = RunOptions(mode=mode_file, pictures=0)
    commands.evaluate_data([shard], [stand_in.file], tmp_path, run=bare)
    assert "<img" not in (tmp_path / commands.PAGE).read_text()


def test_a_classifier_can_look_on(shard, stand_in, tmp_path, mode_file, classifier_file):
    run = RunOptions(mode=mode_file, pictures=0, classifier=classifier_file)
    found = commands.evaluate_data([shard], [stand_in.file], tmp_path, run=run)
    assert "agreement" in found.summary["stand-in"]


def test_nothing_is_written_where_a_result_is_missing(shard, tmp_path, run, folder):
    some = shutil.copytree(folder, tmp_path / "some")
    (some / "space/flag/03.png").unlink()
    with pytest.raises(InputError, match="1 of 6 photographs have no result"):
        commands.evaluate_data([shard], [str(some)], tmp_path / "out", run=run)
    assert not (tmp_path / "out").exists()


def test_records_are_compared_by_path_and_name(shard, stand_in, tmp_path, run, folder):
    for name, texts in (("a", [stand_in.file]), ("b", [f"perfect={folder}", f"o={stand_in.file}"])):
        commands.evaluate_data([shard], texts, tmp_path / name, run=run)
    first, second = (str(tmp_path / name / commands.RECORD) for name in "ab")
    compared = commands.compare_records(first, f"{second}:perfect", tmp_path / "c")
    assert compared.names == ("stand-in", "perfect")
    error = compared.differences[0]
    assert error.difference.low > 0
    assert (tmp_path / "c" / commands.COMPARISON_PAGE).exists()
    odd = shutil.copy(first, tmp_path / "a:b.json")  # no name after that colon
    assert commands.compare_records(str(odd), first).names == ("stand-in", "stand-in")
    same = commands.compare_records(first, f"{second}:o")
    assert same.differences[0].difference.estimate == 0


def test_a_vote_has_a_page_a_key_and_a_tally(shard, stand_in, tmp_path, folder):
    options = EvaluateOptions(limit=4, seed=2)
    texts = (f"ours={stand_in.file}", f"perfect={folder}")
    page, key = commands.write_blind_vote([shard], texts, tmp_path, options)
    assert "perfect" not in page.read_text()
    content = read_record(key, kind=KEY_KIND).content
    sides = ["left" if pair["left"] == "perfect" else "right" for pair in content["pairs"]]
    votes = tmp_path / "votes.json"
    votes.write_text(json.dumps({"page": content["page"], "votes": sides}))
    tally = commands.tally_votes(votes, key)
    assert (tally.first, tally.second, tally.same) == (0, 4, 0)
    _, other = commands.write_blind_vote(
        [shard], texts, tmp_path / "other", EvaluateOptions(limit=4, seed=3)
    )
    assert read_record(other).content["seed"] == 3
    votes.write_text("no votes")
    with pytest.raises(RecordError, match="cannot read the votes"):
        commands.tally_votes(votes, key)


def test_grey_inputs_can_be_written(shard, tmp_path):
    files = commands.write_inputs([shard], tmp_path, EvaluateOptions(labels=("cup",)))
    assert [file.relative_to(tmp_path).as_posix() for file in files] == [
        "kitchen/cup/04.png",
        "kitchen/cup/05.png",
    ]


def test_a_mode_is_counted_from_files(shard, folder, mode_file, tmp_path):
    told = []
    mode = commands.write_mode(
        [shard], tmp_path / "m.json", on_progress=lambda done, total: told.append(done)
    )
    assert mode == read_mode(mode_file) == read_mode(tmp_path / "m.json")
    assert isinstance(mode, DatasetMode)
    assert told == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("scans", [False, True])
def test_sheets_show_what_there_is(shard, stand_in, tmp_path, scans):
    options = EvaluateOptions(limit=3)
    files = commands.write_picture_sheets([shard], [stand_in.file], tmp_path, options, scans=scans)
    page = files[-1].read_text()
    assert page.count("<img") == 3 * (2 if scans else 3)
    assert ("true photograph" in page) != scans
