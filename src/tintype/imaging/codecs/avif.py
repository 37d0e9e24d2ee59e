# SPDX-License-Identifier: Apache-2.0
"""AVIF: 8 bits by Pillow, 10 and 12 bits by OpenCV; metadata by Pillow.

Alpha is always coded without loss, as its own picture beside a lossy one. Deep photographs are
written with 12 bits, the most there are. Pictures whose light is coded for HDR screens (PQ, HLG)
are refused: read as sRGB they would look plausible, and be wrong.

Source: AV1 Codec ISO Media File Format Binding, section 2.3.3 (av1C); ITU-T H.273 (transfer).
"""

import struct
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from PIL.AvifImagePlugin import AvifImageFile

from tintype.errors import UnsupportedImage
from tintype.imaging.boxes import find_boxes, walk_boxes
from tintype.imaging.depth import to_16_bits
from tintype.imaging.exif import read_orientation, read_resolution, without_orientation
from tintype.imaging.guard import (
    damaged,
    opencv_silent,
    refuse_animation,
    refuse_hdr,
    refusing_damage,
)
from tintype.imaging.opencv import from_bgr, to_bgr
from tintype.imaging.photograph import Photograph, Pixels
from tintype.imaging.pillow import open_image, save_image, split_image
from tintype.imaging.profiles import Encoding, srgb_profile
from tintype.imaging.raster import Raster
from tintype.imaging.settings import Settings

QUALITY = 95

_SPEED = 8  # of 10: a third of the time of 6, and files a quarter larger
_LOSSLESS_ALPHA = {"alpha:lossless": "1"}  # libaom's option, for the alpha picture alone
_WRITTEN_BITS = 12
_LARGEST_SIDE = 65536


def decode(data: bytes, *, max_pixels: int) -> tuple[Raster, ...]:
    """Decode an AVIF file."""
    with refusing_damage("AVIF"):
        image = open_image(AvifImageFile, data, max_pixels=max_pixels, title="AVIF")
        refuse_animation(getattr(image, "n_frames", 1))
        profile = image.info.get("icc_profile")
        if profile is None:
            refuse_hdr(_read_transfer(data))
        bits = _read_bits(data)
        samples, alpha = split_image(image) if bits == 8 else _decode_deep(data, bits)
    exif = image.info.get("exif", b"").removeprefix(b"Exif\0\0") or None
    return (
        Raster(
            samples=samples,
            alpha=alpha,
            encoding=Encoding(profile=profile),
            orientation=read_orientation(exif),  # Pillow tells the container's own by it
            exif=exif,
            xmp=image.info.get("xmp"),
            dpi=read_resolution(exif),
        ),
    )


def encode(photograph: Photograph, *, settings: Settings) -> bytes:
    """Encode a photograph of 8 bits, or of 16 with the upper 12.

    Raises:
        UnsupportedImage: a side is longer than AVIF counts.
    """
    if max(photograph.size) > _LARGEST_SIDE:
        raise UnsupportedImage(
            f"AVIF holds {_LARGEST_SIDE} pixels a side and the photograph has "
            f"{max(photograph.size)}; choose format png or tiff"
        )
    quality = settings.quality or QUALITY
    if photograph.pixels.dtype != np.uint8:
        return _encode_deep(photograph, quality)
    options: dict[str, Any] = {"quality": quality, "speed": _SPEED}
    if not photograph.is_grey:
        options["subsampling"] = settings.subsampling or "4:4:4"
    if photograph.alpha is not None:
        options["advanced"] = _LOSSLESS_ALPHA
    elif not photograph.is_grey:
        photograph = _with_opaque_alpha(photograph)
    if photograph.exif:  # where Pillow finds an orientation, it writes all of the block anew
        photograph = replace(photograph, exif=without_orientation(photograph.exif))
    return save_image(photograph, "AVIF", options)


def _with_opaque_alpha(photograph: Photograph) -> Photograph:
    """Give an opaque photograph an alpha, which libavif leaves out again.

    Without one it takes a shorter way from RGB to YCbCr, which rounds all colours half a level
    towards green.
    """
    white = np.full(photograph.size, photograph.white, photograph.pixels.dtype)
    return replace(photograph, alpha=white)


def _read_bits(data: bytes) -> int:
    """Bits a sample, from the decoder's configuration; 8 where the file doesn't say."""
    for box in find_boxes(data, b"meta", b"iprp", b"ipco", b"av1C"):
        flags = data[box.start + 2]
        return (12 if flags & 0x20 else 10) if flags & 0x40 else 8
    return 8


def _read_transfer(data: bytes) -> int | None:
    """The transfer characteristics as ITU-T H.273 numbers them; None where the file doesn't say."""
    for box in find_boxes(data, b"meta", b"iprp", b"ipco", b"colr"):
        if data[box.start : box.start + 4] == b"nclx":
            return int(struct.unpack_from(">H", data, box.start + 6)[0])
    return None


def _decode_deep(data: bytes, bits: int) -> tuple[Pixels, Pixels | None]:
    with opencv_silent():
        decoded = cv2.imdecode(
            np.frombuffer(_without_metadata(data), np.uint8), cv2.IMREAD_UNCHANGED
        )
    if decoded is None or decoded.dtype != np.uint16:
        raise damaged("AVIF", "its pixels cannot be unpacked")
    return from_bgr(to_16_bits(decoded, bits))


def _without_metadata(data: bytes) -> bytearray:
    """Name the items of EXIF and XMP, which Pillow has read, so that OpenCV passes them over.

    OpenCV first looks at 500 bytes alone, metadata included, and takes the file for none of its
    own if the list of items ends within these and the metadata begins beyond.

    Source: ISO/IEC 14496-12, section 8.11.6 (iinf, infe).
    """
    hidden = bytearray(data)
    for box in find_boxes(data, b"meta", b"iinf"):
        first = box.start + (8 if data[box.start] else 6)  # version 0 counts them in 16 bits
        for item in walk_boxes(data, first, box.end):
            at = item.start + (8 if data[item.start] == 2 else 10)  # version 3 has ids of 32 bits
            if data[at : at + 4] in (b"Exif", b"mime"):
                hidden[at : at + 4] = b"free"
    return hidden


def _encode_deep(photograph: Photograph, quality: int) -> bytes:
    known = {
        cv2.IMAGE_METADATA_EXIF: photograph.exif,
        cv2.IMAGE_METADATA_XMP: photograph.xmp,
        cv2.IMAGE_METADATA_ICCP: None if photograph.is_grey else srgb_profile(),
    }
    blocks = {kind: np.frombuffer(block, np.uint8) for kind, block in known.items() if block}
    lossless = photograph.alpha is not None  # there is one quality for both pictures
    options = [
        *(cv2.IMWRITE_AVIF_DEPTH, _WRITTEN_BITS),
        *(cv2.IMWRITE_AVIF_QUALITY, 100 if lossless else quality),
        *(cv2.IMWRITE_AVIF_SPEED, _SPEED),
    ]
    pixels = to_bgr(photograph) >> (16 - _WRITTEN_BITS)
    return cv2.imencodeWithMetadata(".avif", pixels, list(blocks), list(blocks.values()), options)[
        1
    ].tobytes()
