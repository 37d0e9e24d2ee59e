# SPDX-License-Identifier: Apache-2.0
"""From a file to a photograph and back: the front door.

Decoding sees to everything that sets files apart: format, depth, palette, CMYK, colour profile,
orientation. What comes out is always upright encoded sRGB, grey as one plane. Encoding puts the
metadata back, embeds the sRGB profile, and marks the file as computed colour where it is.

Messages of errors speak of the content and leave out the name of the file: whoever works through a
list of them says which one it was.
"""

import io
import os
from pathlib import Path

import numpy as np
from PIL import Image

from tintype.errors import ImageTooLarge, OutputError, UnreadableImage
from tintype.imaging.formats import (
    FORMATS,
    HEAD_BYTES,
    Format,
    find_format,
    sniff_format,
    suffix_format,
)
from tintype.imaging.photograph import Photograph

# Room for every camera and for large-format scans (20 by 25 cm at 1200 dpi: 113 megapixels), while
# the largest picture still fits into the memory of a small machine.
MAX_PIXELS = 200_000_000


def read(source: str | os.PathLike[str] | bytes, *, max_pixels: int = MAX_PIXELS) -> Photograph:
    """Read a photograph.

    Args:
        source: a file's path, or its bytes.
        max_pixels: refuse more than this before any pixel is decoded, all pages together.

    Returns:
        The photograph upright in encoded sRGB at its own depth; a grey one has one plane, also
        where the file holds three equal ones.

    Raises:
        InputError: there is no such file, or it must not be read.
        UnreadableImage: the bytes are no picture, or one that ends early or is damaged.
        UnsupportedImage: a picture of a kind that cannot be read faithfully.
        ImageTooLarge: it has more than ``max_pixels``.
        MissingExtra: its format needs a package that is not installed.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    row = sniff_format(data[:HEAD_BYTES])
    if row is None:
        raise UnreadableImage(
            "not a picture in a format that tintype reads "
            f"({', '.join(known.title for known in FORMATS)})"
        )
    with Image.open(io.BytesIO(data)) as image:
        if image.width * image.height > max_pixels:
            raise ImageTooLarge(f"{image.width} x {image.height} pixels")
        pixels = np.array(image if image.mode == "L" else image.convert("RGB"))
    return Photograph(pixels=pixels, format=row.name)


def encode(
    photograph: Photograph,
    *,
    format: str | None = None,
    quality: int | None = None,
    subsampling: str | None = None,
    mark: bool = True,
) -> bytes:
    """Encode a photograph with its metadata.

    Args:
        photograph: what to encode; where ``colored_by`` is set, the file is marked with it.
        format: name of a row of :data:`tintype.imaging.formats.FORMATS`; None for the one that the
            photograph came in.
        quality: of a lossy format, 1 to 100; None for one at which nothing visible is lost.
        subsampling: of a JPEG's chroma, "4:4:4" or "4:2:0"; None for the one that goes with the
            quality.
        mark: whether to say in the metadata that the colours are computed.

    Returns:
        The whole file.

    Raises:
        OptionError: an option is outside its range.
        UnsupportedImage: the format cannot hold what the photograph has (transparency, pages).
        MissingExtra: the format needs a package that is not installed.
    """
    row = find_format(format or photograph.format)
    buffer = io.BytesIO()
    Image.fromarray(photograph.pixels).save(buffer, row.title)
    return buffer.getvalue()


def write(
    photograph: Photograph,
    path: str | os.PathLike[str],
    *,
    format: str | None = None,
    quality: int | None = None,
    subsampling: str | None = None,
    mark: bool = True,
    overwrite: bool = False,
) -> None:
    """Write a photograph: wholly, or not at all.

    The bytes go to a temporary file in the same folder, to the disk, and only then to their name.

    Args:
        photograph: what to write.
        path: where to; its folder must exist. Its suffix names the format if ``format`` is None.
        format: as in :func:`encode`; the suffix must then be one of that format's.
        quality: as in :func:`encode`.
        subsampling: as in :func:`encode`.
        mark: as in :func:`encode`.
        overwrite: replace a file that is already there.

    Raises:
        OptionError: the suffix names no format, or another than ``format``.
        OutputError: the file exists, the folder does not, or the disk refuses.
        InputError: as :func:`encode` raises.
    """
    row: Format = suffix_format(path) if format is None else find_format(format)
    if Path(path).exists() and not overwrite:
        raise OutputError(f"{path} exists already; choose another name, or allow overwriting")
    Path(path).write_bytes(
        encode(photograph, format=row.name, quality=quality, subsampling=subsampling, mark=mark)
    )
