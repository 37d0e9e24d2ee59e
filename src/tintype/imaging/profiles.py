# SPDX-License-Identifier: Apache-2.0
"""What a file's samples mean, and how they become encoded sRGB of the same depth.

Media-relative colorimetric, black point scaled: the paper's white becomes white and, where a
profile knows a darkest ink, that becomes black. Eight bits of colour go through LittleCMS, which
Pillow brings; 16 bits and floating point, for which Pillow has no door to it, are computed here. A
profile that is damaged, or speaks of another kind of picture, is passed over as every viewer does,
and the samples are taken for sRGB.
"""

import io
import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

from tintype.color.srgb import RGB_TO_XYZ, WHITE_XYZ, linear_to_srgb
from tintype.imaging.icc import MALFORMED, Curve, Profile, Values, read_profile
from tintype.imaging.icc_tables import D50
from tintype.imaging.photograph import DEPTHS, Pixels

# Curves and colorants this close to sRGB's are sRGB's, rounded: the samples stay as they are.
_SAME_CURVE, _SAME_COLORANT = 1e-3, 3e-3
_DARKEST = 0.2  # Y above which a profile's black is none
_STRIP_SAMPLES = 1 << 19  # computed at a time: working memory does not grow with the picture
# Bradford's cone responses, by which ICC.1:2022, annex E, adapts one white to another.
_CONES = np.array(((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296)))


@dataclass(frozen=True, slots=True)
class Encoding:
    """What samples mean.

    Attributes:
        profile: the ICC profile embedded in the file.
        gamma: light is the sample to this power; for files that say no more than that.
    """

    profile: bytes | None = None
    gamma: float | None = None

    def keeps_grey(self) -> bool:
        """Whether three equal RGB samples mean a neutral grey by construction."""
        known = _known_profile(self)
        return known is None or known.space == b"GRAY" or len(set(known.curves)) == 1


SRGB = Encoding()  # what samples mean where the file doesn't say


def to_srgb(samples: Pixels, encoding: Encoding) -> Pixels:
    """Turn samples into encoded sRGB.

    Args:
        samples: ``(H, W)`` grey, ``(H, W, 3)`` RGB or ``(H, W, 4)`` CMYK, in which the largest
            value is full ink; uint8, uint16 or float32.
        encoding: what they mean.

    Returns:
        ``(H, W)`` or ``(H, W, 3)`` of the same dtype; the same array if nothing changes.
    """
    known = _known_profile(encoding)
    if samples.ndim == 2:
        return samples if known is None or known.space == b"CMYK" else _grey(samples, known)
    space = b"RGB " if samples.shape[2] == 3 else b"CMYK"
    if known is None or known.space != space:
        return samples if space == b"RGB " else _plain_cmyk(samples)
    if _is_srgb(known):
        return samples
    if samples.dtype == np.uint8 and encoding.profile is not None:
        return _by_littlecms(samples, encoding.profile)
    return _in_strips(samples, _color_to_srgb(known, samples.shape[2]))


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """The profile that results are embedded with: sRGB, the same bytes every time."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[24:36] = struct.pack(">6H", 2016, 1, 1, 0, 0, 0)  # LittleCMS puts today there
    made[84:100] = bytes(16)  # and a checksum, which counts the date, may stand here
    return bytes(made)


@lru_cache(maxsize=8)
def _known_profile(encoding: Encoding) -> Profile | None:
    """Read what the encoding says; None if that is sRGB or cannot be made out."""
    if encoding.profile is not None:
        try:
            return read_profile(encoding.profile)
        except MALFORMED:
            return None
    gamma = encoding.gamma
    if gamma is None or abs(gamma - 2.2) < 0.05:
        return None  # 2.2 is how a file without a better word for it says sRGB

    def power(x: Values) -> Values:
        return x**gamma

    return Profile(space=b"RGB ", curves=(power,) * 3, colorants=_srgb_colorants())


@lru_cache(maxsize=1)
def _srgb_colorants() -> Values:
    """XYZ of sRGB's primaries, adapted from D65 to the connection space's D50."""
    ratio = (_CONES @ D50) / (_CONES @ np.array(WHITE_XYZ))
    return np.asarray(np.linalg.inv(_CONES) @ np.diag(ratio) @ _CONES @ RGB_TO_XYZ)


def _is_srgb(known: Profile) -> bool:
    if (
        known.colorants is None
        or np.abs(known.colorants - _srgb_colorants()).max() > _SAME_COLORANT
    ):
        return False
    return all(_is_srgb_curve(curve) for curve in known.curves)


def _is_srgb_curve(curve: Curve) -> bool:
    every = np.linspace(0, 1, 256)
    return bool(np.abs(linear_to_srgb(np.clip(curve(every), 0, 1)) - every).max() < _SAME_CURVE)


def _grey(samples: Pixels, known: Profile) -> Pixels:
    """Grey samples under a grey profile, or under an RGB one as if they stood in all three."""
    light = _grey_light(known)
    if _is_srgb_curve(light):
        return samples
    if samples.dtype == np.float32:
        return _in_strips(samples, lambda x: np.asarray(linear_to_srgb(light(x))))
    white = DEPTHS[samples.dtype]
    every = np.linspace(0, 1, white + 1)
    table = np.rint(white * linear_to_srgb(light(every))).astype(samples.dtype)
    return np.take(table, samples)


def _grey_light(known: Profile) -> Curve:
    """The curve from a grey sample to its luminance, clipped to [0, 1]."""
    channels = 3 if known.space == b"RGB " else 1
    to_linear = _color_to_linear(known, channels)

    def light(x: Values) -> Values:
        linear = to_linear(np.repeat(x.reshape(-1, 1), channels, axis=1))
        return np.asarray(np.clip(linear @ RGB_TO_XYZ[1], 0, 1).reshape(x.shape))

    return light


def _color_to_srgb(known: Profile, channels: int) -> Curve:
    to_linear = _color_to_linear(known, channels)

    def encode(x: Values) -> Values:
        linear = np.clip(to_linear(x.reshape(-1, channels)), 0, 1)
        return np.asarray(linear_to_srgb(linear)).reshape(*x.shape[:-1], 3)

    return encode


def _color_to_linear(known: Profile, channels: int) -> Curve:
    """``(N, channels)`` samples to ``(N, 3)`` linear sRGB, not clipped."""
    from_xyz = np.linalg.inv(_srgb_colorants())
    if known.tables is not None:
        to_xyz = known.tables
        black = to_xyz(np.full((1, channels), 1.0 if known.space == b"CMYK" else 0.0))[0, 1]
        if black > _DARKEST:
            black = 0.0  # a negative's, or nonsense: nothing to scale from
        return lambda x: ((to_xyz(x) - black * D50) / (1 - black)) @ from_xyz.T
    mix = np.ones((3, 1))
    if known.colorants is not None:
        mix = from_xyz @ known.colorants
        mix /= mix.sum(axis=1, keepdims=True)  # white stays white, exactly
    curves = known.curves
    return lambda x: np.stack([c(x[:, i]) for i, c in enumerate(curves)], axis=1) @ mix.T


def _in_strips(samples: Pixels, encode: Curve) -> Pixels:
    """Apply a function of samples in [0, 1] to a few rows at a time."""
    shape = samples.shape[:2] if samples.ndim == 2 else (*samples.shape[:2], 3)
    result = np.empty(shape, samples.dtype)
    white, whole = DEPTHS[samples.dtype], samples.dtype != np.float32
    rows = max(1, _STRIP_SAMPLES // (samples.size // len(samples)))
    for top in range(0, len(samples), rows):
        encoded = white * encode(samples[top : top + rows] / np.float64(white))
        result[top : top + rows] = np.rint(encoded) if whole else encoded
    return result


def _plain_cmyk(samples: Pixels) -> Pixels:
    """CMYK that says nothing of its inks: light is what each of them and black let through."""
    return _in_strips(samples, lambda x: (1 - x[..., :3]) * (1 - x[..., 3:]))


def _by_littlecms(samples: Pixels, profile: bytes) -> Pixels:
    mode, size = "RGB" if samples.shape[2] == 3 else "CMYK", samples.shape[1::-1]
    image = Image.frombuffer(mode, size, np.ascontiguousarray(samples), "raw", mode, 0, 1)
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.getOpenProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):  # it objects to more than the reading above does
        return samples if samples.shape[2] == 3 else _plain_cmyk(samples)
    return np.asarray(converted)
