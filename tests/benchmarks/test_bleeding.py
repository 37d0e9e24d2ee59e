# SPDX-License-Identifier: Apache-2.0
"""What counts as near a strong edge, and that all ways of enlarging are measured alike."""

import numpy as np
import pytest
from PIL import Image

from benchmarks import bleeding
from benchmarks.result import load
from tintype.records.record import read_record


def step(height):
    lightness = np.full((40, 60), 40, np.float32)
    lightness[:, 30:] += height
    return lightness


def test_a_strong_edge_has_four_pixels_on_either_side():
    near = bleeding.near_strong_edges(step(36))
    assert near[20, 26:34].all()  # the edge runs between columns 29 and 30
    assert not near[20, :24].any()
    assert not near[20, 36:].any()


def test_a_weak_edge_is_none():
    assert not bleeding.near_strong_edges(step(25)).any()


@pytest.mark.parametrize("way", list(bleeding._WAYS))
def test_every_way_keeps_one_colour_and_stays_in_place(way, rng):
    lightness = rng.uniform(50, 70, (120, 160)).astype(np.float32)
    one = bleeding._WAYS[way](np.full((2, 12, 16), 25, np.float32), lightness)
    np.testing.assert_allclose(one, 25, rtol=0, atol=0.05)
    ramp = np.stack(np.meshgrid(np.linspace(-30, 30, 16), np.linspace(-30, 30, 12)))
    found = bleeding._WAYS[way](ramp.astype(np.float32), np.full((120, 160), 50, np.float32))
    assert abs(found.mean()) < 0.05  # symmetric before, symmetric after


def test_two_shades_in_a_cell_get_the_two_colours_that_they_have():
    lightness = np.full((256, 256), 30, np.float32)
    lightness[:, 130:] = 70  # runs through the cells of columns 128 to 131
    truth = np.stack((lightness, 2 * lightness, 100 - lightness))
    np.testing.assert_allclose(bleeding._true_means(truth, 2), truth[1:], rtol=0, atol=1e-3)
    mixed = bleeding._true_means(truth, 1)
    np.testing.assert_allclose(mixed[0, 0, 126:134], [60, 60, *[100] * 4, 140, 140], rtol=1e-5)


def test_a_record_names_its_photographs(tmp_path, monkeypatch, capsys, rng):
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.fromarray(rng.integers(0, 256, (90, 120, 3), np.uint8)).save(folder / name)
    record = tmp_path / "bleeding.json"
    asked = ["bleeding", "--photographs", str(folder), "--out", str(record)]
    monkeypatch.setattr("sys.argv", asked)
    bleeding.main()
    left = read_record(record)
    assert list(left.provenance.data) == ["mine"]
    assert load(left).to_markdown() in capsys.readouterr().out
    ways = [row[0] for row in load(left).rows]
    assert ways == [*bleeding._WAYS, *bleeding._BOUNDS]
