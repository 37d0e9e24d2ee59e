# SPDX-License-Identifier: Apache-2.0
"""Shards small enough to train on in seconds."""

import io
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def write_shard() -> Callable[[Path, Iterable[np.ndarray]], Path]:
    """``write_shard(folder, pictures)``: a folder with one tar shard of PNG files."""

    def write(folder: Path, pictures: Iterable[np.ndarray]) -> Path:
        folder.mkdir(parents=True)
        with tarfile.open(folder / "a-000.tar", "w") as shard:
            for number, pixels in enumerate(pictures):
                picture = io.BytesIO()
                Image.fromarray(pixels).save(picture, "PNG")
                member = tarfile.TarInfo(f"made/plain/{number:08}.png")
                member.size = picture.tell()
                picture.seek(0)
                shard.addfile(member, picture)
        return folder

    return write
