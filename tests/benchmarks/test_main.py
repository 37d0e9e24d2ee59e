# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks`` prints tables and leaves records."""

from importlib import import_module

import pytest

from benchmarks import __main__ as program
from benchmarks.result import Result, load, save
from tintype.errors import ModelError, RecordError
from tintype.records.provenance import collect_provenance
from tintype.records.record import Record, read_record


class Quick:
    """A benchmark that takes no time."""

    about = "nothing"

    def run(self, clips=()):
        return Result(
            title="Quick",
            method="Not at all.",
            header=("what", "ms"),
            rows=[("a", 1 / 3)],
            digits=1,
        )


class Broken(Quick):
    def run(self, clips=()):
        raise ModelError("the network is missing")


@pytest.fixture
def benchmarks(monkeypatch):
    monkeypatch.setattr(program, "BENCHMARKS", {"broken": Broken(), "quick": Quick()})


@pytest.mark.usefixtures("benchmarks")
def test_a_benchmark_prints_its_table_and_leaves_its_record(tmp_path, capsys):
    assert program.main(["quick", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (
        "**Quick**\n\n| what |  ms |\n| ---- | --: |\n| a    | 0.3 |\n\nNot at all.\n\n"
    )
    record = read_record(tmp_path / "quick.json", kind="benchmark")
    assert record.content["rows"] == [["a", 1 / 3]]  # in full
    assert record.content["title"] == "Quick"
    assert record.provenance.hardware.cores > 0


@pytest.mark.usefixtures("benchmarks")
def test_one_that_cannot_be_run_does_not_stop_the_others(tmp_path, capsys):
    assert program.main(["--out", str(tmp_path)]) == 1
    shown = capsys.readouterr()
    assert "broken: the network is missing" in shown.err
    assert "Quick" in shown.out


def test_an_unknown_one_is_refused_with_the_names_there_are(capsys):
    with pytest.raises(SystemExit):
        program.main(["nothing"])
    assert "no benchmark nothing; there is startup" in capsys.readouterr().err


@pytest.mark.parametrize("row", program.BENCHMARKS.values(), ids=list(program.BENCHMARKS))
def test_every_benchmark_can_be_imported(row):
    assert callable(import_module(row.module).run)
    assert row.about


def test_a_record_turns_back_into_its_result(tmp_path):
    save(Quick().run(), tmp_path / "quick.json", collect_provenance())
    assert load(read_record(tmp_path / "quick.json")).to_markdown() == Quick().run().to_markdown()


def test_another_record_is_refused():
    record = Record(kind="benchmark", provenance=collect_provenance(), content={"a": 1})
    with pytest.raises(RecordError, match="a benchmark's record has other content"):
        load(record)
