import zipfile

import numpy as np
import pytest

from tintype.errors import InputError, UnreadableImage
from tintype.learn.prepare.sources import open_source


def listing(source, **options):
    with open_source(source, **options) as members:
        return {str(member.path): member.read() for member in members}


def test_folder_zip_and_tar_list_alike(tmp_path, make):
    files = {"a/1.jpg": b"one", "b/2.jpg": b"two"}
    make.lay_out(tmp_path / "folder", files)
    (tmp_path / "archive.zip").write_bytes(make.zip_of(files))
    (tmp_path / "archive.tar").write_bytes(make.tar_of(files))
    for source in ("folder", "archive.zip", "archive.tar"):
        assert listing(tmp_path / source) == files


def test_archives_inside_read_as_folders(tmp_path, make):
    inner = make.tar_of({"x.jpg": b"x"})
    make.lay_out(tmp_path, {"outer.zip": make.zip_of({"deep.tar": inner, "y.jpg": b"y"})})
    assert listing(tmp_path) == {"outer/deep/x.jpg": b"x", "outer/y.jpg": b"y"}
    assert listing(tmp_path, descend=lambda path: path.name != "deep") == {"outer/y.jpg": b"y"}


def test_one_damaged_file_is_its_own_failure(tmp_path, make):
    damaged = bytearray(make.zip_of({"1.jpg": b"A" * 99, "2.jpg": b"fine"}))
    damaged[damaged.index(b"AAAA")] ^= 1  # the CRC no longer fits
    (tmp_path / "a.zip").write_bytes(damaged)
    with open_source(tmp_path / "a.zip") as members:
        with pytest.raises(UnreadableImage, match="damaged inside its archive"):
            members[0].read()
        assert members[1].read() == b"fine"


@pytest.mark.parametrize(
    ("flag", "method", "message"),
    [
        (0, zipfile.ZIP_DEFLATED, "damaged inside its archive"),
        (0, zipfile.ZIP_BZIP2, "damaged inside its archive"),
        (0, zipfile.ZIP_LZMA, "damaged inside its archive"),
        (1, zipfile.ZIP_STORED, "encrypted"),
    ],
)
def test_whatever_is_wrong_with_a_file_of_a_zip_is_its_own_failure(tmp_path, flag, method, message):
    content = np.random.default_rng(0).bytes(500)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as archive:
        archive.writestr("1.jpg", content)
        start = len(archive.filelist[0].FileHeader())
        archive.filelist[0].flag_bits |= flag
    data = bytearray((tmp_path / "a.zip").read_bytes())
    if not flag:
        data[start + 9 : start + 40] = b"\xff" * 31
    (tmp_path / "a.zip").write_bytes(data)
    with (
        open_source(tmp_path / "a.zip") as members,
        pytest.raises(UnreadableImage, match=message),
    ):
        members[0].read()


def test_a_file_that_is_gone_is_its_own_failure(tmp_path, make):
    make.lay_out(tmp_path, {"1.jpg": b"one", "2.jpg": b"two"})
    with open_source(tmp_path) as members:
        (tmp_path / "1.jpg").unlink()
        with pytest.raises(UnreadableImage, match="cannot be read: No such file"):
            members[0].read()
        assert members[1].read() == b"two"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing", None, "does not exist"),
        ("notes.txt", b"text", "neither a folder nor"),
        ("a.tar.gz", b"\x1f\x8b", "unpack it and give the folder"),
        ("a.zip", b"no zip", "is damaged"),
        ("a.tar", b"no tar" * 200, "is damaged"),
    ],
)
def test_says_what_is_wrong_with_a_source(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message), open_source(tmp_path / name):
        pass


def test_an_archive_cannot_name_a_file_outside_itself(tmp_path, make):
    (tmp_path / "evil.zip").write_bytes(make.zip_of({"../outside.jpg": b"x"}))
    with pytest.raises(InputError, match="outside itself"), open_source(tmp_path / "evil.zip"):
        pass
