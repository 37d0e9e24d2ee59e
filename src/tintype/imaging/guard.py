# SPDX-License-Identifier: Apache-2.0
"""What stands between a stranger's file and the decoders: limits, and one kind of error.

Files come from anywhere. A few bytes can promise more pixels than there is memory, and a damaged
file makes a decoder fail in whatever way its author did not think of. Here both end in an error of
:mod:`tintype.errors` that says in one line what is wrong and what to do.
"""

import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
from PIL import Image

from tintype.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from tintype.imaging.photograph import Pixels

# What decoders raise on bytes that they did not expect, gathered from their sources and from a long
# run over mutated files. Warnings are here for those who turn them into errors.
DECODER_FAILURES = (
    OSError,
    ValueError,  # UnicodeDecodeError among them
    SyntaxError,  # Pillow's word for "not this format"
    ArithmeticError,
    LookupError,
    EOFError,
    RuntimeError,  # RecursionError too
    struct.error,
    zlib.error,
    cv2.error,
    Warning,
)

_HDR = {16: "PQ", 18: "HLG"}  # transfer characteristics of ITU-T H.273


@contextmanager
def refusing_damage(title: str) -> Iterator[None]:
    """Turn a decoder's failure inside the block into :class:`UnreadableImage`.

    Args:
        title: what the format is called in messages.
    """
    try:
        yield
    except MemoryError as error:
        raise ImageTooLarge(
            f"this {title} file needs more memory than there is; scale it down first"
        ) from error
    except Image.DecompressionBombError as error:
        raise ImageTooLarge(
            f"this {title} file has more pixels than Pillow opens; scale it down first"
        ) from error
    except DECODER_FAILURES as error:
        raise damaged(title, _in_words(error)) from error


def damaged(title: str, reason: str) -> UnreadableImage:
    """Build the error for a file that is cut off or altered; ``reason`` may be anyone's words."""
    told = " ".join(reason.split())[:100]  # one line, and no essay
    return UnreadableImage(
        f"a damaged or incomplete {title} file{f' ({told})' if told else ''}; get a whole copy"
    )


def _in_words(error: Exception) -> str:
    """What a decoder's failure means to the owner of the file; "" where it says nothing to them."""
    if isinstance(error, struct.error | EOFError):
        return "it ends early"
    if isinstance(error, zlib.error):
        return "its packed data are altered"
    telling = isinstance(error, OSError | SyntaxError | ValueError | RuntimeError)
    return str(error) if telling else ""


def check_size(width: int, height: int, max_pixels: int, *, title: str = "picture") -> None:
    """Refuse a picture for its size, before any of its pixels is decoded.

    Raises:
        UnreadableImage: it has no pixels at all.
        ImageTooLarge: it has more than ``max_pixels``.
    """
    if width < 1 or height < 1:
        raise damaged(title, f"it claims to be {width} x {height} pixels")
    if width * height > max_pixels:
        raise ImageTooLarge(
            f"{width} x {height} is {width * height:,} pixels, more than the {max_pixels:,} "
            "allowed; scale it down, or raise max_pixels if it is to be trusted"
        )


def refuse_animation(frames: int) -> None:
    """Refuse a file that holds a film: colouring its first frame alone would lose the rest.

    Raises:
        UnsupportedImage: there is more than one frame.
    """
    if frames > 1:
        raise UnsupportedImage(
            f"an animation of {frames} frames, not a photograph; save the frames as single pictures"
        )


def refuse_hdr(transfer: int | None) -> None:
    """Refuse a picture whose light is coded for HDR screens.

    Args:
        transfer: number of the transfer characteristics in ITU-T H.273, if the file says it.

    Raises:
        UnsupportedImage: it is PQ or HLG.
    """
    if transfer in _HDR:
        raise UnsupportedImage(
            f"an HDR picture ({_HDR[transfer]}); convert it to sRGB, in which photographs are read"
        )


def refuse_unknown_white(samples: Pixels) -> None:
    """Refuse floating samples outside of [0, 1]: what white is among them, only their maker knows.

    Args:
        samples: any shape; of integers, whose white is their largest, nothing is asked.

    Raises:
        UnsupportedImage: a sample is below 0, above 1, or no number.
    """
    if samples.dtype.kind != "f" or not samples.size:
        return
    low, high = samples.min(), samples.max()
    if not (low >= 0 and high <= 1):  # also so for NaN
        raise UnsupportedImage(
            f"floating samples must lie in [0, 1], got {low:g} to {high:g}; "
            "divide them by the value of their white"
        )


_silence = threading.Lock()
_silent = 0  # blocks inside opencv_silent at this moment
_level = 0  # OpenCV's log level outside of them


@contextmanager
def opencv_silent() -> Iterator[None]:
    """Keep OpenCV from writing to stderr about a file that it cannot decode or encode.

    Its log level is one for the whole process, so blocks that overlap in time share the silence.
    """
    global _silent, _level
    with _silence:
        if _silent == 0:
            _level = cv2.utils.logging.getLogLevel()
            cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        _silent += 1
    try:
        yield
    finally:
        with _silence:
            _silent -= 1
            if _silent == 0:
                cv2.utils.logging.setLogLevel(_level)
