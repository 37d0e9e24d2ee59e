# SPDX-License-Identifier: Apache-2.0
import os

import pytest

from tintype.errors import InputError
from tintype.jobs.finding import find_photographs


@pytest.fixture
def archive(tmp_path, grey_png):
    """A folder with a bit of everything."""
    root = tmp_path / "archive"
    for name in ("b.jpg", "a.TIF", "x/c.png", "x/y/d.png", "out/e.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    (root / "scan").write_bytes(grey_png)  # a photograph by its first bytes only
    (root / "notes.txt").write_bytes(b"1943, at the lake")
    (root / "._b.jpg").write_bytes(b"")
    (root / ".cache").mkdir()
    (root / ".cache" / "f.png").write_bytes(b"")
    return root


def names(found, root):
    return [path.relative_to(root).as_posix() for path in found.photographs]


def test_photographs_are_found_in_the_folder_itself(archive):
    found = find_photographs(archive, leave_out=archive / "out")
    assert names(found, archive) == ["a.TIF", "b.jpg", "scan"]
    assert list(found.skipped) == [archive / "notes.txt"]
    assert "not a picture" in found.skipped[archive / "notes.txt"]


def test_and_in_those_inside_but_not_among_the_results(archive):
    found = find_photographs(archive, recursive=True, leave_out=archive / "out")
    assert names(found, archive) == ["a.TIF", "b.jpg", "scan", "x/c.png", "x/y/d.png"]


def test_the_results_are_left_out_by_whatever_name(archive, tmp_path):
    (tmp_path / "elsewhere").symlink_to(archive / "out")
    found = find_photographs(archive, recursive=True, leave_out=tmp_path / "elsewhere")
    assert "out/e.png" not in names(found, archive)


def test_links_to_files_are_followed_and_links_to_folders_are_not(archive):
    (archive / "round").symlink_to(archive)
    (archive / "z.png").symlink_to(archive / "x" / "c.png")
    (archive / "broken.png").symlink_to(archive / "nowhere")
    found = find_photographs(archive, recursive=True, leave_out=archive / "out")
    assert {"z.png", "broken.png"} <= set(names(found, archive))
    assert "a link to a folder" in found.skipped[archive / "round"]
    assert len(found.photographs) == 7


def test_a_link_to_itself_stands_in_nobodys_way(archive):
    (archive / "loop.jpg").symlink_to("loop.jpg")
    (archive / "loop").symlink_to("loop")
    found = find_photographs(archive, leave_out=archive / "out")
    assert names(found, archive) == ["a.TIF", "b.jpg", "loop.jpg", "scan"]
    assert archive / "loop" in found.skipped


@pytest.mark.timeout(20)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_not_waited_for(archive):
    os.mkfifo(archive / "pipe")
    assert archive / "pipe" in find_photographs(archive, leave_out=archive / "out").skipped


def test_a_folder_that_cannot_be_listed_is_a_failure_and_the_others_are_looked_into(
    archive, monkeypatch
):
    listing = os.scandir

    def scandir(path):
        if os.fspath(path).endswith("x"):
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = find_photographs(archive, recursive=True, leave_out=archive)
    assert "cannot be listed (Permission denied)" in str(found.failed[archive / "x"])
    assert "out/e.png" in names(found, archive)


@pytest.mark.parametrize("name", ["none", "too-long-a-name" * 20])
def test_no_folder_is_told(tmp_path, name):
    with pytest.raises(InputError, match=f"{name} is not a folder; check its name"):
        find_photographs(tmp_path / name, leave_out=tmp_path)
