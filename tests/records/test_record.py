# SPDX-License-Identifier: Apache-2.0
"""A record reads back as it was written, and what is no record is refused."""

import json

import numpy as np
import pytest

from tintype.errors import OutputError, RecordError
from tintype.records.provenance import collect_provenance
from tintype.records.record import Record, read_record, write_record


@pytest.fixture
def record():
    content = {"rows": [["grey", 10.84], ["ours", None]], "note": "caf\udce9"}
    return Record(kind="test", provenance=collect_provenance(), content=content)


def test_a_record_comes_back_as_it_was(tmp_path, record):
    write_record(record, tmp_path / "new" / "record.json")
    assert read_record(tmp_path / "new" / "record.json") == record
    assert read_record(tmp_path / "new" / "record.json", kind="test") == record


def test_numpys_numbers_are_numbers(tmp_path, record):
    content = {"mean": np.float32(0.5), "count": np.int64(3), "rows": np.arange(2)}
    write_record(Record(kind="test", provenance=record.provenance, content=content), tmp_path / "r")
    assert read_record(tmp_path / "r").content == {"mean": 0.5, "count": 3, "rows": [0, 1]}


@pytest.mark.parametrize("missing", [float("nan"), float("inf"), np.float32("nan")])
def test_what_json_has_no_word_for_is_refused(tmp_path, record, missing):
    bad = Record(kind="test", provenance=record.provenance, content={"mean": missing})
    with pytest.raises(RecordError, match="write None for what is missing"):
        write_record(bad, tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_what_is_no_value_is_refused(tmp_path, record):
    bad = Record(kind="test", provenance=record.provenance, content={"mean": object()})
    with pytest.raises(TypeError, match="a record holds JSON values; got object"):
        write_record(bad, tmp_path / "r")


def test_a_place_that_cannot_be_written_is_refused(tmp_path, record):
    with pytest.raises(OutputError, match="cannot write"):
        write_record(record, tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "is no JSON file: Expecting value"),
        ("[]", "no record of format 'tintype-record/1'; its format is None"),
        ('{"format": "tintype-record/2"}', "its format is 'tintype-record/2'"),
        ('{"format": "tintype-record/1"}', "is a damaged record: 'provenance' is missing"),
        ('{"format": "tintype-record/1", "provenance": 3}', "is a damaged record"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path, text, message):
    (tmp_path / "r").write_text(text)
    with pytest.raises(RecordError, match=message):
        read_record(tmp_path / "r")


def test_a_missing_record_is_named(tmp_path):
    with pytest.raises(RecordError, match="cannot read the record .*r: No such file"):
        read_record(tmp_path / "r")


def test_a_record_of_another_kind_is_refused(tmp_path, record):
    write_record(record, tmp_path / "r")
    with pytest.raises(RecordError, match="must be a record of kind 'film', is 'test'"):
        read_record(tmp_path / "r", kind="film")


def test_fields_that_a_later_version_adds_are_overlooked(tmp_path, record):
    write_record(record, tmp_path / "r")
    document = json.loads((tmp_path / "r").read_text())
    document["provenance"]["hardware"]["fans"] = 2
    document["provenance"]["weather"] = "fair"
    (tmp_path / "r").write_text(json.dumps(document))
    assert read_record(tmp_path / "r") == record
