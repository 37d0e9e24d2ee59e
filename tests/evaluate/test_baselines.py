# SPDX-License-Identifier: Apache-2.0
"""Oracle: NumPy's histogram and masks."""

import numpy as np
import pytest
from skimage.color import rgb2luv

from tintype.errors import RecordError
from tintype.evaluate.baselines import (
    GREY_NAME,
    MODE_KIND,
    MODE_NAME,
    DatasetMode,
    ModeCount,
    make_baselines,
    read_mode,
)
from tintype.evaluate.photographs import to_rgb
from tintype.records.provenance import collect_provenance
from tintype.records.record import Record, write_record


@pytest.fixture
def mode(subjects) -> DatasetMode:
    count = ModeCount()
    for subject in subjects:
        count.add(to_rgb(subject.read()))
    return count.result()


def test_the_mode_is_the_mean_of_the_most_frequent_bin_of_each_channel(mode, subjects):
    pictures = [np.moveaxis(to_rgb(s.read()).astype(float), 0, -1) for s in subjects]
    luv = np.concatenate([rgb2luv(picture).reshape(-1, 3) for picture in pictures])
    for values, found, share in (
        (luv[:, 1], mode.u, mode.share_u),
        (luv[:, 2], mode.v, mode.share_v),
    ):
        counts, edges = np.histogram(values.clip(-99.99, 99.99), bins=50, range=(-100, 100))
        best = counts.argmax()
        inside = (values >= edges[best]) & (values < edges[best + 1])
        assert found == pytest.approx(values[inside].mean(), abs=0.05)
        assert share == pytest.approx(counts[best] / len(values), abs=2e-3)
    assert (mode.photographs, mode.pixels) == (6, len(luv))


def test_the_mode_of_nothing_is_refused():
    with pytest.raises(ValueError, match="mode of no photographs"):
        ModeCount().result()


def test_a_mode_survives_its_record(mode, tmp_path):
    content = mode.to_content()
    record = Record(kind=MODE_KIND, provenance=collect_provenance(), content=content)
    write_record(record, tmp_path / "mode.json")
    assert read_mode(tmp_path / "mode.json") == mode


def test_a_damaged_mode_is_refused(tmp_path):
    record = Record(kind=MODE_KIND, provenance=collect_provenance(), content={"u": 1})
    write_record(record, tmp_path / "mode.json")
    with pytest.raises(RecordError, match="mode.json is a damaged record"):
        read_mode(tmp_path / "mode.json")


def test_the_mode_that_comes_with_tintype_says_on_what_it_was_counted():
    mode = read_mode()
    assert mode.photographs > 10_000
    assert 0 < mode.share_u < 1


def test_baselines_answer_with_one_colour(mode):
    grey, constant = make_baselines(mode)
    assert (grey.name, constant.name) == (GREY_NAME, MODE_NAME)
    lightness = np.zeros((3, 5), np.float32)
    assert not grey.color("key", lightness).chroma.any()
    chroma = constant.color("key", lightness).chroma
    assert chroma.shape == (2, 3, 5)
    assert chroma[:, 2, 4] == pytest.approx([mode.u, mode.v])
    assert constant.describe()["u"] == pytest.approx(mode.u)
