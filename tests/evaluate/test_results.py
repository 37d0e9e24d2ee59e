# SPDX-License-Identifier: Apache-2.0
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tintype.color.luv import rgb_to_luv
from tintype.errors import InputError, UnreadableImage
from tintype.evaluate.greys import make_grey
from tintype.evaluate.photographs import to_rgb
from tintype.evaluate.results import Results


@pytest.fixture
def copies(tmp_path, folder):
    """The photographs themselves as results: perfect."""
    return shutil.copytree(folder, tmp_path / "results")


def answer(results, subject):
    return results.color(subject.key, make_grey(to_rgb(subject.read()), "lightness"))


def test_results_are_found_by_key(copies, subjects):
    results = Results("r", copies, subjects)
    for subject in subjects:
        luv = rgb_to_luv(to_rgb(subject.read()))
        found = answer(results, subject)
        np.testing.assert_array_equal(found.chroma, luv[1:])
        np.testing.assert_array_equal(found.lightness, luv[0])


def test_results_are_found_by_the_last_part_and_any_suffix(tmp_path, folder, subjects):
    for subject in subjects:
        with Image.open(folder / f"{subject.key}.png") as picture:
            picture.save(tmp_path / f"{subject.key.rpartition('/')[2]}.jpg")
    assert answer(Results("r", tmp_path, subjects), subjects[0]).chroma.any()


def test_a_last_part_that_two_photographs_share_says_nothing(tmp_path, folder, subjects):
    twin = replace(subjects[0], key="garden/cat/06")
    Image.open(folder / "kitchen/cat/06.png").save(tmp_path / "06.png")
    with pytest.raises(InputError, match="2 of 2 photographs have no result"):
        Results("r", tmp_path, [subjects[0], twin])


def test_the_key_goes_before_the_last_part(copies, subjects):
    shutil.copy(copies / "space/flag/03.png", copies / "01.png")  # nobody's by key
    found = answer(Results("r", copies, subjects), subjects[-1])
    assert found.chroma.shape[1:] == subjects[-1].read().size


def test_missing_results_are_counted_and_named(copies, subjects):
    (copies / "space/flag/03.png").unlink()
    with pytest.raises(InputError, match="1 of 6 photographs have no result .* space/flag/03;"):
        Results("r", copies, subjects)
    with pytest.raises(InputError, match="is no folder of results"):
        Results("r", copies / "gone", subjects)


def test_two_files_that_could_be_meant_are_refused(copies, subjects):
    shutil.copy(copies / "space/flag/03.png", copies / "space/flag/03.jpg")
    with pytest.raises(InputError, match="could both be the result of space/flag/03"):
        Results("r", copies, subjects)


def test_another_size_is_refused_and_not_resized(copies, subjects):
    path = copies / f"{subjects[0].key}.png"
    with Image.open(path) as picture:
        squashed = picture.resize((32, 32))
    squashed.save(path)
    with pytest.raises(InputError, match="has 32 x 32 pixels .*, its photograph 48 x 64"):
        answer(Results("r", copies, subjects), subjects[0])


def test_an_unreadable_result_is_named(copies, subjects):
    (copies / f"{subjects[0].key}.png").write_bytes(b"no picture")
    with pytest.raises(UnreadableImage, match=f"{subjects[0].key}.png: not a picture"):
        answer(Results("r", copies, subjects), subjects[0])


def test_the_record_says_which_files_counted(copies, subjects):
    before = Results("r", copies, subjects).describe()
    assert before["folder"] == "results"
    with Image.open(copies / "space/flag/03.png") as picture:
        picture.rotate(180).save(copies / "space/flag/03.png")
    assert Results("r", copies, subjects).describe()["sha256"] != before["sha256"]
