# SPDX-License-Identifier: Apache-2.0
import hashlib
import tarfile

import numpy as np
import pytest
from PIL import Image

from tintype.errors import InputError, OptionError, UnreadableImage
from tintype.evaluate.photographs import (
    Subject,
    choose_subjects,
    hash_data,
    list_subjects,
    to_rgb,
)
from tintype.imaging.photograph import Photograph


def keys(subjects):
    return [subject.key for subject in subjects]


def test_a_folder_and_a_shard_of_it_list_the_same(folder, shard):
    of_folder, of_shard = list_subjects([folder]), list_subjects([shard])
    assert {(s.key, s.source, s.label) for s in of_folder} == {
        (s.key, s.source, s.label) for s in of_shard
    }
    assert ("space/flag/03", "space", "flag") in {(s.key, s.source, s.label) for s in of_shard}
    there = {s.key: s for s in of_shard}
    for subject in of_folder:
        np.testing.assert_array_equal(subject.read().pixels, there[subject.key].read().pixels)


def test_a_folder_of_shards_is_read_as_those(shard):
    assert keys(list_subjects([shard.parent])) == keys(list_subjects([shard]))


def test_a_photograph_without_folders_belongs_to_its_folder(folder):
    (first, *_) = list_subjects([folder / "kitchen" / "cup"])
    assert (first.key, first.source, first.label) == ("04", "cup", "")
    (first, *_) = list_subjects([folder / "kitchen"])
    assert (first.key, first.source, first.label) == ("cat/06", "kitchen", "cat")


def test_files_that_are_no_pictures_are_passed_over(tmp_path, folder):
    (tmp_path / "README.md").write_text("about")
    (tmp_path / ".hidden.png").write_bytes(b"")
    Image.open(folder / "space/flag/03.png").save(tmp_path / "a.JPG")
    assert keys(list_subjects([tmp_path])) == ["a"]


def test_two_photographs_of_one_key_are_refused(tmp_path, folder):
    for suffix in ("png", "jpg"):
        Image.open(folder / "space/flag/03.png").save(tmp_path / f"a.{suffix}")
    with pytest.raises(InputError, match="two photographs have the key a: in .*a.jpg and .*a.png"):
        list_subjects([tmp_path])


def test_nothing_to_evaluate_on_is_refused(tmp_path):
    with pytest.raises(InputError, match="no photographs in"):
        list_subjects([tmp_path])
    with pytest.raises(InputError, match="neither a folder nor a tar shard"):
        list_subjects([tmp_path / "gone"])
    (tmp_path / "bad.tar").write_bytes(b"no archive")
    with pytest.raises(InputError, match="bad.tar is no readable tar shard"):
        list_subjects([tmp_path / "bad.tar"])


def test_an_unreadable_photograph_is_named(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    with pytest.raises(UnreadableImage, match="^bad in .*bad.png: "):
        list_subjects([tmp_path])[0].read()
    gone = Subject(key="k", source="", label="", file=tmp_path / "gone.png")
    with pytest.raises(InputError, match="cannot read .*gone.png: No such file"):
        gone.read()


def test_a_choice_by_seed_is_repeatable_and_keeps_the_order(subjects):
    first = choose_subjects(subjects, limit=3, seed=1)
    assert first == choose_subjects(subjects, limit=3, seed=1)
    assert keys(first) == sorted(keys(first))
    assert any(first != choose_subjects(subjects, limit=3, seed=seed) for seed in range(2, 9))
    assert choose_subjects(subjects, limit=99) == subjects


def test_sources_and_labels_choose(subjects):
    assert len(choose_subjects(subjects, sources=["kitchen"])) == 3
    assert keys(choose_subjects(subjects, labels=["cat", "flag"])) == [
        "kitchen/cat/06",
        "space/flag/03",
    ]


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"sources": ["garden"]}, "no photograph has the source 'garden'; there are: kitchen, spa"),
        ({"labels": ["dog"]}, "no photograph has the label 'dog'; there are: cat, cup"),
        ({"sources": ["space"], "labels": ["cup"]}, "both a source among space and a label"),
    ],
)
def test_a_choice_of_nothing_is_refused(subjects, choice, message):
    with pytest.raises(OptionError, match=message):
        choose_subjects(subjects, **choice)


def test_data_is_hashed_by_name(folder, shard):
    expected = hashlib.sha256(shard.read_bytes()).hexdigest()
    assert hash_data([shard.parent]) == {"six-000.tar": expected}
    assert list(hash_data([folder])) == [folder.name]


def test_data_of_one_name_are_told_apart_by_their_folders(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name / "val").mkdir(parents=True)
        with tarfile.open(tmp_path / name / "val" / "val-000.tar", "w") as tar:
            tar.addfile(tarfile.TarInfo(f"{name}.png"))
    first, second = (tmp_path / name / "val" for name in ("a", "b"))
    hashes = hash_data([first, second, first])
    assert list(hashes) == ["val-000.tar", "val/val-000.tar"]
    assert len(set(hashes.values())) == 2


def test_a_shard_may_hold_other_files(tmp_path, shard, folder):
    (tmp_path / "note.txt").write_text("about")
    with tarfile.open(tmp_path / "more.tar", "w") as tar:
        tar.add(tmp_path / "note.txt", "space/flag/03.txt")
        tar.add(folder / "space/flag/03.png", "space/flag/03.png")
    assert keys(list_subjects([tmp_path / "more.tar"])) == ["space/flag/03"]


@pytest.mark.parametrize(("dtype", "white"), [("uint8", 255), ("uint16", 65535), ("float32", 1)])
def test_every_depth_becomes_channels_first_in_0_to_1(dtype, white):
    pixels = np.array([[[white, 0, 0], [0, 0, white]]], dtype)
    rgb = to_rgb(Photograph(pixels=pixels))
    assert rgb.dtype == np.float32
    assert rgb.tolist() == [[[1, 0]], [[0, 0]], [[0, 1]]]


def test_a_grey_photograph_has_three_equal_channels():
    rgb = to_rgb(Photograph(pixels=np.array([[0, 51]], np.uint8)))
    np.testing.assert_allclose(rgb, [[[0, 0.2]]] * 3)
