# SPDX-License-Identifier: Apache-2.0
import itertools
import os
import tarfile

import numpy as np
import pytest
import torch

from tintype.errors import InputError
from tintype.learn import datasets
from tintype.learn.augment import Augment
from tintype.learn.datasets import (
    Numbers,
    StreamedCrops,
    TrainingCrops,
    ValidationCrops,
    cut_squares,
    open_cache,
)
from tintype.learn.shards import list_shards


@pytest.fixture
def cache(shards, tmp_path):
    return open_cache(shards, tmp_path / "cache", workers=1)


def test_the_cache_holds_the_pixels_of_the_shards(cache, pictures):
    assert cache.keys == tuple(pictures)
    for index, pixels in enumerate(pictures.values()):
        np.testing.assert_array_equal(cache[index], pixels)


def test_a_cache_is_built_once_and_anew_when_a_shard_changes(cache, shards, tmp_path):
    (folder,) = (tmp_path / "cache").iterdir()
    built = (folder / "index.json").stat().st_mtime_ns
    open_cache(shards, tmp_path / "cache")
    assert (folder / "index.json").stat().st_mtime_ns == built
    os.utime(shards / "a-000.tar", ns=(1, 1))
    open_cache(shards, tmp_path / "cache", workers=1)
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_build_that_was_stopped_is_no_cache(cache, pictures, shards, tmp_path):
    (folder,) = (tmp_path / "cache").iterdir()
    (folder / "index.json").unlink()
    (folder / "pixels.u8").write_bytes(b"half")
    again = open_cache(shards, tmp_path / "cache", workers=1)
    np.testing.assert_array_equal(again[8], list(pictures.values())[8])


def test_of_two_builds_at_once_the_first_to_be_done_stays(shards, tmp_path, monkeypatch):
    """While one process decodes, another one builds the same cache from beginning to end."""
    real = datasets._decode_all

    def slowly(chosen, draft, workers, on_progress):
        monkeypatch.setattr(datasets, "_decode_all", real)
        other = open_cache(shards, tmp_path / "c", workers=1)
        assert len(other) == 9
        real(chosen, draft, workers, on_progress)
        (draft / "index.json").write_text("{}")  # and what it wrote differs

    monkeypatch.setattr(datasets, "_decode_all", slowly)
    assert len(open_cache(shards, tmp_path / "c", workers=1)) == 9
    assert len(list((tmp_path / "c").iterdir())) == 1


def test_a_build_that_fails_leaves_nothing(shards, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(datasets, "_decode_all", fail)
    with pytest.raises(OSError, match="the disk is full"):
        open_cache(shards, tmp_path / "c", workers=1)
    assert list((tmp_path / "c").iterdir()) == []


def test_shards_of_nothing_are_refused(tmp_path):
    tarfile.open(tmp_path / "a-000.tar", "w").close()
    with pytest.raises(InputError, match="hold no photographs"):
        open_cache(tmp_path, tmp_path / "cache", workers=1)


def test_squares_are_the_middle_of_photographs_at_their_own_size(cache, pictures):
    squares = cut_squares(cache.subset([2, 5]))
    assert squares.keys == (cache.keys[2], cache.keys[5])
    for index, name in enumerate(squares.keys):
        height, width = pictures[name].shape[:2]
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        expected = pictures[name][top : top + side, left : left + side]
        np.testing.assert_array_equal(squares[index], expected)


def test_building_reports_progress(shards, tmp_path):
    seen = []
    open_cache(shards, tmp_path / "c", workers=1, on_progress=lambda *done: seen.append(done))
    assert seen == [(1, 2), (2, 2)]


def test_an_epoch_shows_every_photograph_once_in_an_order_of_its_own(cache):
    crops = TrainingCrops(cache, side=16, augment=Augment(area=(1.0, 1.0)), seed=3)
    epochs = [
        [tuple(crops[n][:3].float().mean((1, 2)).tolist()) for n in range(s, s + 9)] for s in (0, 9)
    ]
    # Whole photographs, so their mean colours tell them apart whatever their crop.
    nearest = [
        [
            int(np.argmin([abs(np.array(m) - cache[i].mean((0, 1))).sum() for i in range(9)]))
            for m in e
        ]
        for e in epochs
    ]
    assert sorted(nearest[0]) == sorted(nearest[1]) == list(range(9))
    assert nearest[0] != nearest[1]


def test_a_sample_depends_on_its_number_and_the_seed_alone(cache):
    one, two = (TrainingCrops(cache, side=16, augment=Augment(), seed=3) for _ in range(2))
    _ = one[4], one[70]
    torch.testing.assert_close(one[11], two[11], rtol=0, atol=0)
    other = TrainingCrops(cache, side=16, augment=Augment(), seed=4)
    assert any(not torch.equal(one[n], other[n]) for n in range(9))


def test_numbers_go_on_without_end():
    assert list(itertools.islice(Numbers(7), 3)) == [7, 8, 9]


def test_validation_takes_the_middle_square(cache, pictures):
    pixels = pictures["made/plain/00000000"]  # 40 x 64
    crops = ValidationCrops(cache, side=40)
    np.testing.assert_array_equal(crops[0].numpy(), pixels[:, 12:52].transpose(2, 0, 1))
    assert len(crops) == 9


def test_a_stream_goes_on_from_the_beginning_of_its_last_shard(shards):
    urls = [str(shard) for shard in list_shards(shards)]

    def stream(shard: int = 0) -> StreamedCrops:
        return StreamedCrops(urls, side=16, augment=Augment(), seed=5, shard=shard)

    whole = stream()
    first = list(itertools.islice(whole, 10))  # both shards, 5 and 4 photographs in some order
    counts = [whole.shard_after(taken) for taken in range(10)]
    begin = counts.index(1)
    assert counts == [0] * begin + [1] * (9 - begin) + [2]
    assert begin in (4, 5)
    for one, two in zip(first[begin:9], stream(1), strict=False):
        torch.testing.assert_close(one, two, rtol=0, atol=0)
