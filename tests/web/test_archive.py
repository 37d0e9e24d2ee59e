# SPDX-License-Identifier: Apache-2.0
"""The archive as another program opens it."""

import io
import zipfile

from tintype.web.archive import stream_zip


def test_it_holds_what_was_put_in(tmp_path):
    files = {"Großmutter.jpg": b"one" * 200_000, "b.png": b""}
    for number, data in enumerate(files.values()):
        (tmp_path / str(number)).write_bytes(data)
    pieces = list(stream_zip([(name, tmp_path / str(n)) for n, name in enumerate(files)]))
    assert max(map(len, pieces)) < 300_000
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_the_same_files_give_the_same_archive(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"same")
    first = b"".join(stream_zip([("a", path)]))
    path.touch()
    assert b"".join(stream_zip([("a", path)])) == first


def test_it_can_be_larger_than_32_bits_tell(tmp_path):
    path = tmp_path / "a"
    with path.open("wb") as file:
        file.truncate((1 << 32) + 5)  # a hole, which takes no room
    size, tail = 0, b""
    for piece in stream_zip([("a", path)]):
        size, tail = size + len(piece), (tail + piece)[-4096:]
    assert size > 1 << 32
    assert b"PK\x06\x06" in tail  # the directory of ZIP64
