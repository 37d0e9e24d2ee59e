# SPDX-License-Identifier: Apache-2.0
"""Provenance says what can be checked, and nothing of where things are on the machine."""

import hashlib
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tintype import __version__
from tintype.records import provenance as module
from tintype.records.provenance import (
    collect_provenance,
    describe_hardware,
    hash_file,
    hash_files,
)


def test_it_says_when_by_what_and_with_what():
    found = collect_provenance(data={"val": "abc"}, command=["tintype", "evaluate", "it's"])
    assert found.command == "tintype evaluate 'it'\"'\"'s'"
    age = datetime.now(UTC) - datetime.fromisoformat(found.date)
    assert timedelta(seconds=-1) < age < timedelta(minutes=1)
    assert found.version == __version__
    assert found.packages["numpy"] == np.__version__
    assert "pytest" not in found.packages  # what tests the code does not make its figures
    assert found.data == {"val": "abc"}


def test_the_machine_is_described():
    found = describe_hardware(accelerators=["Tensor Engine"])
    assert found.processor
    assert 1 <= found.cores <= os.cpu_count()
    assert found.memory is None or found.memory > 2**28
    assert found.accelerators == ("Tensor Engine",)


def test_the_drivers_devices_are_listed(tmp_path, monkeypatch):
    for number, name in enumerate(["NVIDIA H200", "NVIDIA L4"]):
        folder = tmp_path / f"0000:0{number}:00.0"
        folder.mkdir()
        (folder / "information").write_text(f"Model: \t\t {name}\nIRQ:   \t\t 7\n")
    monkeypatch.setattr(module, "_NVIDIA", tmp_path)
    assert describe_hardware().accelerators == ("NVIDIA H200", "NVIDIA L4")


@pytest.mark.parametrize(
    ("words", "short"),
    [
        (["{env}/bin/python3", "{env}/bin/tintype", "models"], "tintype models"),
        (["{here}/.venv/bin/python3", ".venv/bin/tintype", "models"], "tintype models"),
        (["{env}/bin/python3", "-m", "benchmarks"], "python3 -m benchmarks"),
        (["{env}/bin/python3", "{here}/scripts/demo.py"], "python3 scripts/demo.py"),
        (["tintype", "--data", "{away}/photographs"], "tintype --data photographs"),
        (["tintype", "--data={away}/my photographs"], "tintype '--data=my photographs'"),
        (["tintype", "../photographs", "a=b"], "tintype ../photographs a=b"),
        (["tintype", "other={away}/results"], "tintype other=results"),
        (["tintype", "other={away}/a=b/results"], "tintype other=results"),
        (["tintype", "{away}/a=b/results"], "tintype results"),
        (["tintype", "--with=other={here}/results"], "tintype --with=other=results"),
        (["tintype", "{here}"], "tintype ."),
    ],
)
def test_commands_name_no_place_of_the_machine(words, short, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    places = {name: tmp_path / name for name in ("env", "here", "away")}
    found = collect_provenance(command=[word.format(**places) for word in words])
    assert found.command == short


def git(folder, *words):
    program = shutil.which("git")
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    nobodys = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}  # no keys, hooks
    done = subprocess.run(
        [program, *identity, "-C", folder, *words],
        env={**os.environ, **nobodys},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository whose ``src/provenance.py`` stands for the module under test."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "provenance.py").write_text("")
    git(tmp_path, "init", "--quiet")
    monkeypatch.setattr(module, "__file__", str(tmp_path / "src" / "provenance.py"))
    return tmp_path


def test_a_commit_is_clean_until_its_code_changes(repository):
    git(repository, "add", "src")
    git(repository, "commit", "--quiet", "--message", "A")
    (repository / "notes.md").write_text("not code")
    found = collect_provenance()
    assert (found.commit, found.dirty) == (git(repository, "rev-parse", "HEAD"), False)
    (repository / "src" / "new.py").write_text("")
    assert collect_provenance().dirty is True


def test_a_wheel_inside_somebody_elses_repository_has_no_commit(repository):
    assert collect_provenance().commit is None  # its file is not tracked there
    assert collect_provenance().dirty is None


def test_without_git_there_is_no_commit(monkeypatch):
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    assert collect_provenance().commit is None


def test_a_file_is_known_by_its_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    # FIPS 180-4's own example
    assert hash_file(tmp_path / "a") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_files_are_known_by_their_names_and_bytes_in_any_order(tmp_path):
    (tmp_path / "b").mkdir()
    paths = [tmp_path / "a", tmp_path / "b" / "c"]
    for path in paths:
        path.write_bytes(path.name.encode())
    lines = "".join(f"{hash_file(p)}  {p.relative_to(tmp_path).as_posix()}\n" for p in paths)
    expected = hashlib.sha256("".join(sorted(lines.splitlines(keepends=True))).encode())
    assert hash_files(paths, root=tmp_path) == expected.hexdigest()
    assert hash_files(reversed(paths), root=tmp_path) == expected.hexdigest()
    renamed = paths[0].rename(tmp_path / "d")
    assert hash_files([renamed, paths[1]], root=tmp_path) != expected.hexdigest()


def test_files_elsewhere_are_refused(tmp_path):
    with pytest.raises(ValueError, match="is not in the subpath"):
        hash_files([Path(__file__)], root=tmp_path)
