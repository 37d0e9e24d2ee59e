# SPDX-License-Identifier: Apache-2.0
"""Local training photographs: tar shards decoded once, then read at random.

Decoding AVIF or JPEG costs more than anything else that a training step needs of the processor,
so the shards are decoded once into a cache on disk: one file of raw RGB bytes, one index. The
operating system keeps what fits of it in memory.

A training run is a sequence of numbered samples. Which photograph sample n is, and how it is
cropped, depend on the seed and on n alone: a run resumes exactly by starting at the right n.
"""

import hashlib
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset, IterableDataset, Sampler

from tintype.errors import InputError, UnreadableImage
from tintype.learn.augment import Augment, Crop, center_crop, cut_crop, draw_crop, draw_hints
from tintype.learn.shards import iterate_shard, list_shards

_FORMAT = 1  # of the cache; a change makes old caches be built anew


@dataclass(frozen=True)
class PhotographCache:
    """Decoded photographs on disk, opened as a memory map.

    Attributes:
        keys: of each photograph, ``source/label/number``.
        sizes: ``(N, 2)`` int, height and width.
        offsets: ``(N,)`` int, of the first byte.
    """

    pixels: np.ndarray
    keys: tuple[str, ...]
    sizes: np.ndarray
    offsets: np.ndarray

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> np.ndarray:
        """Photograph ``index`` as ``(H, W, 3)`` uint8, encoded sRGB."""
        height, width = self.sizes[index]
        start = self.offsets[index]
        return self.pixels[start : start + height * width * 3].reshape(height, width, 3)

    def subset(self, chosen: Sequence[int]) -> "PhotographCache":
        """The photographs at ``chosen`` indices, sharing the pixels."""
        index = np.asarray(chosen, dtype=int)
        keys = tuple(self.keys[i] for i in index)
        return PhotographCache(self.pixels, keys, self.sizes[index], self.offsets[index])


def open_cache(
    data: Path,
    cache: Path,
    *,
    workers: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> PhotographCache:
    """Open the decoded photographs of ``data``, decoding them first if that is not done yet.

    Args:
        data: a tar shard, or a folder of them.
        cache: folder for the decoded photographs; one sub-folder per set of shards.
        workers: decoding processes; default: one a core.
        on_progress: called with shards done and shards in all.

    Raises:
        InputError: there are no shards or nothing in them, or a member of one cannot be decoded.
    """
    shards = list_shards(data)
    folder = cache / _fingerprint(shards)
    if not (folder / "index.json").exists():
        _build(shards, folder, workers or os.cpu_count() or 1, on_progress)
    index = json.loads((folder / "index.json").read_text())
    if not index["keys"]:
        raise InputError(f"the shards in {data} hold no photographs; prepare more of them")
    sizes = np.array(index["sizes"], dtype=np.int64).reshape(-1, 2)
    lengths = sizes.prod(axis=1) * 3
    return PhotographCache(
        pixels=np.memmap(folder / "pixels.u8", dtype=np.uint8, mode="r"),
        keys=tuple(index["keys"]),
        sizes=sizes,
        offsets=np.concatenate(([0], np.cumsum(lengths)[:-1])),
    )


def cut_squares(photographs: PhotographCache) -> PhotographCache:
    """The largest middle squares of photographs, copied into memory at their own sizes."""
    squares = []
    for index in range(len(photographs)):
        pixels = photographs[index]
        crop = center_crop(*pixels.shape[:2])
        squares.append(pixels[crop.top :, crop.left :][: crop.height, : crop.width].ravel())
    sides = photographs.sizes.min(axis=1)
    return PhotographCache(
        pixels=np.concatenate(squares),
        keys=photographs.keys,
        sizes=np.stack((sides, sides), axis=1),
        offsets=np.concatenate(([0], np.cumsum(sides * sides * 3)[:-1])),
    )


class TrainingCrops(Dataset[Tensor]):
    """Sample number n, whatever n: a photograph of that epoch's order, cropped by its own draw."""

    def __init__(
        self, photographs: PhotographCache, *, side: int, augment: Augment, seed: int
    ) -> None:
        self.photographs = photographs
        self.side = side
        self.augment = augment
        self.seed = seed

    def __getitem__(self, number: int) -> Tensor:
        """``(4, side, side)`` uint8: encoded sRGB, and 1 where the colour is shown as a hint."""
        index, crop, hints = self.draw(number)
        pixels = cut_crop(self.photographs[index], crop, self.side)
        return torch.from_numpy(np.concatenate((pixels, hints[None])))

    def draw(self, number: int) -> tuple[int, Crop, NDArray[np.uint8]]:
        """Which photograph sample ``number`` is, its crop, and ``(side, side)`` where hints are."""
        index = photograph_at(number, count=len(self.photographs), seed=self.seed)
        height, width = self.photographs.sizes[index].tolist()
        rng = np.random.default_rng((self.seed, number))
        crop = draw_crop(self.augment, height, width, rng)
        return index, crop, draw_hints(self.augment, self.side, rng)


class StreamedCrops(IterableDataset[Tensor]):
    """Crops in the order in which shards arrive, for data that is too large to be decoded first.

    Shards come in a new order each epoch, and the photographs of a shard in a new order too. A
    run that resumes starts again at the beginning of the shard that it was reading.

    Args:
        urls: files, or whatever else WebDataset opens.
        side: pixels of a crop.
        augment: how crops are drawn.
        seed: of all draws.
        shard: number of the shard to begin with, counted over all epochs.
    """

    def __init__(
        self, urls: Sequence[str], *, side: int, augment: Augment, seed: int, shard: int = 0
    ) -> None:
        self.urls = urls
        self.side = side
        self.augment = augment
        self.seed = seed
        self.shard = shard
        self._read: list[int] = []  # photographs in each shard read to its end

    def __iter__(self) -> Iterator[Tensor]:
        """Samples like those of :class:`TrainingCrops`, without end."""
        for shard in itertools.count(self.shard):
            epoch, position = divmod(shard, len(self.urls))
            url = self.urls[_epoch_order(self.seed, epoch, len(self.urls))[position]]
            rng = np.random.default_rng((self.seed, shard))
            photographs = [pixels for _, pixels in iterate_shard(url)]
            for index in rng.permutation(len(photographs)):
                pixels = photographs[index]
                crop = draw_crop(self.augment, pixels.shape[0], pixels.shape[1], rng)
                hints = draw_hints(self.augment, self.side, rng)
                cut = cut_crop(pixels, crop, self.side)
                yield torch.from_numpy(np.concatenate((cut, hints[None])))
            self._read.append(len(photographs))

    def shard_after(self, taken: int) -> int:
        """The shard that sample ``taken`` comes from; more may have been read ahead of it."""
        ends = itertools.accumulate(self._read)
        return self.shard + sum(end <= taken for end in ends)


class ValidationCrops(Dataset[Tensor]):
    """The largest middle square of every photograph, scaled to one side."""

    def __init__(self, photographs: PhotographCache, *, side: int) -> None:
        self.photographs = photographs
        self.side = side

    def __len__(self) -> int:
        return len(self.photographs)

    def __getitem__(self, index: int) -> Tensor:
        """``(3, side, side)`` uint8, encoded sRGB."""
        pixels = self.photographs[index]
        return torch.from_numpy(cut_crop(pixels, center_crop(*pixels.shape[:2]), self.side))


class Numbers(Sampler[int]):
    """The sample numbers from ``start`` on, without end: the trainer decides when it is enough."""

    def __init__(self, start: int) -> None:
        self.start = start

    def __iter__(self) -> Iterator[int]:
        number = self.start
        while True:
            yield number
            number += 1


def photograph_at(number: int, *, count: int, seed: int) -> int:
    """Which of ``count`` decoded photographs sample ``number`` of a run is cut from."""
    epoch, position = divmod(number, count)
    return int(_epoch_order(seed, epoch, count)[position])


@lru_cache(maxsize=2)
def _epoch_order(seed: int, epoch: int, count: int) -> np.ndarray:
    """A permutation of ``count`` photographs for one epoch."""
    return np.random.default_rng((seed, epoch)).permutation(count)


def _fingerprint(shards: Sequence[Path]) -> str:
    """Names the shards' content cheaply: names, sizes and times of change."""
    stats = [
        (str(shard.resolve()), shard.stat().st_size, shard.stat().st_mtime_ns) for shard in shards
    ]
    return hashlib.sha256(json.dumps([_FORMAT, stats]).encode()).hexdigest()[:16]


def _build(
    shards: Sequence[Path],
    folder: Path,
    workers: int,
    on_progress: Callable[[int, int], None] | None,
) -> None:
    """Decode ``shards`` into ``folder``, which appears whole or not at all.

    Processes that build the same cache at once each write a draft of their own; the first one to
    be done gives the cache its name, the others' drafts go.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", suffix=".part", dir=folder.parent))
    try:
        _decode_all(shards, draft, workers, on_progress)
        _name_first(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _name_first(draft: Path, folder: Path) -> None:
    """Give a draft its name, unless another process was faster; what is no cache makes room."""
    if folder.exists() and not (folder / "index.json").exists():
        shutil.rmtree(folder)
    try:
        draft.rename(folder)
    except OSError:
        if not (folder / "index.json").exists():
            raise


def _decode_all(
    shards: Sequence[Path],
    folder: Path,
    workers: int,
    on_progress: Callable[[int, int], None] | None,
) -> None:
    """Write the pixels and the index of ``shards``."""
    keys: list[str] = []
    sizes: list[tuple[int, int]] = []
    with (
        ProcessPoolExecutor(min(workers, len(shards))) as pool,
        open(folder / "pixels.u8", "wb") as pixels,
    ):
        for done, part in enumerate(pool.map(_decode_shard, shards), start=1):
            for key, photograph in part:
                keys.append(key)
                sizes.append((photograph.shape[0], photograph.shape[1]))
                pixels.write(photograph.tobytes())
            if on_progress:
                on_progress(done, len(shards))
    (folder / "index.json").write_text(json.dumps({"keys": keys, "sizes": sizes}))


def _decode_shard(shard: Path) -> list[tuple[str, np.ndarray[Any, Any]]]:
    """Every photograph of a shard: key and ``(H, W, 3)`` uint8."""
    try:
        return list(iterate_shard(shard))
    except UnreadableImage as error:
        raise InputError(f"{shard}: {error}; prepare the shard again without it") from error
