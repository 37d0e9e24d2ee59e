import csv
import hashlib
import subprocess
import sys
import tarfile

import pytest

from tintype.errors import InputError, OptionError, OutputError
from tintype.learn.prepare import preparation
from tintype.learn.prepare.catalogue import find_collection
from tintype.learn.prepare.options import PrepareOptions
from tintype.learn.prepare.preparation import prepare

OPTIONS = PrepareOptions(short_side=32, per_shard=10, validation=0.2, test=0.2, seed=3)
FOLDER = find_collection("folder")


def files_of(folder):
    return {
        str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()
    }


def rows_of(file):
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_shards_index_and_skipped_agree(folder, tmp_path):
    summary = prepare(FOLDER, folder, tmp_path / "out", OPTIONS)
    assert sum(summary.kept.values()) == 30
    assert [skip.original for skip in summary.skipped] == ["a/broken.jpg"]
    assert rows_of(tmp_path / "out" / "skipped.csv")[0]["original"] == "a/broken.jpg"

    rows = rows_of(tmp_path / "out" / "index.csv")
    assert list(rows[0]) == [
        "split", "shard", "key", "source", "label", "width", "height", "bytes",
    ]  # fmt: skip
    in_shards = {}
    for shard in sorted((tmp_path / "out").rglob("*.tar")):
        with tarfile.open(shard) as tar:
            for entry in tar:
                in_shards[entry.name] = (shard.parent.name, shard.name, entry.size)
    assert in_shards == {
        f"{row['key']}.jpg": (row["split"], row["shard"], int(row["bytes"])) for row in rows
    }
    assert {tuple(row["key"].split("/")[:2]) for row in rows} == {
        ("folder", label) for label in "abc"
    }


def test_counts_follow_the_shares(folder, tmp_path):
    """31 candidates: 0.2 of them is 6; the broken one is lost from wherever it fell."""
    summary = prepare(FOLDER, folder, tmp_path / "out", OPTIONS)
    assert summary.kept["val"] in (5, 6)
    assert summary.kept["test"] in (5, 6)


def test_origins_name_every_photograph_and_its_checksum(folder, tmp_path):
    prepare(FOLDER, folder, tmp_path / "out", OPTIONS)
    origins = rows_of(tmp_path / "out" / "origins.csv")
    for row in origins:
        digest = hashlib.sha256((folder / row["original"]).read_bytes()).hexdigest()
        assert row["original_sha256"] == digest
    assert len(origins) == 30


def test_checksums_are_those_that_sha256sum_reads(folder, tmp_path):
    prepare(FOLDER, folder, tmp_path / "out", OPTIONS)
    lines = (tmp_path / "out" / "SHA256SUMS").read_text().splitlines()
    names = set()
    for line in lines:
        digest, name = line.split("  ")
        names.add(name)
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == digest
    assert {"index.csv", "origins.csv", "skipped.csv", "TERMS.md", "train/train-000.tar"} <= names


def test_equal_plans_write_equal_bytes(folder, tmp_path):
    for name, workers in (("one", 1), ("two", 3)):
        prepare(FOLDER, folder, tmp_path / name, OPTIONS, workers=workers)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_another_seed_splits_otherwise(folder, tmp_path):
    prepare(FOLDER, folder, tmp_path / "one", OPTIONS)
    prepare(FOLDER, folder, tmp_path / "two", PrepareOptions(seed=4, per_shard=10))
    assert files_of(tmp_path / "one")["index.csv"] != files_of(tmp_path / "two")["index.csv"]


def test_an_interrupted_run_goes_on_where_it_stopped(folder, tmp_path, monkeypatch):
    prepare(FOLDER, folder, tmp_path / "whole", OPTIONS)

    packed = []
    real = preparation.pack

    def failing(data, options, **more):
        if len(packed) == 14:  # inside the second shard
            raise KeyboardInterrupt
        packed.append(data)
        return real(data, options, **more)

    monkeypatch.setattr(preparation, "pack", failing)
    with pytest.raises(KeyboardInterrupt):
        prepare(FOLDER, folder, tmp_path / "resumed", OPTIONS, workers=1)
    before = (tmp_path / "resumed/train/train-000.tar").stat().st_mtime_ns

    packed.clear()
    packed.extend([b""] * -100)  # never reaches 14 again
    monkeypatch.setattr(preparation, "pack", real)
    seen = []
    prepare(FOLDER, folder, tmp_path / "resumed", OPTIONS, on_progress=seen.append)
    assert (tmp_path / "resumed/train/train-000.tar").stat().st_mtime_ns == before
    assert seen[0].done == 10
    assert seen[-1].done == seen[-1].total == 31
    assert files_of(tmp_path / "resumed") == files_of(tmp_path / "whole")


def test_a_damaged_shard_and_a_cut_journal_are_made_good(folder, tmp_path):
    out = tmp_path / "out"
    prepare(FOLDER, folder, out, OPTIONS)
    whole = files_of(out)
    (out / "val/val-000.tar").write_bytes(b"damaged")
    journal = out / "prepare.jsonl"
    journal.write_text(journal.read_text()[:-50])
    prepare(FOLDER, folder, out, OPTIONS)
    resumed = files_of(out)
    assert {k: v for k, v in resumed.items() if k != "prepare.jsonl"} == {
        k: v for k, v in whole.items() if k != "prepare.jsonl"
    }


def test_another_plan_may_not_continue(folder, tmp_path):
    prepare(FOLDER, folder, tmp_path / "out", OPTIONS)
    with pytest.raises(OutputError, match="other photographs or options"):
        prepare(FOLDER, folder, tmp_path / "out", PrepareOptions(seed=9))


def test_never_writes_into_a_folder_of_something_else(folder, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("three years")
    with pytest.raises(OutputError, match="is not empty"):
        prepare(FOLDER, folder, tmp_path / "full", OPTIONS)


def test_labels_choose(folder, tmp_path):
    summary = prepare(FOLDER, folder, tmp_path / "out", OPTIONS, labels=["b"])
    assert sum(summary.kept.values()) == 10
    with pytest.raises(OptionError, match="'z'; there are a, b, c"):
        prepare(FOLDER, folder, tmp_path / "other", OPTIONS, labels=["z"])


def test_nothing_found_says_what_was_expected(tmp_path, make):
    make.lay_out(tmp_path / "src", {"a/1.jpg": make.photograph(1)})
    with pytest.raises(InputError, match=r"McGill.*expected the folder that holds"):
        prepare(find_collection("mcgill"), tmp_path / "src", tmp_path / "out")


def test_refused_photographs_are_listed(tmp_path, make):
    make.lay_out(tmp_path / "src", {f"train/{5:016x}.jpg": make.photograph(1)})
    summary = prepare(find_collection("open-images"), tmp_path / "src", tmp_path / "out")
    assert sum(summary.kept.values()) == 0
    assert "licence are unknown" in summary.skipped[0].reason


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": -1}, "seed must be in"),
        ({"encoding": "gif"}, "encoding must be one of jpeg, png, avif"),
        ({"validation": 0.5, "test": 0.5}, "leave nothing to train on"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(OptionError, match=message):
        PrepareOptions(**options)


def test_needs_no_pytorch():
    code = (
        "import sys, tintype.learn.prepare.preparation, tintype.learn.prepare.catalogue;"
        "sys.exit(any(name.partition('.')[0] in ('torch', 'lightning') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
