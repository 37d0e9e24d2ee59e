# SPDX-License-Identifier: Apache-2.0
import io
import struct

import colour
import numpy as np
import pytest
from PIL import Image, ImageCms

from tintype.imaging.photograph import DEPTHS
from tintype.imaging.profiles import SRGB, Encoding, srgb_profile, to_srgb


def by_littlecms(samples: np.ndarray, profile: bytes) -> np.ndarray:
    """Media-relative colorimetric with black point compensation, at 8 bits."""
    modes = {2: "L", 3: "RGB", 4: "CMYK"}
    mode = modes[2 if samples.ndim == 2 else samples.shape[2]]
    size = samples.shape[1::-1]
    image = Image.frombuffer(mode, size, np.ascontiguousarray(samples), "raw", mode, 0, 1)
    converted = ImageCms.profileToProfile(
        image,
        ImageCms.getOpenProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    return np.asarray(converted)


def test_the_embedded_profile_is_srgb_and_always_the_same_bytes():
    profile = ImageCms.getOpenProfile(io.BytesIO(srgb_profile()))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    assert srgb_profile() == srgb_profile.__wrapped__()
    cube = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    assert np.abs(by_littlecms(cube, srgb_profile()).astype(int) - cube).max() <= 1


@pytest.mark.parametrize("dtype", DEPTHS)
@pytest.mark.parametrize("color", [False, True])
def test_samples_in_srgb_are_not_touched(samples, dtype, color):
    own = samples(dtype, color=color)
    for encoding in (SRGB, Encoding(profile=srgb_profile()), Encoding(gamma=2.2)):
        assert to_srgb(own, encoding) is own


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_adobe_rgb_agrees_with_colour_science(samples, adobe_rgb, dtype):
    own = samples(dtype)
    white = DEPTHS[own.dtype]
    spaces = [colour.RGB_COLOURSPACES[name] for name in ("Adobe RGB (1998)", "sRGB")]
    exact = colour.RGB_to_RGB(
        own / white, *spaces, apply_cctf_decoding=True, apply_cctf_encoding=True
    )
    computed = to_srgb(own, Encoding(profile=adobe_rgb)) / white
    np.testing.assert_allclose(computed, np.clip(exact, 0, 1), atol=1e-3)  # the profile's rounding


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_every_depth_agrees_with_littlecms(samples, adobe_rgb, dtype):
    eight = samples("uint8")
    deep = (eight / 255 * DEPTHS[np.dtype(dtype)]).astype(dtype)
    computed = to_srgb(deep, Encoding(profile=adobe_rgb)) / DEPTHS[deep.dtype] * 255
    assert np.abs(computed - by_littlecms(eight, adobe_rgb)).max() <= 1
    np.testing.assert_array_equal(
        to_srgb(eight, Encoding(profile=adobe_rgb)), by_littlecms(eight, adobe_rgb)
    )


@pytest.mark.parametrize("dtype", DEPTHS)
def test_neutral_samples_stay_neutral_to_the_bit(samples, adobe_rgb, dtype):
    own = np.dstack([samples(dtype, color=False)] * 3)
    if own.dtype == np.uint8:
        own = own.astype(np.uint16) * 257
    red, green, blue = np.moveaxis(to_srgb(own, Encoding(profile=adobe_rgb)), -1, 0)
    np.testing.assert_allclose(red, green, rtol=0, atol=1e-6 if own.dtype == np.float32 else 0)
    np.testing.assert_allclose(blue, green, rtol=0, atol=1e-6 if own.dtype == np.float32 else 0)


@pytest.mark.parametrize("dtype", DEPTHS)
@pytest.mark.parametrize("gamma", [1.0, 1.8, 2.2])
def test_grey_agrees_with_the_formula(samples, grey_gamma, gamma, dtype):
    own = samples(dtype, color=False)
    white = DEPTHS[own.dtype]
    exact = colour.models.eotf_inverse_sRGB((own / white) ** gamma)
    computed = to_srgb(own, Encoding(profile=grey_gamma(gamma))) / white
    step = 0 if own.dtype == np.float32 else 0.5 / white
    np.testing.assert_allclose(computed, exact, atol=step + 2e-5)


def test_grey_samples_under_a_profile_of_rgb_are_neutral_samples_of_it(samples, adobe_rgb):
    own = samples("uint16", color=False)
    as_grey = to_srgb(own, Encoding(profile=adobe_rgb))
    as_rgb = to_srgb(np.dstack([own] * 3), Encoding(profile=adobe_rgb))
    assert np.abs(as_grey.astype(int) - as_rgb[..., 1]).max() <= 1


def test_a_gamma_alone_is_honoured(samples):
    own = samples("uint16", color=False)
    computed = to_srgb(own, Encoding(gamma=1.0)) / 65535
    np.testing.assert_allclose(computed, colour.models.eotf_inverse_sRGB(own / 65535), atol=1e-4)


def test_inks_without_a_profile_let_through_what_they_do_not_hold_back():
    inks = np.array([[[0, 0, 0, 0], [255, 0, 0, 0], [0, 0, 0, 255], [0, 51, 0, 51]]], np.uint8)
    expected = [[[255, 255, 255], [0, 255, 255], [0, 0, 0], [204, 163, 204]]]
    np.testing.assert_array_equal(to_srgb(inks, SRGB), expected)
    deep = to_srgb(inks.astype(np.uint16) * 257, SRGB) / 257
    np.testing.assert_allclose(deep, expected, atol=0.5)


def test_three_equal_samples_are_grey_unless_the_channels_differ(
    build_profile, adobe_rgb, grey_gamma
):
    assert SRGB.keeps_grey()
    assert Encoding(profile=adobe_rgb).keeps_grey()
    assert Encoding(profile=grey_gamma(2.2)).keeps_grey()
    tags = {
        name: adobe_rgb[start : start + size]
        for name, start, size in struct.iter_unpack(">4sII", adobe_rgb[132 : 132 + 12 * 7])
    }
    straight = struct.pack(">4s4xI", b"curv", 0)
    warm = build_profile(b"RGB ", {**tags, b"bTRC": straight})
    assert not Encoding(profile=warm).keeps_grey()


@pytest.mark.parametrize("damage", ["empty", "cut", "noise", "other", "absurd"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_a_profile_that_makes_no_sense_is_passed_over(
    samples, adobe_rgb, grey_gamma, dtype, damage
):
    own = samples(dtype)
    broken = {
        "empty": b"",
        "cut": adobe_rgb[:200],
        "noise": bytes(range(256)) * 4,
        "other": grey_gamma(2.2),  # grey's, on a picture in colour
        "absurd": adobe_rgb.replace(b"\x00\x01\x02\x33", b"\xff\xff\xff\xff"),
    }[damage]
    np.testing.assert_array_equal(to_srgb(own, Encoding(profile=broken)), own)


def test_damage_anywhere_ends_in_no_error(samples, adobe_rgb):
    own = samples("uint16")[:4, :4]
    random = np.random.default_rng(1)
    for _ in range(300):
        broken = bytearray(adobe_rgb)
        for at in random.integers(0, len(broken), 4):
            broken[at] = random.integers(0, 256)
        assert to_srgb(own, Encoding(profile=bytes(broken))).shape == own.shape


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (700, 900)])
def test_any_size_goes_through_in_strips(rng, adobe_rgb, shape):
    own = rng.integers(0, 65536, (*shape, 3), np.uint16)
    whole = to_srgb(own, Encoding(profile=adobe_rgb))
    corner = to_srgb(own[-1:, -1:].copy(), Encoding(profile=adobe_rgb))
    np.testing.assert_array_equal(whole[-1:, -1:], corner)
