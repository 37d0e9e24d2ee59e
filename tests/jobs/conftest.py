# SPDX-License-Identifier: Apache-2.0
"""A small archive, the way through it with a stand-in network, and what must hold after any run."""

from pathlib import Path

import pytest

from tintype.imaging.files import read
from tintype.jobs.folder import FolderResult, colorize_folder
from tintype.spec.options import EngineOptions, FolderOptions


class Archive:
    """A folder of photographs and the folder of their results.

    Attributes:
        photographs: what is in the folder, by name; nothing of it may ever change.
    """

    def __init__(self, root: Path, model: str) -> None:
        self.folder, self.out = root / "in", root / "out"
        self.photographs: dict[str, bytes] = {}
        self._engine = EngineOptions(model=model, device="cpu")

    def add(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.photographs[name] = data
        return path

    def run(self, *arguments, recursive=True, resume=False, **others) -> FolderResult:
        """Colour the folder; what :class:`FolderOptions` has may be named, and the rest too."""
        own = {name: others.pop(name) for name in FolderOptions.__slots__ if name in others}
        run = FolderOptions(recursive=recursive, resume=resume, **own)
        return colorize_folder(
            self.folder, self.out, *arguments, run=run, engine=self._engine, **others
        )

    def results(self) -> list[str]:
        """Names of the results, hidden files and pages left out."""
        found = (path for path in self.out.rglob("*") if path.is_file())
        return sorted(
            path.relative_to(self.out).as_posix()
            for path in found
            if not path.name.startswith(".") and path.suffix != ".html"
        )

    def check(self) -> None:
        """Nothing half-written, nothing grey for coloured, no photograph touched."""
        for name, data in self.photographs.items():
            assert (self.folder / name).read_bytes() == data, name
        for name in self.results():
            assert not read(self.out / name).is_grey, name
        assert not list(self.out.rglob("*.tintype-part"))


@pytest.fixture
def empty_archive(tmp_path, stand_in) -> Archive:
    return Archive(tmp_path, stand_in.file)


@pytest.fixture
def archive(empty_archive, grey_jpeg, grey_png) -> Archive:
    """Three good photographs, one that ends early, one file that is none."""
    for name, data in {
        "a.jpg": grey_jpeg,
        "b.png": grey_png,
        "bad.jpg": grey_jpeg[: len(grey_jpeg) // 2],
        "notes.txt": b"1943, at the lake",
        "x/y/a.jpg": grey_jpeg,
    }.items():
        empty_archive.add(name, data)
    return empty_archive
