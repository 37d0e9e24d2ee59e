# SPDX-License-Identifier: Apache-2.0
import struct

import numpy as np
import pytest

from tintype.imaging.icc import MALFORMED, read_curve, read_profile

EVERY = np.linspace(0, 1, 101)


def parametric(kind: int, *numbers: float) -> bytes:
    fixed = (round(n * 65536) for n in numbers)
    return struct.pack(f">4s4xH2x{len(numbers)}i", b"para", kind, *fixed)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (struct.pack(">4s4xI", b"curv", 0), EVERY),
        (struct.pack(">4s4xIH", b"curv", 1, 512), EVERY**2),
        (struct.pack(">4s4xI3H", b"curv", 3, 0, 0, 65535), np.maximum(0, 2 * EVERY - 1)),
        (parametric(0, 3), EVERY**3),
        (parametric(1, 2, 2, -0.5), np.maximum(0, 2 * EVERY - 0.5).clip(0, 1) ** 2),
        (parametric(2, 1, 0.5, -0.25, 0.25), np.maximum(0.25, 0.5 * EVERY)),
        (parametric(3, 2, 1, 0, 0.25, 0.5), np.where(EVERY >= 0.5, EVERY**2, EVERY / 4)),
        (
            parametric(4, 2, 1, 0, 0.25, 0.5, 0.125, 0.0625),
            np.where(EVERY >= 0.5, EVERY**2 + 0.125, EVERY / 4 + 0.0625),
        ),
    ],
    ids=["identity", "gamma", "table", "0", "1", "2", "3", "4"],
)
def test_every_kind_of_curve_is_the_formula_of_the_standard(tag, expected):
    np.testing.assert_allclose(read_curve(tag)(EVERY), expected.clip(0, 1), atol=1e-4)


def test_equal_curves_are_one(adobe_rgb):
    red, green, blue = read_profile(adobe_rgb).curves
    assert red is green is blue


def test_a_profile_of_grey_may_give_lightness(grey_gamma):
    profile = grey_gamma(1.0).replace(b"XYZ ", b"Lab ", 1)  # the connection space, in the header
    (light,) = read_profile(profile).curves
    lightness = 100 * np.array([0, 0.05, 0.5, 1])
    exact = [0, 5 / 903.2963, ((50 + 16) / 116) ** 3, 1]
    np.testing.assert_allclose(light(lightness / 100), exact, atol=1e-6)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(200),
        struct.pack(">4s4xI", b"curv", 1 << 30),
        struct.pack(">4s4xH2x", b"para", 9),
        parametric(0, 200),
        parametric(1, 2),
    ],
)
def test_a_malformed_curve_is_refused(data):
    with pytest.raises(MALFORMED):
        read_curve(data)


@pytest.mark.parametrize("space", [b"Lab ", b"HSV ", b"CMYK"])
def test_what_describes_no_photograph_is_refused(adobe_rgb, space):
    with pytest.raises(ValueError, match="profile"):
        read_profile(adobe_rgb[:16] + space + adobe_rgb[20:])
