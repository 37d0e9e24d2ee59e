# SPDX-License-Identifier: Apache-2.0
"""One photograph on its way into a shard: upright, in sRGB, no larger than asked, and checked.

What trains a colorizer must hold colour and hold it in one space: embedded profiles are applied,
black-and-white photographs refused. Shrinking averages areas, so that chroma does not alias.
"""

import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat

from tintype.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from tintype.learn.prepare.options import PrepareOptions

MAX_PIXELS = 200_000_000  # more is refused before it is decoded
SUFFIXES = {"jpeg": "jpg", "png": "png", "avif": "avif"}
_SRGB = ImageCms.createProfile("sRGB")


@dataclass(frozen=True, slots=True)
class Packed:
    """A photograph as it goes into a shard."""

    data: bytes  # the whole encoded file
    width: int
    height: int


def pack(data: bytes, options: PrepareOptions, *, rotation: int = 0) -> Packed:
    """Decode, set upright, convert to sRGB, shrink and encode one photograph.

    Args:
        data: the whole file, in any format that Pillow reads.
        options: short side, encoding, quality and the least colour to accept.
        rotation: degrees counter-clockwise, a multiple of 90, applied after EXIF's orientation.

    Raises:
        UnreadableImage: the bytes are no picture, or end early.
        ImageTooLarge: more than :data:`MAX_PIXELS`, or too many for Pillow's own limit.
        UnsupportedImage: the photograph has no colour.
    """
    try:
        with Image.open(io.BytesIO(data)) as opened:
            picture = _upright_srgb(opened, options.short_side)
    except Image.DecompressionBombError as error:
        raise ImageTooLarge(str(error)) from error
    except (OSError, SyntaxError, ValueError, struct.error) as error:  # what Pillow raises
        raise UnreadableImage(f"not a readable picture: {error}") from error
    if rotation:
        picture = picture.rotate(rotation, expand=True)
    picture = _shrink(picture, options.short_side)
    if (color := mean_color(picture)) < options.least_color:
        raise UnsupportedImage(f"no colour: its channels differ by {color:.1f} of 255 on average")
    return Packed(_encode(picture, options), picture.width, picture.height)


def mean_color(picture: Image.Image) -> float:
    """Mean absolute difference between the channels, in 0 to 255; 0 for any grey picture."""
    red, green, blue = picture.resize((64, 64), Image.Resampling.BOX).split()
    pairs = ((red, green), (green, blue), (blue, red))
    return sum(ImageStat.Stat(ImageChops.difference(*pair)).mean[0] for pair in pairs) / 3


def _upright_srgb(opened: Image.Image, short_side: int) -> Image.Image:
    if opened.width * opened.height > MAX_PIXELS:
        raise ImageTooLarge(f"{opened.width} x {opened.height} is more than {MAX_PIXELS:,} pixels")
    profile = opened.info.get("icc_profile")
    # JPEG alone can decode to 1/2, 1/4 or 1/8; twice the wanted side keeps the shrinking honest.
    shrink = 2 * short_side / min(opened.size)
    opened.draft("RGB", (int(opened.width * shrink), int(opened.height * shrink)))
    upright = ImageOps.exif_transpose(opened)
    if upright.mode in ("P", "PA", "RGBA"):
        upright = upright.convert("RGB")
    if profile and upright.mode in ("RGB", "CMYK"):
        return _through_profile(upright, profile)
    return upright.convert("RGB")


def _through_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, embedded, _SRGB, outputMode="RGB")
    except ImageCms.PyCMSError as error:
        raise UnreadableImage(f"its colour profile is damaged: {error}") from error
    return converted if converted is not None else picture


def _shrink(picture: Image.Image, short_side: int) -> Image.Image:
    scale = short_side / min(picture.size)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BOX)


def _encode(picture: Image.Image, options: PrepareOptions) -> bytes:
    buffer = io.BytesIO()
    if options.encoding == "png":
        picture.save(buffer, "PNG", optimize=True)
    elif options.encoding == "avif":
        picture.save(buffer, "AVIF", quality=options.quality, subsampling="4:4:4")
    else:
        picture.save(buffer, "JPEG", quality=options.quality, subsampling="4:4:4")
    return buffer.getvalue()
