# SPDX-License-Identifier: Apache-2.0
"""WebDataset tar shards: one image file a sample, key ``source/label/number``.

Local shards are decoded into a cache (:mod:`tintype.learn.datasets`); streamed shards are read
in order, and a run that resumes starts again at the beginning of its last shard.

Source: the WebDataset format, where a sample's files share the part of the name before the first
dot of its last component.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import webdataset
from PIL import Image, UnidentifiedImageError
from webdataset.tariterators import group_by_keys, tar_file_expander

from tintype.errors import InputError, UnreadableImage

IMAGE_SUFFIXES = ("avif", "jpg", "jpeg", "png", "webp")


def list_shards(data: Path) -> list[Path]:
    """The tar shards at ``data``, a shard or a folder of them, in order of their names.

    Raises:
        InputError: there are none.
    """
    shards = [data] if data.is_file() else sorted(data.glob("*.tar"))
    if not shards:
        raise InputError(f"no tar shards at {data}; make some with `tintype data prepare`")
    return shards


def iterate_shard(shard: Path | str) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Key and ``(H, W, 3)`` uint8 encoded sRGB of every photograph of a shard, in order.

    Args:
        shard: a file, or a URL or pipe that WebDataset opens.

    Raises:
        UnreadableImage: a member is no picture; the message names it.
    """
    with webdataset.gopen(str(shard)) as stream:
        members = tar_file_expander([{"stream": stream, "url": str(shard)}])
        for sample in group_by_keys(members):
            key = sample["__key__"]
            suffix = next((suffix for suffix in IMAGE_SUFFIXES if suffix in sample), None)
            if suffix is None:
                raise UnreadableImage(f"{key} has no image file ({', '.join(IMAGE_SUFFIXES)})")
            yield key, decode_photograph(sample[suffix], key)


def decode_photograph(data: bytes, name: str) -> np.ndarray[Any, Any]:
    """Decode a training photograph to ``(H, W, 3)`` uint8.

    Raises:
        UnreadableImage: ``data`` is no picture; the message says which, by ``name``.
    """
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return np.asarray(picture.convert("RGB"))
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise UnreadableImage(f"{name} is not a readable picture: {error}") from error
