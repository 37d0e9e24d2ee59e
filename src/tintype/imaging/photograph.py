# SPDX-License-Identifier: Apache-2.0
"""The photograph, from the moment it is decoded to the moment it is encoded.

Frozen: every step takes one and returns another. Its pixels keep the depth they came with and are
always encoded sRGB and upright, so that no later step needs to know about colour profiles, EXIF
orientation, palettes or CMYK: :mod:`tintype.imaging.files` has seen to those. A grey photograph is
one plane, never three equal ones. What else the file held travels along untouched.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import UnsupportedImage

Pixels = NDArray[Any]  # uint8, uint16 or float32, as DEPTHS has it

# The sample types that a photograph may have, and the value that is white in each.
DEPTHS: dict[np.dtype[Any], int] = {
    np.dtype(np.uint8): 255,
    np.dtype(np.uint16): 65535,
    np.dtype(np.float32): 1,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Photograph:
    r"""One photograph: pixels, transparency, and what its file said about it.

    Attributes:
        pixels: ``(H, W)`` grey or ``(H, W, 3)`` RGB, uint8, uint16 or float32; encoded sRGB, from 0
            to the depth's :attr:`white`; upright, C-contiguous. Treat as read-only.
        alpha: ``(H, W)`` opacity with the dtype of ``pixels``, not premultiplied; None if opaque.
        exif: the EXIF block, a TIFF structure without the ``Exif\0\0`` that JPEG puts before it;
            its orientation is 1, for it has been applied.
        xmp: the XMP packet, UTF-8.
        iptc: the IPTC-IIM records.
        dpi: pixels per inch, (horizontal, vertical).
        text: keywords and texts, such as PNG's text chunks and JPEG's comment, in file order.
        format: name of the format it came in, a row of :data:`tintype.imaging.formats.FORMATS`.
        pages: the pages that follow this one, each a photograph without pages of its own.
        colored_by: what computed the colours, such as ``"tintype-s 1.0"``; None for a photograph as
            it was read. :func:`tintype.imaging.files.encode` marks the file with it.

    Raises:
        UnsupportedImage: shapes or sample types are not as above.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    dpi: tuple[float, float] | None = None
    text: tuple[tuple[str, str], ...] = ()
    format: str = "png"
    pages: tuple["Photograph", ...] = ()
    colored_by: str | None = None

    def __post_init__(self) -> None:
        shape, dtype = self.pixels.shape, self.pixels.dtype
        if dtype not in DEPTHS:
            raise UnsupportedImage(f"samples must be uint8, uint16 or float32; got {dtype}")
        if len(shape) not in (2, 3) or shape[2:] not in ((), (3,)) or 0 in shape:
            raise UnsupportedImage(f"pixels must be (H, W) or (H, W, 3), not empty; got {shape}")
        if self.alpha is not None and (self.alpha.shape, self.alpha.dtype) != (shape[:2], dtype):
            raise UnsupportedImage(
                f"alpha must be {shape[:2]} {dtype} like the pixels; "
                f"got {self.alpha.shape} {self.alpha.dtype}"
            )

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]

    @property
    def is_grey(self) -> bool:
        """Whether it has one plane. A tinted scan has three; see :mod:`tintype.imaging.tone`."""
        return self.pixels.ndim == 2

    @property
    def white(self) -> int:
        """The sample value of white: 255, 65535 or 1."""
        return DEPTHS[self.pixels.dtype]

    def colored(self, pixels: Pixels, *, by: str) -> "Photograph":
        """Put colours in: the same photograph with other pixels.

        Args:
            pixels: ``(H, W, 3)`` of the same size and dtype as ``self.pixels``.
            by: name and version of what computed them, for the mark in the file.

        Raises:
            UnsupportedImage: size or sample type differ from this photograph's.
        """
        if pixels.shape != (*self.size, 3) or pixels.dtype != self.pixels.dtype:
            raise UnsupportedImage(
                f"colours must be {(*self.size, 3)} {self.pixels.dtype}, as the photograph is; "
                f"got {pixels.shape} {pixels.dtype}"
            )
        return replace(self, pixels=pixels, colored_by=by)

    def map_pages(self, function: "Callable[[Photograph], Photograph]") -> "Photograph":
        """Apply ``function`` to this page and to each that follows; the result has them all."""
        first = function(replace(self, pages=()))
        return replace(first, pages=tuple(function(page) for page in self.pages))
