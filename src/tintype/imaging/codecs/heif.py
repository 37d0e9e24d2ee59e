# SPDX-License-Identifier: Apache-2.0
"""HEIF, by pillow-heif, which is in the extra ``formats``.

It is no part of the default install: the wheels of pillow-heif carry an HEVC encoder under the GPL,
and HEVC has patents on it in some countries. Whoever needs the format decides for themselves.

The file's own rotation has been applied when libheif hands over the pixels; what EXIF says of it
is then no longer true, by ISO/IEC 23008-12, and is not looked at. Deep photographs are written with
10 bits, which is what devices decode. Photographs with alpha are coded without loss, alpha and all,
for HEIF has one quality for both.
"""

import io
from typing import Any

import numpy as np

from tintype.errors import MissingExtra, UnsupportedImage
from tintype.imaging.alpha import unpremultiply
from tintype.imaging.exif import read_resolution
from tintype.imaging.guard import check_size, refuse_hdr, refusing_damage
from tintype.imaging.photograph import Photograph, Pixels
from tintype.imaging.profiles import Encoding, srgb_profile
from tintype.imaging.raster import Raster
from tintype.imaging.settings import Settings

QUALITY = 88

_LOSSLESS = -1
_MODES = {(1, False): "L", (3, False): "RGB", (3, True): "RGBA"}  # channels, with alpha


def decode(data: bytes, *, max_pixels: int) -> tuple[Raster, ...]:
    """Decode a HEIF file; of a file with several pictures, the primary one.

    Raises:
        MissingExtra: pillow-heif is not installed.
    """
    heif = _import_heif()
    with refusing_damage("HEIF"):
        file = heif.open_heif(data, convert_hdr_to_8bit=False)
        image = file[file.primary_index]
        width, height = image.size
        check_size(width, height, max_pixels, title="HEIF")
        profile = image.info.get("icc_profile")
        nclx = image.info.get("nclx_profile") or {}
        if profile is None:
            refuse_hdr(nclx.get("transfer_characteristics"))
        samples, alpha = _split(_decode_samples(image))
        if alpha is not None and image.premultiplied_alpha:
            samples = unpremultiply(samples, alpha)
    exif = (image.info.get("exif") or b"").removeprefix(b"Exif\0\0") or None
    return (
        Raster(
            samples=samples,
            alpha=alpha,
            encoding=Encoding(profile=profile),
            exif=exif,
            xmp=image.info.get("xmp"),
            dpi=read_resolution(exif),
        ),
    )


def encode(photograph: Photograph, *, settings: Settings) -> bytes:
    """Encode a photograph of 8 bits, or of 16 with the upper 10.

    Raises:
        MissingExtra: pillow-heif is not installed.
        UnsupportedImage: its build of libheif cannot encode, or not this size.
    """
    heif = _import_heif()
    pixels, alpha = photograph.pixels, photograph.alpha
    if photograph.is_grey and alpha is not None:
        pixels = np.dstack((pixels,) * 3)
    mode = _MODES[1 if pixels.ndim == 2 else 3, alpha is not None]
    deep = ";16" if pixels.dtype == np.uint16 else ""
    samples = pixels if alpha is None else np.dstack((pixels, alpha))
    options: dict[str, Any] = {
        "quality": settings.quality or QUALITY if alpha is None else _LOSSLESS,
        "chroma": (settings.subsampling or "4:4:4").replace(":", ""),
        "exif": photograph.exif,
        "xmp": photograph.xmp,
    }
    if not photograph.is_grey:
        options["icc_profile"] = srgb_profile()
    buffer = io.BytesIO()
    try:
        size = photograph.size[::-1]
        made = heif.from_bytes(mode + deep, size, samples.tobytes())
        made.save(buffer, **options)
    except (RuntimeError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())
        raise UnsupportedImage(f"HEIF cannot be written ({reason}); choose another") from error
    return buffer.getvalue()


def _import_heif() -> Any:
    try:
        import pillow_heif
    except ImportError as error:
        raise MissingExtra(
            "HEIF needs the package pillow-heif; install it by pip install 'tintype[formats]'"
        ) from error
    return pillow_heif


def _decode_samples(image: Any) -> Pixels:
    """Decode to ``(H, W, C)``, copied: some versions let go of the memory with the file."""
    rows = np.frombuffer(image.data, np.uint8)
    width, height = image.size  # known for certain once it is decoded
    name, _, bits = image.mode.partition(";")
    dtype = np.dtype(np.uint16 if bits == "16" else np.uint8)
    size = width * len(name) * dtype.itemsize
    packed = rows.reshape(height, image.stride)[:, :size].copy()  # rows may be padded
    return packed.view(dtype).reshape(height, width, len(name))


def _split(decoded: Pixels) -> tuple[Pixels, Pixels | None]:
    if decoded.shape[2] == 1:
        return decoded[..., 0], None
    if decoded.shape[2] == 3:
        return decoded, None
    color = decoded[..., 0] if decoded.shape[2] == 2 else decoded[..., :3]
    return np.ascontiguousarray(color), np.ascontiguousarray(decoded[..., -1])
