# SPDX-License-Identifier: Apache-2.0
"""Frames as arrays: luma and alpha out of any pixel format, and a frame to encode out of planes.

FFmpeg knows some two hundred pixel formats. What matters of each is put down as a
:class:`PixelKind`: how deep its samples are, how large its chroma planes, whether it has alpha, and
the plain format that it can be unpacked to without touching a sample. Luma is then a plane of that,
or, for RGB, the weighted sum of its channels, which for grey is exactly their common value.
"""

from dataclasses import dataclass
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.errors import UnsupportedFilm
from tintype.imaging.film import LUMA_WEIGHTS, Coding, Plane
from tintype.video.codecs import Codec

_SUBSAMPLINGS = {"420": (2, 2), "422": (1, 2), "444": (1, 1)}  # luma rows, columns per chroma


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelKind:
    """What a film's frames are made of.

    Attributes:
        unpacked: the pixel format that they are read as; conversion to it loses nothing.
        depth: bits of a sample there, 8 to 16.
        rgb: whether that format is interleaved R'G'B'(A), or planes of Y', Cb, Cr, if any.
        subsampling: of the chroma planes: ``420``, ``422``, ``444``.
        alpha: whether there is an alpha channel.
    """

    unpacked: str
    depth: int
    rgb: bool
    subsampling: str
    alpha: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How frames are handed to an encoder; the attributes are those of :class:`PixelKind`."""

    pixel_format: str
    depth: int
    rgb: bool
    subsampling: str
    alpha: bool

    def chroma_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """(h, w) of the chroma planes of a frame of ``size`` (H, W); its own for RGB."""
        rows, columns = _SUBSAMPLINGS[self.subsampling]
        return -(-size[0] // rows), -(-size[1] // columns)


def find_kind(pixel_format: str) -> PixelKind:
    """Describe a pixel format of FFmpeg's.

    Raises:
        UnsupportedFilm: its samples are floating, or it is none that FFmpeg can unpack.
    """
    found = av.VideoFormat(pixel_format, 16, 16)  # a size, so that planes have theirs
    components = found.components
    bits = max(component.bits for component in components)
    alpha = any(component.is_alpha for component in components)
    if bits > 16 or "bayer" in pixel_format or "xyz" in pixel_format:
        raise UnsupportedFilm(
            f"frames of pixel format {pixel_format} cannot be read without loss; convert the film "
            f"to an ordinary one first, for example yuv420p or gray16le"
        )
    if found.is_rgb or found.has_palette:
        alpha = alpha or found.has_palette
        unpacked = (
            ("rgba" if alpha else "rgb24") if bits <= 8 else "rgba64le" if alpha else "rgb48le"
        )
        return PixelKind(
            unpacked=unpacked,
            depth=8 if bits <= 8 else 16,
            rgb=True,
            subsampling="444",
            alpha=alpha,
        )
    if len(components) - alpha == 1:
        return _grey_kind(bits, alpha=alpha)
    subsampling = _subsampling(components[1].width, components[1].height)
    unpacked = f"yuv{'a' if alpha else ''}{subsampling}p" + ("" if bits == 8 else f"{bits}le")
    return PixelKind(unpacked=unpacked, depth=bits, rgb=False, subsampling=subsampling, alpha=alpha)


def choose_layout(codec: Codec, kind: PixelKind, size: tuple[int, int]) -> Layout:
    """Choose what a codec is given: the input's depth, or the next that it has.

    Args:
        codec: how the film is coded.
        kind: of the input's frames.
        size: (H, W) of the film.
    """
    odd = codec.even and (size[0] % 2 or size[1] % 2)
    wanted = "444" if odd else kind.subsampling if codec.own_subsampling else "420"
    layouts = [_layout_of(name) for name in codec.formats]
    return min(
        layouts,
        key=lambda layout: (
            layout.alpha != kind.alpha and (layout.alpha or _has_alpha(layouts)),
            layout.depth < kind.depth,
            abs(layout.depth - kind.depth),
            layout.subsampling < wanted,  # the nearest that is no coarser
            layout.subsampling,
        ),
    )


def read_samples(
    frame: av.VideoFrame, kind: PixelKind, coding: Coding
) -> tuple[Plane, Plane | None]:
    """Luma and alpha of a decoded frame.

    Args:
        frame: of that kind.
        kind: from :func:`find_kind`.
        coding: of the film; its matrix says what the luma of RGB is.

    Returns:
        Luma codes ``(H, W)`` at the kind's depth, and alpha codes ``(H, W)`` or None. They may
        share the frame's memory: do not write to them.
    """
    name = frame.format.name
    bare = kind.depth == 8 and _luma_lies_bare(frame.format)  # films may change depth on their way
    if name != kind.unpacked and (kind.rgb or kind.alpha or not bare):
        frame = frame.reformat(format=kind.unpacked)
    if kind.unpacked.startswith("ya"):  # grey and alpha by turns
        pairs = plane_array(frame, 0, kind.depth, channels=2)
        return _as_plane(pairs[..., 0]), _as_plane(pairs[..., 1])
    if not kind.rgb:
        alpha = plane_array(frame, 3, kind.depth) if kind.alpha and len(frame.planes) > 3 else None
        return plane_array(frame, 0, kind.depth), alpha
    pixels = plane_array(frame, 0, kind.depth, channels=4 if kind.alpha else 3)
    red, blue = LUMA_WEIGHTS[coding.matrix]
    weights = np.array([[red, 1 - red - blue, blue, 0.0]], dtype=np.float32)
    luma = cv2.transform(pixels, weights[:, : pixels.shape[2]])
    alpha = np.ascontiguousarray(pixels[..., 3]) if kind.alpha else None
    return _as_plane(luma.reshape(pixels.shape[:2])), alpha


def read_chroma(frame: av.VideoFrame, kind: PixelKind) -> NDArray[np.float32] | None:
    """Cb and Cr of a decoded frame as parts of their span, ``(2, h, w)``; None for a grey format.

    Only to tell whether a film is in colour already: RGB is weighed roughly.
    """
    if not kind.rgb and kind.unpacked.startswith("gray"):
        return None
    small = frame.reformat(format="yuv444p")
    planes = np.stack([plane_array(small, index, 8) for index in (1, 2)])
    return (planes.astype(np.float32) - 128) / np.float32(255)


def new_frame(
    layout: Layout, size: tuple[int, int], planes: tuple[Plane, ...], alpha: Plane | None
) -> av.VideoFrame:
    """Make a frame to encode.

    Args:
        layout: what the encoder takes.
        size: (H, W).
        planes: Y', Cb and Cr codes; or, for RGB, one array ``(H, W, 3)``.
        alpha: codes ``(H, W)`` at the layout's depth; None for opaque, if the layout has alpha.
    """
    height, width = size
    frame = av.VideoFrame(width, height, layout.pixel_format)
    if layout.alpha and alpha is None:
        alpha = np.full(size, (1 << layout.depth) - 1, np.uint16)
    if layout.rgb:
        big_endian = layout.pixel_format.endswith("be")
        target = plane_array(frame, 0, layout.depth, channels=4 if layout.alpha else 3)
        target[..., :3] = planes[0].byteswap() if big_endian else planes[0]
        if layout.alpha and alpha is not None:
            target[..., 3] = alpha.byteswap() if big_endian else alpha
        return frame
    for index, plane in enumerate((*planes, alpha) if layout.alpha else planes):
        plane_array(frame, index, layout.depth)[:] = plane
    return frame


def plane_array(frame: av.VideoFrame, index: int, depth: int, *, channels: int = 1) -> Plane:
    """A plane of a frame as an array that shares its memory: ``(H, W)`` or ``(H, W, channels)``."""
    plane = frame.planes[index]
    dtype: Any = np.uint8 if depth <= 8 else np.uint16
    rows = np.frombuffer(memoryview(plane), dtype).reshape(plane.height, -1)
    array = rows[:, : plane.width * channels]
    return array if channels == 1 else array.reshape(plane.height, plane.width, channels)


def change_depth(plane: Plane, given: Coding, wanted: Coding) -> Plane:
    """Luma codes at another depth or range, rounded to nearest."""
    if (given.depth, given.full_range) == (wanted.depth, wanted.full_range):
        return plane
    values = (plane.astype(np.float32) - given.black) * (wanted.luma_span / given.luma_span)
    codes = np.clip(np.rint(values) + wanted.black, 0, (1 << wanted.depth) - 1)
    return _as_plane(codes.astype(wanted.dtype))


def _grey_kind(bits: int, *, alpha: bool) -> PixelKind:
    depth = max(bits, 8)
    unpacked = "ya" if alpha else "gray"
    unpacked += f"{depth}le" if depth > 8 else "8" if alpha else ""
    return PixelKind(unpacked=unpacked, depth=depth, rgb=False, subsampling="420", alpha=alpha)


def _subsampling(width: int, height: int) -> str:
    """Of chroma planes of that size in a frame of 16 x 16: the nearest that all encoders know."""
    if width == 16:
        return "444"
    return "422" if height == 16 else "420"


def _layout_of(name: str) -> Layout:
    kind = find_kind(name)
    return Layout(
        pixel_format=name,
        depth=kind.depth,
        rgb=kind.rgb,
        subsampling=kind.subsampling,
        alpha=kind.alpha,
    )


def _has_alpha(layouts: list[Layout]) -> bool:
    return any(layout.alpha for layout in layouts)


def _luma_lies_bare(pixel_format: av.VideoFormat) -> bool:
    """Whether plane 0 is luma and nothing else, as in nv12: then nothing need be unpacked."""
    luma, *others = pixel_format.components
    return luma.bits == 8 and luma.is_luma and all(other.plane != 0 for other in others)


def _as_plane(array: Any) -> Plane:
    return np.ascontiguousarray(array)
