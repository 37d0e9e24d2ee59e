# SPDX-License-Identifier: Apache-2.0
"""From a file to a photograph and back: the front door.

Decoding sees to everything that sets files apart: format, depth, palette, CMYK, colour profile,
orientation. What comes out is always upright encoded sRGB, grey as one plane. Encoding puts the
metadata back, embeds the sRGB profile, and marks the file as computed colour where it is.

Messages of errors speak of the content and leave out the name of the file: whoever works through a
list of them says which one it was.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from tintype.errors import InputError, OptionError, UnreadableImage, UnsupportedImage
from tintype.imaging.alpha import is_opaque
from tintype.imaging.atomic import check_free, write_whole
from tintype.imaging.depth import at_depth
from tintype.imaging.formats import (
    FORMATS,
    HEAD_BYTES,
    MAX_PIXELS,
    Format,
    find_format,
    sniff_format,
    suffix_format,
)
from tintype.imaging.photograph import Photograph
from tintype.imaging.raster import Raster, develop
from tintype.imaging.settings import Settings
from tintype.imaging.xmp import mark_computed


class _Codec(Protocol):
    def decode(self, data: bytes, *, max_pixels: int) -> tuple[Raster, ...]: ...
    def encode(self, photograph: Photograph, *, settings: Settings) -> bytes: ...


# In which module of `codecs` a format is at home; imported with the first file of its kind.
_CODECS: Mapping[str, str] = {row.name: row.name for row in FORMATS} | {"ppm": "netpbm"}


def read(source: str | os.PathLike[str] | bytes, *, max_pixels: int = MAX_PIXELS) -> Photograph:
    """Read a photograph.

    Args:
        source: a file's path, or its bytes.
        max_pixels: refuse more than this before any pixel is decoded, all pages together.

    Returns:
        The photograph upright in encoded sRGB at its own depth; a grey one has one plane, also
        where the file holds three equal ones. The further pages of a TIFF are its ``pages``.

    Raises:
        InputError: there is no such file, or it must not be read.
        UnreadableImage: the bytes are no picture, or one that ends early or is damaged.
        UnsupportedImage: a picture of a kind that cannot be read faithfully.
        ImageTooLarge: it has more than ``max_pixels``.
        MissingExtra: its format needs a package that is not installed.
    """
    data = source if isinstance(source, bytes) else _read_bytes(source)
    row = _known_format(data[:HEAD_BYTES])
    rasters = _codec(row).decode(data, max_pixels=max_pixels)
    del data  # developing takes memory of its own
    first, *others = (develop(raster, format=row.name) for raster in rasters)
    return replace(first, pages=tuple(others)) if others else first


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
            photograph came in. One that holds fewer bits gets as many as it holds, rounded.
        quality: of a lossy format, 1 to 100; None for one at which nothing visible is lost.
        subsampling: of a JPEG's chroma, "4:4:4" or "4:2:0"; None to leave it to the quality.
        mark: whether to say in the metadata that the colours are computed.

    Returns:
        The whole file.

    Raises:
        OptionError: an option is outside its range.
        UnsupportedImage: the format cannot hold what the photograph has: transparency, pages,
            its size.
        MissingExtra: the format needs a package that is not installed.
    """
    row = find_format(photograph.format if format is None else format)
    settings = Settings(quality=quality, subsampling=subsampling)
    if photograph.pages and not row.pages:
        raise UnsupportedImage(
            f"{row.title} holds one page and the photograph has {1 + len(photograph.pages)}; "
            "choose format tiff"
        )
    fitted = photograph.map_pages(lambda page: _fit(page, row, mark=mark))
    return _codec(row).encode(fitted, settings=settings)


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
    target = Path(path)
    row = suffix_format(target)
    if format is not None and find_format(format) is not row:
        raise OptionError(
            f"{target.name!r} is the name of a {row.title} file and format is {format!r}; "
            f"name it {find_format(format).suffixes[0]}"
        )
    check_free(target, overwrite=overwrite)
    data = encode(photograph, format=row.name, quality=quality, subsampling=subsampling, mark=mark)
    write_whole(data, target, overwrite=overwrite)


def detect_format(path: str | os.PathLike[str]) -> Format:
    """Tell the format of a file by its first bytes, without reading the rest.

    Raises:
        InputError: there is no such file, or it must not be read.
        UnreadableImage: it is in no format that tintype reads.
    """
    return _known_format(_read_bytes(path, only_head=True))


def _read_bytes(path: str | os.PathLike[str], *, only_head: bool = False) -> bytes:
    """Read a file, but no further than its first bytes if those show that it is of no use."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe might never end
            raise InputError("not a file but a folder or device; name the photographs themselves")
        with open(path, "rb") as file:
            head = file.read(HEAD_BYTES)
            _known_format(head)
            if only_head:
                return head
            file.seek(0)
            return file.read()
    except FileNotFoundError:
        raise InputError("no such file; check its name") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero in it
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"it cannot be read ({reason}); check its permissions") from error


def _known_format(head: bytes) -> Format:
    row = sniff_format(head)
    if row is not None:
        return row
    if not head:
        raise UnreadableImage("an empty file; get a whole copy")
    known = ", ".join(row.title for row in FORMATS)
    raise UnreadableImage(f"not a picture that tintype reads; convert it to one of {known}")


def _codec(row: Format) -> _Codec:
    module: Any = import_module(f"tintype.imaging.codecs.{_CODECS[row.name]}")
    codec: _Codec = module
    return codec


def _fit(page: Photograph, row: Format, *, mark: bool) -> Photograph:
    """Give one page what the format can hold, and the mark if it is coloured."""
    if page.alpha is not None and not row.alpha:
        if not is_opaque(page.alpha):
            raise UnsupportedImage(
                f"{row.title} cannot hold the photograph's transparency; "
                "choose format png, tiff or webp"
            )
        page = replace(page, alpha=None)
    page = at_depth(page, row.depths)
    if mark and row.mark and page.colored_by:
        page = replace(page, xmp=mark_computed(page.xmp, by=page.colored_by))
    return page
