# SPDX-License-Identifier: Apache-2.0
"""The file formats: one row each, with what it can hold and how to tell it from the others.

A file is known by its first bytes and never by its name, so a PNG that calls itself ``scan.jpg`` is
read as the PNG it is. Names and suffixes matter only for what is written.

Sources: the magic numbers are those of each format's own specification; for the ISO base media
family (HEIF, AVIF) the brands of ISO/IEC 23008-12 annex B and of the AVIF specification, section 6.
"""

from dataclasses import dataclass
from pathlib import PurePath
from typing import TypeVar

from tintype.errors import OptionError

P = TypeVar("P", bound=PurePath)

HEAD_BYTES = 64  # enough of a file for find_format

# Room for every camera and for large-format scans (20 by 25 cm at 1200 dpi: 113 megapixels), while
# the largest picture still fits into the memory of a small machine.
MAX_PIXELS = 200_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One file format.

    Attributes:
        name: what it is called in Python and on the command line.
        title: what it is called in messages.
        suffixes: of its files, lower case; the first is the usual one.
        mime: its media type.
        depths: names of the sample types that a colour picture can have in it, smallest first.
        alpha: whether it holds transparency.
        pages: whether it holds several pages.
        lossy: whether ``quality`` means something to it.
        mark: whether it has a place for the mark of computed colours.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    mime: str
    depths: tuple[str, ...] = ("uint8",)
    alpha: bool = True
    pages: bool = False
    lossy: bool = False
    mark: bool = True


FORMATS: tuple[Format, ...] = (
    Format(
        name="jpeg",
        title="JPEG",
        suffixes=(".jpg", ".jpeg", ".jpe", ".jfif"),
        mime="image/jpeg",
        alpha=False,
        lossy=True,
    ),
    Format(
        name="png",
        title="PNG",
        suffixes=(".png",),
        mime="image/png",
        depths=("uint8", "uint16"),
    ),
    Format(
        name="tiff",
        title="TIFF",
        suffixes=(".tif", ".tiff", ".btf"),
        mime="image/tiff",
        depths=("uint8", "uint16", "float32"),
        pages=True,
    ),
    Format(name="webp", title="WebP", suffixes=(".webp",), mime="image/webp", lossy=True),
    Format(
        name="avif",
        title="AVIF",
        suffixes=(".avif",),
        mime="image/avif",
        depths=("uint8", "uint16"),
        lossy=True,
    ),
    Format(
        name="heif",
        title="HEIF",
        suffixes=(".heic", ".heif", ".hif"),
        mime="image/heic",
        depths=("uint8", "uint16"),
        lossy=True,
    ),
    Format(
        name="jpeg2000",
        title="JPEG 2000",
        suffixes=(".jp2", ".jpf", ".jpx", ".j2k", ".j2c", ".jpc"),
        mime="image/jp2",
        depths=("uint8", "uint16"),
    ),
    Format(
        name="bmp",
        title="BMP",
        suffixes=(".bmp", ".dib"),
        mime="image/bmp",
        mark=False,
    ),
    Format(
        name="ppm",
        title="PPM",
        suffixes=(".ppm", ".pgm", ".pbm", ".pnm"),
        mime="image/x-portable-pixmap",
        depths=("uint8", "uint16"),
        alpha=False,
    ),
)

# What cannot hold colour, or not the mark of it (bare JPEG 2000), and what can in its place.
_COLOUR_SUFFIX = {".pgm": ".ppm", ".pbm": ".ppm", ".j2k": ".jp2", ".j2c": ".jp2", ".jpc": ".jp2"}

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}


def find_format(name: str) -> Format:
    """Find a row of :data:`FORMATS` by its name.

    Raises:
        OptionError: no row has that name; the message lists those that there are.
    """
    for row in FORMATS:
        if row.name == name:
            return row
    known = ", ".join(row.name for row in FORMATS)
    raise OptionError(f"format must be one of {known}; got {name!r}")


def sniff_format(head: bytes) -> Format | None:
    """Tell a file's format from its first :data:`HEAD_BYTES`; None if it is none of ours."""
    name = _sniff_name(head)
    return find_format(name) if name else None


def suffix_format(path: str | PurePath) -> Format:
    """Find the format that a file of this name is written in.

    Raises:
        OptionError: no format has the suffix, or it cannot hold colour and its mark (``.pgm``,
            ``.j2k``).
    """
    suffix = PurePath(path).suffix.lower()
    if suffix in _COLOUR_SUFFIX:
        instead = _COLOUR_SUFFIX[suffix]
        raise OptionError(f"a {suffix} file cannot hold colour and its mark; name it {instead}")
    for row in FORMATS:
        if suffix in row.suffixes:
            return row
    known = " ".join(row.suffixes[0] for row in FORMATS)
    raise OptionError(f"no format is known for the suffix {suffix!r}; use one of {known}")


def names_format(path: str | PurePath) -> bool:
    """Whether the name ends in the suffix of a format, also of one that cannot hold colour."""
    suffix = PurePath(path).suffix.lower()
    return any(suffix in row.suffixes for row in FORMATS)


def replace_suffix(path: P, suffix: str) -> P:
    """Put ``suffix`` in the place of a format's, or behind a name that ends in none.

    So ``letter 3.5.1944`` keeps its year, and ``scan.001`` and ``scan.002`` stay two.
    """
    stem = path.stem if names_format(path) else path.name
    return path.with_name(f"{stem}{suffix}")


def result_suffix(source: str | PurePath, format: str | None = None) -> str:
    """Choose the suffix of the result of colouring the file ``source``.

    Args:
        source: the photograph's name; only its suffix matters.
        format: name of the format asked for; None to stay with the photograph's own.

    Returns:
        The source's own suffix as it is spelt where it fits the format and can hold colour, else
        the format's usual one.

    Raises:
        OptionError: ``format`` is unknown, or it is None and the source's suffix is.
    """
    own = PurePath(source).suffix
    colour = _COLOUR_SUFFIX.get(own.lower())
    if format is None:
        return colour or (own if suffix_format(source) else "")
    row = find_format(format)
    return own if own.lower() in row.suffixes and not colour else row.suffixes[0]


def _sniff_name(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:12] == b"jP  \r\n\x87\n" or head.startswith(b"\xff\x4f\xff\x51"):
        return "jpeg2000"
    if head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace():
        return "ppm"
    if head.startswith(b"BM") and len(head) >= 26:
        return "bmp"
    return _sniff_media_brand(head) if head[4:8] == b"ftyp" else None


def _sniff_media_brand(head: bytes) -> str | None:
    """Look through the brands of an ``ftyp`` box: major at 8, compatible ones from 16 on."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[at : at + 4] for at in (8, *range(16, end - 3, 4))}
    if brands & _AVIF_BRANDS:
        return "avif"
    return "heif" if brands & _HEIF_BRANDS else None
