# SPDX-License-Identifier: Apache-2.0
"""A text file is written whole or not at all."""

import os

import pytest

from tintype.errors import OutputError
from tintype.imaging import atomic
from tintype.records.files import write_text


def test_text_is_written_as_it_is_into_a_folder_made_for_it(tmp_path):
    path = tmp_path / "new" / "folder" / "page.html"
    write_text("größer\r\n", path)
    assert path.read_bytes() == "größer\r\n".encode()
    assert os.listdir(path.parent) == ["page.html"]


def test_names_that_are_no_text_do_no_harm(tmp_path):
    write_text("caf\udce9.jpg", tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text() == "caf?.jpg"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, failing, error):
    def fail(*_):
        raise error

    path = tmp_path / "page.html"
    path.write_text("old")
    monkeypatch.setattr(atomic.os, failing, fail)
    expected = OutputError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write_text("new", path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["page.html"]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot make the folder .*file: (File|Not a)"):
        write_text("", tmp_path / "file" / "page.html")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=r"cannot write .*folder: Is a directory"):
        write_text("", tmp_path / "folder")
