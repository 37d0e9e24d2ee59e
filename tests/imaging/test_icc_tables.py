# SPDX-License-Identifier: Apache-2.0
"""Profiles of tables, made here of a smooth space, and read by LittleCMS as well."""

import io
import itertools
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms
from scipy.interpolate import RegularGridInterpolator

from tintype.imaging.icc import read_curve, read_profile
from tintype.imaging.icc_tables import D50, read_tables
from tintype.imaging.profiles import Encoding, to_srgb

POINTS = 17
MIX = np.array([[0.50, 0.33, 0.13], [0.27, 0.66, 0.07], [0.02, 0.10, 0.70]])
MIX *= D50[:, None] / MIX.sum(axis=1, keepdims=True)  # light of three inks of light, to XYZ
IDENTITY = struct.pack(">4s4xI", b"curv", 0)


def light(samples: np.ndarray) -> np.ndarray:
    """XYZ of samples, ``(N, 3)`` or, with black as a fourth, ``(N, 4)``."""
    inks = (1 - samples[:, :3]) * (1 - samples[:, 3:]) if samples.shape[1] == 4 else samples
    return inks**1.8 @ MIX.T


def lab(xyz: np.ndarray) -> np.ndarray:
    t = xyz / D50
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.stack(
        (116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])), axis=1
    )


def encoded_lab(xyz: np.ndarray) -> np.ndarray:
    """Lab in [0, 1] as version 4 encodes it."""
    return (lab(xyz) + np.array((0, 128, 128))) / (100, 255, 255)


def grid(channels: int) -> np.ndarray:
    points = POINTS if channels == 3 else 9
    axis = np.linspace(0, 1, points)
    return np.array(list(itertools.product(axis, repeat=channels)))


def old_table(channels: int, *, wide: bool) -> bytes:
    """lut16Type (``wide``) or lut8Type: straight curves around a grid of Lab."""
    whole = 65280 if wide else 255  # version 2's 16-bit 100 is 0xFF00
    values = np.rint(encoded_lab(light(grid(channels))) * whole).clip(0, 65535)
    ramp = np.linspace(0, 65535 if wide else 255, 2 if wide else 256)
    dtype = ">u2" if wide else "u1"
    head = struct.pack(
        ">4s4x3Bx9i",
        b"mft2" if wide else b"mft1",
        *(channels, 3, POINTS if channels == 3 else 9),
        *(65536, 0, 0, 0, 65536, 0, 0, 0, 65536),
    )
    sizes = struct.pack(">2H", 2, 2) if wide else b""
    first, last = np.tile(ramp, channels), np.tile(ramp, 3)
    return head + sizes + b"".join(part.astype(dtype).tobytes() for part in (first, values, last))


def new_table() -> bytes:
    """lutAToBType to XYZ: curves to light, a grid that is straight, a matrix, straight curves."""
    gamma = struct.pack(">4s4xH2xi", b"para", 0, round(1.8 * 65536))
    axis = np.linspace(0, 1, 2)
    straight = np.array(list(itertools.product(axis, repeat=3)))
    table = bytes([2, 2, 2]) + bytes(13) + b"\2\0\0\0"
    table += np.rint(straight * 65535).astype(">u2").tobytes()
    half = MIX / (1 + 32767 / 32768)  # 1.0 of XYZ is 0x8000
    matrix = struct.pack(">12i", *(round(n * 65536) for n in (*half.ravel(), 0, 0, 0)))
    parts = {"b": IDENTITY * 3, "matrix": matrix, "m": IDENTITY * 3, "grid": table, "a": gamma * 3}
    at, offsets = 32, []
    for part in parts.values():
        offsets.append(at)
        at += len(part)
    return struct.pack(">4s4x2B2x5I", b"mAB ", 3, 3, *offsets) + b"".join(parts.values())


@pytest.fixture(params=["mft1", "mft2", "mAB", "cmyk"], scope="module")
def profile(request, build_profile) -> bytes:
    if request.param == "mAB":
        made = build_profile(b"RGB ", {b"A2B0": new_table()})
        return made[:8] + b"\x04\x20" + made[10:]  # of version 4
    if request.param == "cmyk":
        tag = old_table(4, wide=True)
        return build_profile(b"CMYK", {b"A2B0": tag}, connection=b"Lab ", kind=b"scnr")
    tag = old_table(3, wide=request.param == "mft2")
    return build_profile(b"RGB ", {b"A2B0": tag}, connection=b"Lab ")


def test_colours_are_those_that_the_tables_were_made_of(profile):
    channels = 4 if profile[16:20] == b"CMYK" else 3
    samples = np.random.default_rng(0).random((500, channels))
    found = lab(read_profile(profile).tables(samples))
    error = np.linalg.norm(found - lab(light(samples)), axis=1)
    assert error.mean() < 1  # the grid's own coarseness, and eight bits of it in one case


def test_sixteen_bits_agree_with_littlecms_at_eight(profile):
    channels = 4 if profile[16:20] == b"CMYK" else 3
    eight = np.random.default_rng(0).integers(0, 256, (30, 40, channels), np.uint8)
    mode = "CMYK" if channels == 4 else "RGB"
    image = Image.frombuffer(mode, (40, 30), eight, "raw", mode, 0, 1)
    reference = ImageCms.profileToProfile(
        image,
        ImageCms.getOpenProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    deep = to_srgb(eight.astype(np.uint16) * 257, Encoding(profile=profile)) / 257
    error = np.abs(deep - np.asarray(reference))
    assert error.mean() < 1.5
    assert np.percentile(error, 99) < 8  # it cuts a cell into tetrahedra, near black it shows


def test_a_grid_is_interpolated_linearly():
    tag = old_table(3, wide=True)
    nodes = np.frombuffer(tag, ">u2", POINTS**3 * 3, 52 + 12).reshape(POINTS, POINTS, POINTS, 3)
    axis = np.linspace(0, 1, POINTS)
    reference = RegularGridInterpolator((axis, axis, axis), nodes / 65280)
    samples = np.random.default_rng(0).random((200, 3))
    xyz = read_tables(tag, b"Lab ", read_curve, channels=3)(samples)
    np.testing.assert_allclose(encoded_lab(xyz), reference(samples), atol=1e-6)


def test_a_grid_of_an_impossible_size_is_refused():
    tag = bytearray(old_table(3, wide=True))
    tag[10] = 255
    with pytest.raises(ValueError, match=r"grid|buffer"):
        read_tables(bytes(tag), b"Lab ", read_curve, channels=3)


def test_tables_of_an_unknown_kind_are_refused():
    with pytest.raises(ValueError, match="unknown kind"):
        read_tables(b"mpet" + bytes(100), b"Lab ", read_curve, channels=3)


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(("at", "count"), [(8, 4), (8, 1), (9, 1), (9, 4)])
def test_a_profile_whose_tables_are_for_other_samples_is_passed_over(
    rng, build_profile, shape, dtype, at, count
):
    tag = bytearray(old_table(3, wide=True) + bytes(1 << 20))  # enough for whatever it claims
    tag[at] = count
    made = build_profile(b"RGB ", {b"A2B0": bytes(tag)}, connection=b"Lab ")
    pixels = rng.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    np.testing.assert_array_equal(to_srgb(pixels, Encoding(profile=made)), pixels)


def test_curves_alone_do_not_lead_from_grey_to_a_colour(build_profile):
    tag = struct.pack(">4s4x2B2x5I", b"mAB ", 1, 3, 32, 0, 32, 0, 32) + IDENTITY * 3
    made = build_profile(b"GRAY", {b"A2B0": tag})
    with pytest.raises(ValueError, match="leads from its channels"):
        read_profile(made)
