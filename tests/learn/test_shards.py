# SPDX-License-Identifier: Apache-2.0
import io
import tarfile

import numpy as np
import pytest

from tintype.errors import InputError, UnreadableImage
from tintype.learn.shards import decode_photograph, iterate_shard, list_shards


def test_every_photograph_comes_with_its_key(shards, pictures):
    found = {key: pixels for shard in list_shards(shards) for key, pixels in iterate_shard(shard)}
    assert found.keys() == pictures.keys()
    for key, pixels in pictures.items():
        np.testing.assert_array_equal(found[key], pixels)


def test_one_shard_is_a_list_too(shards):
    assert list_shards(shards / "a-001.tar") == [shards / "a-001.tar"]


def test_no_shards_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="tintype data prepare"):
        list_shards(tmp_path)


def test_a_member_that_is_no_picture_is_named(tmp_path):
    with pytest.raises(UnreadableImage, match="a/b/1 is not a readable picture"):
        decode_photograph(b"no picture", "a/b/1")


def test_a_sample_without_an_image_is_named(tmp_path):
    with tarfile.open(tmp_path / "s.tar", "w") as shard:
        member = tarfile.TarInfo("a/b/7.txt")
        member.size = 2
        shard.addfile(member, io.BytesIO(b"hi"))
    with pytest.raises(UnreadableImage, match="a/b/7 has no image file"):
        list(iterate_shard(tmp_path / "s.tar"))
