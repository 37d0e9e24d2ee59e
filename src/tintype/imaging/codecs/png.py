# SPDX-License-Identifier: Apache-2.0
"""PNG: up to 8 bits by Pillow, 16 bits by OpenCV, since Pillow has no 16-bit colour.

Either is handed a file with nothing in it but pixels, every checksum of which has been verified,
and gives back the like: metadata is :mod:`tintype.imaging.codecs.png_chunks`' business.
Transparency by one clear colour is worked out here, at the depth of the file.
"""

import io
import struct

import cv2
import numpy as np
from PIL.PngImagePlugin import PngImageFile

from tintype.imaging.codecs.png_chunks import Chunks, check_stream, insert_chunks, read_chunks
from tintype.imaging.exif import read_orientation
from tintype.imaging.guard import (
    check_size,
    damaged,
    opencv_silent,
    refuse_animation,
    refusing_damage,
)
from tintype.imaging.opencv import from_bgr, to_bgr
from tintype.imaging.photograph import DEPTHS, Photograph, Pixels
from tintype.imaging.pillow import split_image
from tintype.imaging.raster import Raster
from tintype.imaging.settings import Settings

_COMPRESSION = (
    1  # of 9: photographs gain a few per cent from the rest, and take three times as long
)
_CLEAR_CHANNELS = {0: 1, 2: 3}  # of grey and of RGB, in which one colour may be clear


def decode(data: bytes, *, max_pixels: int) -> tuple[Raster, ...]:
    """Decode a PNG file."""
    with refusing_damage("PNG"):
        chunks = read_chunks(data)
        check_size(chunks.width, chunks.height, max_pixels, title="PNG")
        refuse_animation(chunks.frames)
        if chunks.depth == 16:
            samples, alpha = _decode_deep(chunks)
        else:
            samples, alpha = split_image(PngImageFile(io.BytesIO(chunks.lean)))
        if chunks.transparency and chunks.color in _CLEAR_CHANNELS:
            alpha = _clear_color(samples, chunks)
    return (
        Raster(
            samples=samples,
            alpha=alpha,
            encoding=chunks.encoding,
            orientation=read_orientation(chunks.exif),
            exif=chunks.exif,
            xmp=chunks.xmp,
            iptc=chunks.iptc,
            dpi=chunks.dpi,
            text=chunks.text,
        ),
    )


def encode(photograph: Photograph, *, settings: Settings) -> bytes:
    """Encode a photograph of 8 or 16 bits; nothing is lost, so ``settings`` change nothing."""
    del settings
    options = [cv2.IMWRITE_PNG_COMPRESSION, _COMPRESSION]
    bare = cv2.imencode(".png", to_bgr(photograph), options)[1].tobytes()
    return insert_chunks(bare, photograph)


def _decode_deep(chunks: Chunks) -> tuple[Pixels, Pixels | None]:
    check_stream(chunks)
    with opencv_silent():
        decoded = cv2.imdecode(np.frombuffer(chunks.lean, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None:
        raise damaged("PNG", "its pixels cannot be unpacked")
    return from_bgr(decoded)


def _clear_color(samples: Pixels, chunks: Chunks) -> Pixels:
    """Alpha of a picture in which one colour, exactly, is clear."""
    white = DEPTHS[samples.dtype]
    layout = f">{_CLEAR_CHANNELS[chunks.color]}H"
    bits = np.array(struct.unpack_from(layout, chunks.transparency or b""), np.int64)
    clear = bits * white // (2**chunks.depth - 1)  # as Pillow scales 1, 2 and 4 bits up to 8
    matches = samples == clear[0] if samples.ndim == 2 else (samples == clear).all(axis=-1)
    return np.where(matches, 0, white).astype(samples.dtype)
