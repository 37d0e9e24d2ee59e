# SPDX-License-Identifier: Apache-2.0
"""Faces are sorted by their true tone, and the middle of a picture alone is compared."""

import numpy as np
import pytest
from PIL import Image

from benchmarks import skin
from benchmarks.result import load
from tintype.color.lab import lab_to_rgb
from tintype.records.record import read_record


def face(lightness: float, a: float, b: float, around: float = 0.5) -> np.ndarray:
    """A picture whose middle half is of one CIELAB colour."""
    picture = np.full((3, 32, 32), around, np.float32)
    lab = np.array([lightness, a, b], np.float32).reshape(3, 1, 1)
    picture[:, 8:24, 8:24] = lab_to_rgb(lab)
    return picture


@pytest.mark.parametrize(
    ("lightness", "b", "tone"),
    [  # the angle is 45 degrees where L* - 50 is b*
        (80, 15, "very light"),  # 63 degrees
        (70, 20, "light"),  # 45
        (62, 18, "intermediate"),  # 34
        (56, 18, "tan"),  # 18
        (45, 18, "brown"),  # -16
        (30, 12, "dark"),  # -59
    ],
)
def test_the_tone_is_the_true_skins_typology_angle(lightness, b, tone):
    true = face(lightness, 12, b)
    assert skin.compare(face(lightness, 0, 0), true)[0] == tone


def test_the_truth_has_no_error_and_grey_has_greys():
    true = face(60, 15, 20)
    error, grey, *_, chroma = skin.compare(true, true)[1]
    assert error == pytest.approx(0, abs=1e-3)
    assert grey > 10
    assert chroma == pytest.approx(1)
    error, grey, *_, chroma = skin.compare(face(60, 0, 0), true)[1]
    assert error == pytest.approx(grey, abs=0.1)
    assert chroma == pytest.approx(0, abs=0.02)


def test_what_is_around_the_face_does_not_count():
    true = face(60, 15, 20)
    assert skin.compare(face(60, 15, 20, around=0.9), true) == skin.compare(true, true)


def test_a_folder_of_faces_becomes_a_record(tmp_path):
    faces = tmp_path / "faces"
    faces.mkdir()
    for name, lightness in (("a", 80), ("b", 30)):
        pixels = np.rint(255 * np.moveaxis(face(lightness, 10, 12), 0, -1)).astype(np.uint8)
        Image.fromarray(pixels).save(faces / f"{name}.png")
    skin.main(["--photographs", str(faces), "--out", str(tmp_path / "skin.json")])
    result = load(read_record(tmp_path / "skin.json"))
    assert [row[:2] for row in result.rows] == [["very light", 1], ["dark", 1], ["all", 2]]
    assert all(row[2] > 0 for row in result.rows)
