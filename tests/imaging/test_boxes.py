# SPDX-License-Identifier: Apache-2.0
import pytest

from tintype.imaging.boxes import Box, find_boxes, make_box, walk_boxes

NESTED = make_box(b"ftyp", b"avif") + make_box(
    b"meta", bytes(4) + make_box(b"iprp", make_box(b"ipco", make_box(b"av1C", b"\x81\x00\x40")))
)


def test_boxes_are_found_along_their_path():
    (box,) = find_boxes(NESTED, b"meta", b"iprp", b"ipco", b"av1C")
    assert NESTED[box.start : box.end] == b"\x81\x00\x40"
    assert find_boxes(NESTED, b"meta", b"none") == []


def test_a_box_of_no_length_goes_to_the_end():
    data = b"\0\0\0\0mdatrest"
    assert list(walk_boxes(data)) == [Box(b"mdat", 8, 12)]


def test_a_long_box_has_its_length_behind_its_name():
    data = b"\0\0\0\1mdat" + (19).to_bytes(8, "big") + b"abc"
    assert list(walk_boxes(data)) == [Box(b"mdat", 16, 19)]


@pytest.mark.parametrize(
    "data", [b"\0\0\0\x20mdatrest", b"\0\0\0\4mdat", b"\0\0\0\1mdat" + bytes(8)]
)
def test_a_box_that_reaches_out_of_the_file_is_refused(data):
    with pytest.raises(ValueError, match="ends early"):
        list(walk_boxes(data))
