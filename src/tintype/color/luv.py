# SPDX-License-Identifier: Apache-2.0
"""CIELUV (D65, 2 degree observer): the space in which tintype predicts.

Units everywhere: L* in [0, 100]; u*, v* in CIE units. The sRGB cube spans u* in [-83.1, 175.0]
and v* in [-134.1, 107.4]. No function rescales them; a network that wants that does it inside
itself.

The textbook goes through XYZ and u', v'. Both ways are shorter, and exact for grey, when that
detour is worked out once, for the matrices:

* with D = X + 15Y + 3Z, chroma is u* = 13 L* (4X - u'n D) / D, and v* likewise. Either numerator
  is a sum over R, G, B whose coefficients cancel, so it is computed from R - G and B - G;
* back, R = Y (13 L* + p u* + q v*) / (13 L* + v* / v'n), and G and B likewise: light over
  luminance is a ratio of two linear functions of chroma, and 1 for grey.

The curve of sRGB is applied plane by plane: PyTorch's powers depend, in their last bit, on where
in an array a number stands, and three equal channels must stay equal.

Source: CIE 15:2004, section 8.2.2, with the exact constants (6/29 and so on), which keep the
curve of L* continuous where the rounded 0.008856 and 903.3 leave a step.
"""

from tintype.color.arrays import array_namespace
from tintype.color.srgb import (
    RGB_TO_XYZ,
    WHITE_XYZ,
    XYZ_TO_RGB,
    Array,
    channels,
    check_image,
    linear_to_srgb,
    srgb_to_linear,
    weighted_mean,
)

_KNEE = (6 / 29) ** 3  # relative luminance below which L* is linear
_SLOPE = (29 / 3) ** 3  # of L* there
_KNEE_LIGHTNESS = 8.0

_WHITE_D = WHITE_XYZ[0] + 15 * WHITE_XYZ[1] + 3 * WHITE_XYZ[2]
WHITE_UV = (4 * WHITE_XYZ[0] / _WHITE_D, 9 * WHITE_XYZ[1] / _WHITE_D)  # u'n, v'n

# Coefficients of linear R, G, B; those of D are scaled to sum to 1, and the numerators with them.
_X, _Y, _Z = RGB_TO_XYZ
_D = (_X + 15 * _Y + 3 * _Z) / _WHITE_D
_U = 4 * _X / _WHITE_D - WHITE_UV[0] * _D
_V = 9 * _Y / _WHITE_D - WHITE_UV[1] * _D
_TINY = 1e-30  # of D, which is 0 only in black, where L* is 0 too

# p, q of R, G and B in the second formula above: 9u', 4v' and 12 - 3u' - 20v' are X, Y and Z but
# for a common factor, so these are their coefficients of u' and v' over 4 v'n.
RGB_OF_CHROMA = tuple(
    (float(9 * x - 3 * z) / (4 * WHITE_UV[1]), float(4 * y - 20 * z) / (4 * WHITE_UV[1]))
    for x, y, z in XYZ_TO_RGB
)
_LEAST_V = 0.01  # of v' over v'n; the spectrum's least, at 404 nm, is 0.034


def rgb_to_luv(rgb: Array) -> Array:
    """Convert encoded sRGB to CIELUV.

    Args:
        rgb: ``(..., 3, H, W)``, floating, in [0, 1].

    Returns:
        ``(..., 3, H, W)``: L*, u*, v*; same dtype and device. Greys have u* = v* = 0.

    Raises:
        ValueError: if axis -3 is not 3, or ``rgb`` is not floating.
    """
    check_image(rgb, "rgb")
    xp = array_namespace(rgb)
    r, g, b = map(srgb_to_linear, channels(rgb))
    red, blue = r - g, b - g
    lightness = luminance_to_lightness(weighted_mean(_Y, r, g, b))
    scale = 13 * lightness / xp.clip(weighted_mean(_D, r, g, b), min=_TINY)
    u = scale * (float(_U[0]) * red + float(_U[2]) * blue)
    v = scale * (float(_V[0]) * red + float(_V[2]) * blue)
    return xp.stack((lightness, u, v), axis=-3)


def luv_to_rgb(luv: Array) -> Array:
    """Convert CIELUV to encoded sRGB; inverse of :func:`rgb_to_luv`.

    Colours that sRGB cannot show leave [0, 1]: see :func:`tintype.color.gamut.fit_chroma`.

    Args:
        luv: ``(..., 3, H, W)``: L*, u*, v*.

    Returns:
        ``(..., 3, H, W)``, encoded sRGB, not clipped; same dtype and device. Where u* = v* = 0
        the three channels are equal.

    Raises:
        ValueError: if axis -3 is not 3, or ``luv`` is not floating.
    """
    check_image(luv, "luv")
    xp = array_namespace(luv)
    return xp.stack([linear_to_srgb(plane) for plane in _luv_to_planes(luv)], axis=-3)


def luv_to_linear(luv: Array) -> Array:
    """Convert CIELUV ``(..., 3, H, W)`` to linear sRGB, not clipped; see :func:`luv_to_rgb`."""
    check_image(luv, "luv")
    return array_namespace(luv).stack(_luv_to_planes(luv), axis=-3)


def _luv_to_planes(luv: Array) -> list[Array]:
    xp = array_namespace(luv)
    lightness, u, v = channels(luv)
    grey = xp.clip(13 * lightness, min=1e-12)  # clip: at L* = 0, luminance 0 makes it black
    luminous = xp.maximum(grey + v / WHITE_UV[1], _LEAST_V * grey)  # no light has v' <= 0
    y = lightness_to_luminance(lightness)
    return [y * ((grey + (p * u + q * v)) / luminous) for p, q in RGB_OF_CHROMA]


def rgb_to_lightness(rgb: Array) -> Array:
    """L* of encoded sRGB; the first plane of :func:`rgb_to_luv`.

    Args:
        rgb: ``(..., 3, H, W)``, floating, in [0, 1].

    Returns:
        ``(..., 1, H, W)``, in [0, 100]; same dtype and device.

    Raises:
        ValueError: if axis -3 is not 3, or ``rgb`` is not floating.
    """
    check_image(rgb, "rgb")
    luminance = weighted_mean(_Y, *map(srgb_to_linear, channels(rgb)))
    return luminance_to_lightness(luminance)[..., None, :, :]


def luminance_to_lightness(luminance: Array) -> Array:
    """L* in [0, 100] of relative luminance Y in [0, 1]; any shape."""
    xp = array_namespace(luminance)
    cube_root = xp.clip(luminance, min=_KNEE) ** (1 / 3)  # clip: finite gradient at black
    return xp.where(luminance > _KNEE, 116 * cube_root - 16, _SLOPE * luminance)


def lightness_to_luminance(lightness: Array) -> Array:
    """Relative luminance Y in [0, 1] of L* in [0, 100]; any shape."""
    xp = array_namespace(lightness)
    return xp.where(lightness > _KNEE_LIGHTNESS, ((lightness + 16) / 116) ** 3, lightness / _SLOPE)
