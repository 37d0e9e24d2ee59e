# SPDX-License-Identifier: Apache-2.0
import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tintype.imaging.exif import (
    EXIF_IFD,
    GPS_IFD,
    directories,
    entries,
    is_exif,
    make_upright,
    read_orientation,
    read_resolution,
    relocated,
    without_orientation,
)

ORDERS = pytest.mark.parametrize("order", ["<", ">"])
THUMBNAIL = b"\xff\xd8 a little grey picture \xff\xd9"


def as_pillow_reads(block: bytes) -> Image.Exif:
    """The block through another reader."""
    exif = Image.Exif()
    exif.load(b"Exif\0\0" + block)
    return exif


@ORDERS
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_read(exif_block, order, orientation):
    block = exif_block(orientation, order=order)
    assert read_orientation(block) == as_pillow_reads(block)[0x0112] == orientation


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_impossible_orientation_is_upright(exif_block, orientation):
    assert read_orientation(exif_block(orientation)) == 1


@ORDERS
def test_an_upright_block_tells_the_truth(exif_block, order):
    block = exif_block(6, order=order, size=(90, 61), thumbnail=THUMBNAIL)
    exif = as_pillow_reads(make_upright(block, size=(61, 90)))
    inner = exif.get_ifd(EXIF_IFD)
    assert exif[0x0112] == 1
    assert (inner[0xA003], inner[0xA002]) == (61, 90)
    assert inner[0xA001] == 1  # sRGB
    assert not exif.get_ifd(1)  # Pillow's name for the thumbnail's directory


@ORDERS
@pytest.mark.parametrize(("field", "damage"), [(2, 0x4000), (4, 0x4000), (2, 5)])
def test_a_damaged_orientation_is_made_upright_too(exif_block, order, field, damage):
    block = bytearray(exif_block(6, order=order))
    at = next(entry.at for entry in entries(bytes(block)) if entry.tag == 0x0112)
    struct.pack_into(f"{order}H", block, at + field, damage)  # its type, or how many there are
    mended = make_upright(bytes(block), size=(61, 90))
    assert read_orientation(mended) == as_pillow_reads(mended)[0x0112] == 1


@ORDERS
def test_all_else_stays_where_it_was(exif_block, order):
    block = exif_block(6, order=order)
    changed = make_upright(block, size=(61, 90))
    different = [at for at, pair in enumerate(zip(block, changed, strict=True)) if len({*pair}) > 1]
    assert len(different) <= 6  # a byte or two each of orientation, size and colour space
    exif = as_pillow_reads(changed)
    assert exif[0x010F] == "Leica"
    assert exif.get_ifd(EXIF_IFD)[0x927C] == b"maker\0notes"
    assert exif.get_ifd(GPS_IFD)[1] == "N"


def test_the_thumbnail_is_cut_off_where_it_is_the_end(exif_block):
    block = exif_block(thumbnail=THUMBNAIL)
    assert make_upright(block, size=(61, 90)) == make_upright(exif_block(), size=(61, 90))


def test_nothing_is_cut_off_that_a_directory_needs(exif_block):
    """A block whose other directories come after the thumbnail's, as some cameras write it."""
    block = bytearray(exif_block())
    entry = next(e for e in entries(bytes(block)) if e.tag == EXIF_IFD)
    link = 8 + len(block) - 8  # the thumbnail's directory is nowhere: its link points into EXIF's
    first = directories(bytes(block))[0]
    count = int.from_bytes(block[first : first + 2], "little")
    at = first + 2 + 12 * count
    block[at : at + 4] = (entry.number - 2).to_bytes(4, "little")
    assert len(make_upright(bytes(block), size=(61, 90))) == link


@ORDERS
def test_resolution_is_per_inch(exif_block, order):
    block = exif_block(dpi=300, order=order)
    assert read_resolution(block) == (300.0, 300.0)
    at = next(entry.at for entry in entries(block) if entry.tag == 0x0128)
    metric = bytearray(block)
    metric[at + 8 : at + 10] = (3).to_bytes(2, "little" if order == "<" else "big")
    assert read_resolution(bytes(metric)) == pytest.approx((762.0, 762.0))


def test_no_resolution_is_none(exif_block):
    assert read_resolution(None) is None
    assert read_resolution(exif_block(dpi=0)) is None


@ORDERS
def test_without_its_orientation_a_block_says_all_else_where_it_said_it(exif_block, order):
    block = exif_block(6, order=order, thumbnail=THUMBNAIL)
    bare = without_orientation(block)
    found, whole = as_pillow_reads(bare), as_pillow_reads(block)
    assert found.keys() == whole.keys() - {0x0112}
    assert all(found[tag] == whole[tag] for tag in found)
    for directory in (EXIF_IFD, GPS_IFD):
        assert found.get_ifd(directory) == whole.get_ifd(directory) != {}
    assert len(bare) == len(block) > len(make_upright(bare, size=(61, 90)))  # it has its thumbnail
    assert without_orientation(bare) == bare


@ORDERS
def test_a_relocated_block_reads_the_same_at_its_new_place(exif_block, order):
    block = exif_block(order=order)
    for offset in (0, 8, 1000):
        moved = bytes(offset) + relocated(block, offset)
        at = {directory + offset for directory in directories(block)}
        found = {e.tag: e.data for d in at for e in entries(block[:8] + moved[8:], d)}
        tags = {e.tag: e.data for d in directories(block) for e in entries(block, d)}
        links = {EXIF_IFD, GPS_IFD}
        assert {t: d for t, d in found.items() if t not in links} == {
            t: d for t, d in tags.items() if t not in links
        }


def hostile(order: str, tag: int, *, count: int = 300) -> bytes:
    """A block of one directory, each entry of which claims all that there is.

    Taken for links, each leads to what looks like another directory as long.
    """
    rows = [struct.pack(f"{order}HHII", tag, 7, 12 * count, 12 + 4 * at) for at in range(count)]
    head = struct.pack(f"{order}2sHIH", b"II" if order == "<" else b"MM", 42, 8, count)
    return b"".join((head, *rows, bytes(12 * count)))


@ORDERS
def test_of_many_links_of_a_kind_the_first_is_followed(order):
    block = hostile(order, EXIF_IFD)
    assert directories(block) == [8, 12]
    assert make_upright(block, size=(61, 90)) == block


@ORDERS
def test_values_that_overlap_are_not_copied(order):
    block = hostile(order, 0x010F)
    found = list(entries(block))
    assert len(found) == 300
    assert all(entry.data.obj is block for entry in found)


@ORDERS
@pytest.mark.parametrize("astray", [0xFFFFFFFF, 5000])
@pytest.mark.parametrize("tag", [EXIF_IFD, GPS_IFD, 0x9003, 0x927C, 0x010F])
def test_what_leads_out_of_a_block_is_not_relocated_with_it(exif_block, order, tag, astray):
    block, offset = bytearray(exif_block(order=order)), 1000
    rows = {e.tag: e.at for d in directories(bytes(block)) for e in entries(bytes(block), d)}
    struct.pack_into(f"{order}I", block, rows[tag] + 8, astray)
    file = bytearray(offset) + relocated(bytes(block), offset)
    file[:8] = block[:4] + struct.pack(f"{order}I", offset + directories(bytes(block))[0])
    found, whole = (as_pillow_reads(bytes(b)) for b in (file, exif_block(order=order)))
    for directory in (EXIF_IFD, GPS_IFD):
        expected = {} if tag == directory else whole.get_ifd(directory)
        assert found.get_ifd(directory) == {t: v for t, v in expected.items() if t != tag}
    assert found.keys() == whole.keys() - {tag}


@pytest.mark.parametrize("block", [None, b"", b"II*\0", b"Exif\0\0II*\0\x08\0\0\0", bytes(100)])
def test_what_is_no_block_is_said_to_be_none(block):
    assert not is_exif(block)
    assert read_orientation(block) == 1


@given(draw=st.data())
def test_damage_ends_in_no_error(draw, exif_block):
    block = bytearray(exif_block(6, thumbnail=THUMBNAIL))
    for _ in range(draw.draw(st.integers(1, 6))):
        block[draw.draw(st.integers(4, len(block) - 1))] = draw.draw(st.integers(0, 255))
    cut = bytes(block[: draw.draw(st.integers(8, len(block)))])
    assert 1 <= read_orientation(cut) <= 8
    read_resolution(cut)
    if is_exif(cut):
        make_upright(cut, size=(61, 90))
        relocated(cut, 8)
        without_orientation(cut)


def test_pillow_writes_blocks_that_are_read_here():
    image, buffer = Image.new("L", (4, 4)), io.BytesIO()
    exif = image.getexif()
    exif[0x0112] = 8
    image.save(buffer, "JPEG", exif=exif)
    with Image.open(buffer) as opened:
        assert read_orientation(opened.info["exif"].removeprefix(b"Exif\0\0")) == 8
