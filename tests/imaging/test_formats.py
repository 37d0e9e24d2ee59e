# SPDX-License-Identifier: Apache-2.0
from pathlib import PurePath

import pytest

from tintype.errors import OptionError
from tintype.imaging.formats import (
    FORMATS,
    find_format,
    names_format,
    replace_suffix,
    result_suffix,
    sniff_format,
    suffix_format,
)

HEADS = {
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "tiff": b"MM\x00*\x00\x00\x00\x08",
    "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "avif": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1avif",
    "heif": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    "jpeg2000": b"\x00\x00\x00\x0cjP  \r\n\x87\n",
    "bmp": b"BM" + bytes(24),
    "ppm": b"P5\n90 61\n255\n",
}


@pytest.mark.parametrize("name", HEADS)
def test_a_format_is_known_by_its_first_bytes(name):
    assert sniff_format(HEADS[name]) is find_format(name)


def test_there_is_a_head_for_every_format():
    assert set(HEADS) == {row.name for row in FORMATS}


@pytest.mark.parametrize("head", [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"])
def test_both_byte_orders_and_big_tiff_are_tiff(head):
    assert sniff_format(head + bytes(8)) is find_format("tiff")


def test_a_container_that_calls_itself_neutral_is_told_by_its_compatible_brands():
    neutral = b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avif"
    assert sniff_format(neutral) is find_format("avif")
    assert sniff_format(neutral.replace(b"avif", b"heic")) is find_format("heif")


@pytest.mark.parametrize(
    "head", [b"", b"P", b"B", b"GIF89a", b"%PDF-1.7", b"\0\0\0\x18ftypisom\0\0\0\0mp42", b"P7\n"]
)
def test_what_is_none_of_ours_is_none(head):
    assert sniff_format(head) is None


def test_no_suffix_stands_for_two_formats():
    suffixes = [suffix for row in FORMATS for suffix in row.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix == suffix.lower() for suffix in suffixes)


def test_a_suffix_names_its_format_in_any_case():
    assert suffix_format(PurePath("a/scan.JPG")) is find_format("jpeg")


@pytest.mark.parametrize(
    ("name", "does"),
    [("scan.JPG", True), ("a.b.pgm", True), ("x.j2k", True), ("scan.001", False), ("scan", False)],
)
def test_a_name_ends_in_a_formats_suffix_or_does_not(name, does):
    assert names_format(name) is does


@pytest.mark.parametrize(
    ("name", "renamed"),
    [("a/scan.JPG", "a/scan.png"), ("scan.001", "scan.001.png"), ("3.5.1944", "3.5.1944.png")],
)
def test_only_a_formats_suffix_is_replaced(name, renamed):
    assert replace_suffix(PurePath(name), ".png") == PurePath(renamed)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("scan.gif", r"no format is known for the suffix '\.gif'; use one of \.jpg"),
        ("scan", "the suffix ''"),
        ("scan.pgm", r"a \.pgm file cannot hold colour and its mark; name it \.ppm"),
        ("scan.j2k", r"name it \.jp2"),
    ],
)
def test_a_suffix_that_cannot_be_written_is_refused(name, message):
    with pytest.raises(OptionError, match=message):
        suffix_format(name)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(OptionError, match="one of jpeg, png, .*; got 'gif'"):
        find_format("gif")


@pytest.mark.parametrize(
    ("source", "format", "expected"),
    [
        ("a.jpg", None, ".jpg"),
        ("a.JPEG", None, ".JPEG"),  # as its owner spells it
        ("a.pgm", None, ".ppm"),
        ("a.tif", "png", ".png"),
        ("a.tiff", "tiff", ".tiff"),
        ("a.pgm", "ppm", ".ppm"),
        ("a.j2k", "jpeg2000", ".jp2"),
        ("a.unknown", "jpeg", ".jpg"),
    ],
)
def test_a_result_keeps_its_suffix_where_that_can_hold_colour(source, format, expected):
    assert result_suffix(source, format) == expected


def test_a_result_without_a_format_needs_a_suffix_that_names_one():
    with pytest.raises(OptionError, match="no format is known"):
        result_suffix("a.unknown")
