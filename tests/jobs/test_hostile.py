# SPDX-License-Identifier: Apache-2.0
"""A folder of five hundred files that were damaged, or made to do harm.

Whatever they are: each ends in exactly one way, what is done is in colour and whole, what failed
has left nothing, and none of them is touched.
"""

import io
import os
import random
import socket
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.damage import BOMBS, MUTATIONS
from tintype.imaging.files import encode, read
from tintype.imaging.formats import FORMATS
from tintype.imaging.photograph import Photograph
from tintype.jobs.work import Status
from tintype.spec.options import FileOptions

COUNT = 500
FILES = FileOptions(max_pixels=1_000_000)
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "'
    + b"&a;" * 2000
    + b'">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&b;&b;&b;</x:xmpmeta>'
)
NAMES = (
    "a\nb.jpg",
    "a\r.png",
    "\x1b[31m.jpg",
    "-rf.jpg",
    "%s.jpg",
    "$(ls).png",
    "ü 雪.jpg",
    " .jpg",
)


@pytest.fixture
def fill(empty_archive, grey_pixels, rng):
    """Put five hundred files into the archive, the same ones every time; the seed can be another's.

    Every fifth is whole, in a strange place or by a strange name; the others are damaged.
    """

    def fill(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311
        intact = make_intact(grey_pixels)
        put_oddities(empty_archive, intact)
        for number in range(COUNT - len(empty_archive.photographs)):
            name, data = chance.choice(intact)
            damaged = bytearray(data)
            if number % 10:
                chance.choice(MUTATIONS)(damaged, chance)
            if number % 7 == 0:  # a wrong suffix, or none
                name = chance.choice((*FORMATS, None)) and f"x{chance.choice(FORMATS).suffixes[0]}"
            folder = chance.choice(("", "x/", "x/y/"))
            empty_archive.add(f"{folder}{number}-{name}", bytes(damaged))

    return fill


def make_intact(grey: np.ndarray) -> list[tuple[str, bytes]]:
    """Files of every format and depth, with metadata where there is room."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "at the lake"
    files = []
    for row in FORMATS:
        for dtype in row.depths:
            light = grey[:40, :50].astype(np.float32) / 255
            pixels = light if dtype == "float32" else light * np.iinfo(dtype).max
            photograph = Photograph(
                pixels=pixels.astype(dtype), exif=exif.tobytes(), dpi=(300.0, 300.0)
            )
            files.append((f"a{row.suffixes[0]}", encode(photograph, format=row.name)))
    return files


def put_oddities(archive, intact: list[tuple[str, bytes]]) -> None:
    """What no damage makes: bombs, odd shapes, hostile metadata, odd names."""
    whole = dict(intact)
    for kind, data in BOMBS.items():
        archive.add(f"bomb.{kind}", data)
    archive.add("empty.jpg", b"")
    archive.add("zeros.tif", bytes(4096))
    archive.add("text.png", b"this is no picture")
    for name, shape in (("wide.png", (1, 30_000)), ("tall.tif", (30_000, 1)), ("one.bmp", (1, 1))):
        pixels = np.resize(np.arange(40, 220, dtype=np.uint8), shape)
        format = next(row.name for row in FORMATS if name.endswith(row.suffixes))
        archive.add(name, encode(Photograph(pixels=pixels), format=format))
    noise = random.Random(1).randbytes(3000)  # noqa: S311
    for number, metadata in enumerate(
        (
            {"exif": b"Exif\0\0II*\0\xff\xff\xff\x7f" + noise[:200]},
            {"exif": b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\0\1\0\2\xff\xff\xff\xff" * 400},
            {"xmp": LAUGHS},
            {"xmp": noise},
            {"icc_profile": noise},
            {"icc_profile": b"\0\0\x0b\xb8" + noise[:3000]},
            {"comment": noise},
            {"dpi": (1, 65535)},
        )
    ):
        with Image.open(io.BytesIO(whole["a.jpg"])) as opened:
            buffer = io.BytesIO()
            opened.save(buffer, "JPEG", **metadata)
        archive.add(f"metadata-{number}.jpg", buffer.getvalue())
    for name in NAMES:
        archive.add(name, whole[f"a{Path(name).suffix}"])
    archive.add("long" * 62 + ".pgm", whole["a.ppm"])
    archive.add("name" * 63 + "xyz", whole["a.png"])  # with a suffix it would be too long


def put_links(folder: Path, elsewhere: Path) -> list[str]:
    """Links, and what is no file at all, where the system has them."""
    elsewhere.mkdir()
    for name, target in {
        "link.jpg": "empty.jpg",
        "link.tif": "wide.png",
        "dangling.jpg": "nowhere",
        "loop.png": "loop.png",
        "up": "..",
        "out.jpg": str(elsewhere),
        "zero.jpg": "/dev/zero",
    }.items():
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe.jpg")
    listening = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(folder)  # a socket's path must be short
    listening.bind("socket.jpg")
    os.chdir(here)
    listening.close()
    (folder / "unreadable.png").write_bytes((folder / "wide.png").read_bytes())
    (folder / "unreadable.png").chmod(0)
    return [*os.listdir(folder)]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="names and links are POSIX's")
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # of damaged EXIF in AVIF
@pytest.mark.parametrize("seed", [3])  # whose damage found the most
def test_five_hundred_hostile_files_do_no_harm(empty_archive, fill, tmp_path, seed):
    archive = empty_archive
    fill(seed)
    assert len(archive.photographs) == COUNT
    put_links(archive.folder, tmp_path / "elsewhere")
    result = archive.run(files=FILES)
    assert result.complete
    sources = Counter(outcome.task.source for outcome in result.outcomes)
    files = [path for path in archive.folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    assert sources == Counter(files)  # each ends exactly once
    assert {outcome.status for outcome in result.outcomes} == {*Status}

    done = result.of(Status.DONE)
    assert COUNT // 5 < len(done) < COUNT * 4 // 5  # the damage does bite, and not always
    assert archive.results() == sorted(
        outcome.task.target.relative_to(archive.out).as_posix() for outcome in done
    )
    for outcome in done:
        check_colored(read(outcome.task.source), read(outcome.task.target))
    for outcome in result.of(Status.FAILED):
        assert str(outcome.error)
        assert "\n" not in str(outcome.error).replace(str(outcome.task.target), "")
    for name, data in archive.photographs.items():
        assert (archive.folder / name).read_bytes() == data, name
    assert not list(archive.out.rglob("*.tintype-part"))
    assert not os.listdir(tmp_path / "elsewhere")


def check_colored(before: Photograph, after: Photograph) -> None:
    """A result shows the photograph, in colour wherever its lightness leaves room for any."""
    assert after.size == before.size
    light = before.pixels if before.is_grey else before.pixels.mean(axis=0)
    middling = np.mean((light > 0.1 * before.white) & (light < 0.9 * before.white))
    assert not after.is_grey or middling < 0.02
