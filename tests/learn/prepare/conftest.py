"""Small photographs, and miniatures of archives as their publishers lay them out."""

import io
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image


def photograph(seed: int, *, size: tuple[int, int] = (48, 36), encoding: str = "JPEG", **save):
    """A colourful picture file: (width, height) of smooth random colour."""
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    picture = Image.fromarray(coarse).resize(size, Image.Resampling.BILINEAR)
    buffer = io.BytesIO()
    picture.save(buffer, encoding, **save)
    return buffer.getvalue()


def grey_photograph(size: tuple[int, int] = (48, 36)) -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


def lay_out(folder, files: dict[str, bytes]):
    """Write files below a folder, making the folders between."""
    for name, data in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


def zip_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tar_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


@pytest.fixture
def make():
    """The builders above, for test modules (which cannot import a conftest by name)."""

    class Builders:
        photograph = staticmethod(photograph)
        grey_photograph = staticmethod(grey_photograph)
        lay_out = staticmethod(lay_out)
        zip_of = staticmethod(zip_of)
        tar_of = staticmethod(tar_of)

    return Builders


@pytest.fixture
def folder(tmp_path, make):
    """Thirty photographs in three labels, the thirty-first cut short."""
    files = {f"{label}/{n}.jpg": make.photograph(n) for label in "abc" for n in range(10)}
    files["a/broken.jpg"] = make.photograph(99)[:200]
    return make.lay_out(tmp_path / "photographs", files)
