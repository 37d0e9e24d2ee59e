# SPDX-License-Identifier: Apache-2.0
import struct
import threading
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from tintype.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from tintype.imaging.guard import (
    DECODER_FAILURES,
    check_size,
    opencv_silent,
    refuse_animation,
    refuse_hdr,
    refuse_unknown_white,
    refusing_damage,
)


@pytest.mark.parametrize("failure", DECODER_FAILURES)
def test_whatever_a_decoder_raises_becomes_one_error(failure):
    with (
        pytest.raises(
            UnreadableImage, match=r"^a damaged or incomplete X file.*; get a whole copy$"
        ),
        refusing_damage("X"),
    ):
        raise failure("some words")


def test_the_message_is_one_short_line():
    with pytest.raises(UnreadableImage) as caught, refusing_damage("X"):
        raise ValueError("first\nsecond\t" + 500 * "x")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200
    assert "first second" in str(caught.value)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (struct.error("unpack requires a buffer of 12 bytes"), "(it ends early)"),
        (zlib.error("Error -3 while decompressing"), "(its packed data are altered)"),
        (IndexError("list index out of range"), "X file;"),
    ],
)
def test_what_only_a_programmer_understands_is_not_said(failure, words):
    with pytest.raises(UnreadableImage) as caught, refusing_damage("X"):
        raise failure
    assert words in str(caught.value)


def test_deliberate_errors_and_bugs_pass_through():
    for error in (UnsupportedImage("no"), KeyboardInterrupt()):
        with pytest.raises(type(error)), refusing_damage("X"):
            raise error


@pytest.mark.parametrize("failure", [MemoryError(), Image.DecompressionBombError("big")])
def test_too_much_for_the_memory_is_too_large(failure):
    with pytest.raises(ImageTooLarge, match="scale it down first"), refusing_damage("X"):
        raise failure


def test_the_limit_counts_pixels():
    check_size(100, 100, 10_000)
    with pytest.raises(ImageTooLarge, match="100 x 101 is 10,100 pixels, more than the 10,000"):
        check_size(100, 101, 10_000)


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, 5)])
def test_no_pixels_are_damage(size):
    with pytest.raises(UnreadableImage, match="claims to be"):
        check_size(*size, 10_000)


def test_films_and_hdr_are_refused():
    refuse_animation(1)
    refuse_hdr(None)
    refuse_hdr(13)  # sRGB
    with pytest.raises(UnsupportedImage, match="an animation of 12 frames"):
        refuse_animation(12)
    with pytest.raises(UnsupportedImage, match=r"HDR picture \(PQ\)"):
        refuse_hdr(16)


def test_floating_samples_of_unknown_white_are_refused():
    refuse_unknown_white(np.array([0, 0.5, 1], np.float32))
    refuse_unknown_white(np.array([0, 65535], np.uint16))
    refuse_unknown_white(np.empty((0, 4), np.float32))
    for odd in (-0.1, 1.1, np.nan, np.inf):
        with pytest.raises(UnsupportedImage, match=r"must lie in \[0, 1\], got .* their white"):
            refuse_unknown_white(np.array([0.5, odd]))


def complain() -> None:
    """Make OpenCV write to its log."""
    cv2.imdecode(np.frombuffer(b"\x89PNG\r\n\x1a\n" + bytes(40), np.uint8), cv2.IMREAD_UNCHANGED)


def test_opencv_is_silent_inside_and_itself_outside(capfd):
    level = cv2.utils.logging.getLogLevel()
    with opencv_silent():
        complain()
    assert capfd.readouterr().err == ""
    assert cv2.utils.logging.getLogLevel() == level


def test_silences_that_overlap_in_time_end_with_the_last():
    level = cv2.utils.logging.getLogLevel()
    inside, leave = threading.Event(), threading.Event()

    def keep_silent() -> None:
        with opencv_silent():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=keep_silent)
    with opencv_silent():
        thread.start()
        inside.wait(10)
    silent = cv2.utils.logging.getLogLevel()
    leave.set()
    thread.join()
    assert silent == cv2.utils.logging.LOG_LEVEL_SILENT
    assert cv2.utils.logging.getLogLevel() == level
