# SPDX-License-Identifier: Apache-2.0
"""Documents say what the committed records say."""

import shutil
from pathlib import Path

import pytest

from benchmarks.result import Result, save
from scripts import documents
from tintype.errors import RecordError
from tintype.evaluate.paper.publication import redraw_document
from tintype.records.provenance import collect_provenance
from tintype.records.record import Record, write_record

DOCUMENT = "# Title\n\n<!-- record: speed/start -->\n<!-- end of record -->\n\nProse.\n"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    (tmp_path / "README.md").write_text("# Name\n")
    (tmp_path / "docs" / "deep").mkdir(parents=True)
    (tmp_path / "docs" / "deep" / "speed.md").write_text(DOCUMENT)
    result = Result(title="Start", method="Once.", header=["what", "ms"], rows=[["a", 1 / 3]])
    record = tmp_path / "docs" / "records" / "speed" / "start.json"
    save(result, record, collect_provenance(command=["python", "-m", "benchmarks"]))
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    return tmp_path


def run(monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["documents.py", *words])
    return documents.main()


def test_places_are_filled_from_their_records(repository, monkeypatch, capsys):
    assert run(monkeypatch, "--check") == 1
    assert "differs from its records" in capsys.readouterr().out
    assert run(monkeypatch) == 0
    written = (repository / "docs" / "deep" / "speed.md").read_text()
    assert "| a    | 0.33 |" in written
    assert "<sub>`python -m benchmarks` on " in written
    assert written.endswith("Prose.\n")
    assert (repository / "README.md").read_text() == "# Name\n"
    assert run(monkeypatch, "--check") == 0


def test_a_figure_that_was_changed_by_hand_is_found(repository, monkeypatch):
    run(monkeypatch)
    path = repository / "docs" / "deep" / "speed.md"
    path.write_text(path.read_text().replace("0.33", "0.32"))
    assert run(monkeypatch, "--check") == 1
    assert "0.32" in path.read_text()


def test_a_missing_record_is_named(repository, monkeypatch, capsys):
    (repository / "docs" / "records" / "speed" / "start.json").unlink()
    assert run(monkeypatch) == 2
    assert "deep/speed.md: cannot read the record" in capsys.readouterr().err


def test_a_record_that_may_be_missing_is_said_not_to_be_there(repository, monkeypatch):
    path = repository / "docs" / "deep" / "speed.md"
    path.write_text(DOCUMENT.replace("start -->", "start? -->"))
    record = repository / "docs" / "records" / "speed" / "start.json"
    kept = record.read_text()
    record.unlink()
    assert run(monkeypatch) == 0
    assert "start? -->\n\nNot measured yet.\n\n<!-- end" in path.read_text()
    record.write_text(kept)
    assert run(monkeypatch, "--check") == 1
    assert run(monkeypatch) == 0
    assert "| a    | 0.33 |" in path.read_text()


def test_a_glance_is_what_its_own_function_draws(repository, monkeypatch, capsys):
    path = repository / "docs" / "deep" / "speed.md"
    path.write_text(DOCUMENT.replace("start -->", "start#glance -->"))
    assert run(monkeypatch) == 2
    assert "draws up records of kind 'benchmark#glance'" in capsys.readouterr().err
    monkeypatch.setitem(documents.DRAWERS, "benchmark#glance", lambda record: record.kind)
    assert run(monkeypatch) == 0
    assert "start#glance -->\n\nbenchmark\n\n<sub>" in path.read_text()


def test_a_kind_that_nothing_draws_is_named(repository, monkeypatch, capsys):
    record = Record(kind="poem", provenance=collect_provenance(), content={})
    write_record(record, repository / "docs" / "records" / "speed" / "start.json")
    assert run(monkeypatch) == 2
    assert "no function draws up records of kind 'poem'" in capsys.readouterr().err


def test_a_figure_of_a_reproduction_that_was_changed_by_hand_is_found(repository, monkeypatch):
    report = repository / "docs" / "paper"
    shutil.copytree(Path(__file__).parents[2] / "docs" / "paper", report)
    shutil.rmtree(report / "by_heart")
    run(monkeypatch)
    whole = (report / "README.md").read_text()
    assert run(monkeypatch, "--check") == 0
    (report / "README.md").write_text(whole.replace("4.835", "4.735", 1))
    assert run(monkeypatch, "--check") == 1
    assert run(monkeypatch) == 0
    assert (report / "README.md").read_text() == whole


def test_a_record_of_something_else_is_no_reproduction(tmp_path):
    record = Record(kind="poem", provenance=collect_provenance(), content={"plan": {}})
    write_record(record, tmp_path / "record.json")
    with pytest.raises(RecordError, match="reproduction's record has other content"):
        redraw_document(tmp_path)


def test_the_documents_of_this_repository_say_what_its_records_say(monkeypatch, capsys):
    assert Path(__file__).parents[2] == documents.ROOT
    assert run(monkeypatch, "--check") == 0, capsys.readouterr()
