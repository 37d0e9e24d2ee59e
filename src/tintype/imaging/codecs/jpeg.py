# SPDX-License-Identifier: Apache-2.0
"""JPEG: decoded by Pillow, encoded by OpenCV in bands, side by side.

Both carry libjpeg-turbo. Pillow says so when a file ends early, where OpenCV would fill up with
grey; OpenCV takes the array as it is, where Pillow would first copy it into a store of its own.

A JPEG file may hold restart markers, after which nothing depends on what came before. So the
picture is cut into bands, each encoded for itself, and their scans are joined with a marker
between: the same pixels as in one go, in as many threads as there are cores, and with a working
memory of a few bands whatever the size of the picture.

Source: ITU-T T.81, sections B.1.1.3, B.2.4.4 and F.1.1.5 (restart).
"""

import os
from concurrent.futures import ThreadPoolExecutor

import cv2
from PIL.JpegImagePlugin import JpegImageFile

from tintype.errors import UnsupportedImage
from tintype.imaging.codecs.jpeg_segments import insert_segments, read_segments
from tintype.imaging.exif import read_orientation
from tintype.imaging.guard import refusing_damage
from tintype.imaging.photograph import Photograph, Pixels
from tintype.imaging.pillow import open_image, split_image
from tintype.imaging.profiles import Encoding
from tintype.imaging.raster import Raster
from tintype.imaging.settings import Settings

QUALITY = 95

_LARGEST_SIDE = 65500  # T.81 counts to 65535, libjpeg (JPEG_MAX_DIMENSION) no further than here
_BAND_PIXELS = 1 << 20
_RESTARTS = 8  # markers count from 0 to 7 and start again: bands of 8 block rows begin at 0
_LAST_RESTART = b"\xff\xd7"
_SAMPLING = {
    "4:4:4": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    "4:2:0": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
}


def decode(data: bytes, *, max_pixels: int) -> tuple[Raster, ...]:
    """Decode a JPEG file; of a file with several pictures (MPO), the first."""
    with refusing_damage("JPEG"):
        segments = read_segments(data)
        image = open_image(JpegImageFile, segments.lean, max_pixels=max_pixels, title="JPEG")
        samples, _ = split_image(image)
    return (
        Raster(
            samples=samples,
            encoding=Encoding(profile=segments.profile),
            orientation=read_orientation(segments.exif),
            exif=segments.exif,
            xmp=segments.xmp,
            iptc=segments.iptc,
            dpi=segments.dpi,
            text=tuple(("Comment", comment) for comment in segments.comments),
        ),
    )


def encode(photograph: Photograph, *, settings: Settings) -> bytes:
    """Encode an 8-bit photograph without transparency.

    Raises:
        UnsupportedImage: a side is longer than decoders take, or its EXIF block larger than JPEG
            holds.
    """
    if max(photograph.size) > _LARGEST_SIDE:
        raise UnsupportedImage(
            f"JPEG holds {_LARGEST_SIDE} pixels a side and the photograph has "
            f"{max(photograph.size)}; choose format png or tiff"
        )
    quality = settings.quality or QUALITY
    subsampling = settings.subsampling or ("4:4:4" if quality >= 90 else "4:2:0")
    bare = _encode_bands(photograph.pixels, quality=quality, subsampling=subsampling)
    return insert_segments(bare, photograph)


def _encode_bands(pixels: Pixels, *, quality: int, subsampling: str) -> bytes:
    """Encode ``(H, W)`` or ``(H, W, 3)`` uint8 to a JPEG file without metadata."""
    height, width = pixels.shape[:2]
    block = 16 if pixels.ndim == 3 and subsampling == "4:2:0" else 8  # pixels a side
    rows = block * _RESTARTS
    rows *= max(1, _BAND_PIXELS // (width * rows))
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    if pixels.ndim == 3:
        options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, _SAMPLING[subsampling]]
    if height > rows:
        options += [cv2.IMWRITE_JPEG_RST_INTERVAL, -(-width // block)]  # a marker after every row

    def encode_band(top: int) -> bytes:
        band = pixels[top : top + rows]
        bgr = cv2.cvtColor(band, cv2.COLOR_RGB2BGR) if band.ndim == 3 else band
        return cv2.imencode(".jpg", bgr, options)[1].tobytes()

    tops = range(0, height, rows)
    if len(tops) == 1:
        return encode_band(0)
    with ThreadPoolExecutor(min(len(tops), os.cpu_count() or 1)) as pool:
        return _join_bands(list(pool.map(encode_band, tops)), height)


def _join_bands(bands: list[bytes], height: int) -> bytes:
    """Join the scans of files that differ in nothing but their rows."""
    starts = [_scan_start(band) for band in bands]
    head = bytearray(bands[0][: starts[0]])
    frame = _find_segment(head, 0xC0)  # baseline: marker, size, precision, height
    head[frame + 5 : frame + 7] = height.to_bytes(2, "big")
    scans = [band[start:-2] for band, start in zip(bands, starts, strict=True)]
    return b"".join((head, _LAST_RESTART.join(scans), b"\xff\xd9"))


def _scan_start(file: bytes) -> int:
    at = _find_segment(file, 0xDA)
    return at + 2 + int.from_bytes(file[at + 2 : at + 4], "big")


def _find_segment(file: bytes | bytearray, marker: int) -> int:
    at = 2
    while file[at + 1] != marker:
        at += 2 + int.from_bytes(file[at + 2 : at + 4], "big")
    return at
