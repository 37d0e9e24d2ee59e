# SPDX-License-Identifier: Apache-2.0
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tintype.errors import (
    ImageTooLarge,
    InputError,
    MissingExtra,
    OptionError,
    OutputError,
    UnreadableImage,
    UnsupportedImage,
)
from tintype.imaging.files import MAX_PIXELS, detect_format, encode, read, write
from tintype.imaging.formats import FORMATS
from tintype.imaging.photograph import Photograph
from tintype.imaging.xmp import is_marked

NAMES = [row.name for row in FORMATS]


@pytest.fixture
def grey(grey_pixels) -> Photograph:
    return Photograph(pixels=grey_pixels, format="jpeg")


@pytest.fixture
def colored(color_pixels) -> Photograph:
    return Photograph(pixels=color_pixels, format="jpeg", colored_by="tintype-s 1.0")


def test_a_path_and_its_bytes_read_the_same(tmp_path, grey_jpeg):
    path = tmp_path / "scan.jpg"
    path.write_bytes(grey_jpeg)
    for source in (path, str(path)):
        np.testing.assert_array_equal(read(source).pixels, read(grey_jpeg).pixels)


def test_a_photograph_says_what_it_is(grey_jpeg, grey_pixels):
    photograph = read(grey_jpeg)
    assert photograph.is_grey
    assert photograph.size == grey_pixels.shape
    assert photograph.format == "jpeg"
    assert photograph.colored_by is None


@pytest.mark.parametrize("name", ["scan.jpg", "scan.tif", "scan", "a\nb.txt", "-o.png", "ä.bmp"])
def test_its_name_says_nothing(tmp_path, grey_png, name):
    path = tmp_path / name
    path.write_bytes(grey_png)
    assert read(path).format == "png"
    assert detect_format(path).name == "png"


def test_a_link_is_followed(tmp_path, grey_png):
    (tmp_path / "a.png").write_bytes(grey_png)
    (tmp_path / "link.png").symlink_to("a.png")
    assert read(tmp_path / "link.png").format == "png"


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (None, InputError, "no such file; check its name"),
        (Path.mkdir, InputError, "not a file but a folder or device"),
        (make_fifo, InputError, "not a file but a folder or device"),
        (lambda path: path.write_bytes(b""), UnreadableImage, "an empty file; get a whole copy"),
        (
            lambda path: path.write_text("<html>404</html>"),
            UnreadableImage,
            "not a picture that tintype reads; convert it to one of JPEG, PNG, TIFF",
        ),
        (lambda path: path.symlink_to(path.name), InputError, "cannot be read .*symbolic links"),
    ],
    ids=["missing", "folder", "pipe", "empty", "page", "loop"],
)
@pytest.mark.parametrize("function", [read, detect_format])
def test_what_cannot_be_read_is_told_in_one_line(tmp_path, make, error, message, function):
    path = tmp_path / "scan.jpg"
    if make:
        make(path)
    with pytest.raises(error, match=message) as caught:
        function(path)
    assert "\n" not in str(caught.value)
    assert type(caught.value) is error


@pytest.mark.skipif(os.geteuid() == 0, reason="to root everything is readable")
def test_a_file_that_must_not_be_read_is_told(tmp_path, grey_png):
    path = tmp_path / "scan.png"
    path.write_bytes(grey_png)
    path.chmod(0)
    with pytest.raises(InputError, match="Permission denied.*; check its permissions"):
        read(path)


def test_a_refused_permission_is_told(tmp_path, grey_png, monkeypatch):
    path = tmp_path / "scan.png"
    path.write_bytes(grey_png)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(InputError, match=r"\(Permission denied\); check its permissions"):
        read(path)


def test_a_name_with_a_zero_in_it_is_told():
    with pytest.raises(InputError, match="embedded null byte"):
        read("a\0b.jpg")


@pytest.mark.parametrize("name", NAMES)
def test_too_many_pixels_are_refused_before_one_is_decoded(samples, name):
    data = encode(Photograph(pixels=samples("uint8")), format=name)
    pixels = 61 * 90
    assert read(data, max_pixels=pixels).size == (61, 90)
    with pytest.raises(ImageTooLarge, match="90 x 61 is 5,490 pixels, more than the 5,489 allowed"):
        read(data, max_pixels=pixels - 1)


def test_the_limit_leaves_room_for_the_largest_cameras():
    assert MAX_PIXELS > 100_000_000


@pytest.mark.parametrize("name", NAMES)
def test_a_colour_result_is_marked_unless_asked_not_to(colored, name):
    row = next(row for row in FORMATS if row.name == name)
    marked, plain = encode(colored, format=name), encode(colored, format=name, mark=False)
    assert is_marked(marked) == row.mark
    assert not is_marked(plain)
    assert read(plain).xmp is None


def test_a_photograph_that_was_not_coloured_is_not_marked(grey):
    assert not is_marked(encode(grey, format="png"))


@pytest.mark.parametrize("name", NAMES)
def test_encoding_is_deterministic(colored, name):
    assert encode(colored, format=name) == encode(colored, format=name)


def test_quality_costs_bytes(colored):
    sizes = [len(encode(colored, quality=quality)) for quality in (30, 60, 90, 100)]
    assert sizes == sorted(set(sizes))
    assert len(encode(colored, quality=95, subsampling="4:2:0")) < len(encode(colored, quality=95))


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"quality": 0}, r"quality must be in \[1, 100\], got 0"),
        ({"quality": 101}, "got 101"),
        ({"subsampling": "4:1:1"}, "subsampling must be one of 4:4:4, 4:2:0; got '4:1:1'"),
        ({"format": "gif"}, "format must be one of jpeg, .*; got 'gif'"),
    ],
)
def test_options_outside_their_range_are_refused(colored, option, message):
    with pytest.raises(OptionError, match=message):
        encode(colored, **option)


def test_transparency_goes_nowhere_where_it_would_be_lost(colored, opacity):
    clear = replace(colored, alpha=opacity("uint8"))
    for name in ("jpeg", "ppm"):
        with pytest.raises(UnsupportedImage, match="cannot hold the photograph's transparency"):
            encode(clear, format=name)
    opaque = replace(colored, alpha=np.full((61, 90), 255, np.uint8))
    assert read(encode(opaque, format="jpeg")).alpha is None


def test_pages_go_nowhere_where_they_would_be_lost(colored):
    with pytest.raises(UnsupportedImage, match="JPEG holds one page and the photograph has 2"):
        encode(replace(colored, pages=(colored,)))


@pytest.mark.parametrize("name", ["jpeg", "webp", "bmp"])
def test_a_shallow_format_gets_as_many_bits_as_it_holds(samples, name):
    deep = Photograph(pixels=samples("uint16"))
    assert read(encode(deep, format=name)).pixels.dtype == np.uint8


def test_heif_needs_an_extra(colored, monkeypatch):
    data = encode(colored, format="heif")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    for act in (lambda: encode(colored, format="heif"), lambda: read(data)):
        with pytest.raises(MissingExtra, match=r"pip install 'tintype\[formats\]'"):
            act()


def test_a_written_file_is_what_was_encoded(tmp_path, colored):
    write(colored, tmp_path / "a.jpg", quality=80)
    assert (tmp_path / "a.jpg").read_bytes() == encode(colored, quality=80)


@pytest.mark.parametrize("row", FORMATS, ids=NAMES)
def test_the_suffix_names_the_format(tmp_path, colored, row):
    path = tmp_path / f"a{row.suffixes[0]}"
    write(colored, path)
    assert detect_format(path) is row


def test_a_suffix_and_a_format_that_disagree_are_refused(tmp_path, colored):
    with pytest.raises(
        OptionError, match=r"'a\.jpg' is the name of a JPEG file and format is 'png'"
    ):
        write(colored, tmp_path / "a.jpg", format="png")
    write(colored, tmp_path / "a.jpg", format="jpeg")


def test_nothing_is_replaced_unless_it_may_be(tmp_path, colored, monkeypatch):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"an original")
    monkeypatch.setattr("tintype.imaging.files.encode", lambda *_, **__: pytest.fail("worked"))
    with pytest.raises(OutputError, match="exists already"):
        write(colored, path)
    assert path.read_bytes() == b"an original"
    monkeypatch.undo()
    write(colored, path, overwrite=True)
    assert read(path).size == (61, 90)


def test_a_refusal_leaves_nothing_behind(tmp_path, colored, opacity):
    with pytest.raises(UnsupportedImage):
        write(replace(colored, alpha=opacity("uint8")), tmp_path / "a.jpg")
    assert list(tmp_path.iterdir()) == []
