# SPDX-License-Identifier: Apache-2.0
import io
import struct
from dataclasses import replace

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, TiffImagePlugin

from tintype.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from tintype.imaging.exif import entries
from tintype.imaging.files import encode, read
from tintype.imaging.photograph import Photograph
from tintype.imaging.xmp import make_true

DTYPES = ["uint8", "uint16", "float32"]


def written(pixels: np.ndarray, **options: object) -> bytes:
    """A TIFF file by tifffile."""
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, **options)
    return buffer.getvalue()


def saved(image: Image.Image, **options: object) -> bytes:
    """A TIFF file by Pillow."""
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", **options)
    return buffer.getvalue()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("bigtiff", [False, True])
@pytest.mark.parametrize("layout", [{}, {"tile": (16, 32)}, {"rowsperstrip": 7}])
@pytest.mark.parametrize("packed", [False, True])
def test_tifffiles_files_are_read_exactly(
    samples, dtype, color, byteorder, bigtiff, layout, packed
):
    pixels = samples(dtype, color=color)
    data = written(
        pixels,
        photometric="rgb" if color else "minisblack",
        byteorder=byteorder,
        bigtiff=bigtiff,
        compression="zlib" if packed else None,
        predictor=2 if packed and dtype != "float32" else None,
        **layout,
    )
    np.testing.assert_array_equal(read(data).pixels, pixels)


@pytest.mark.parametrize("kind", ["tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "group4"])
def test_pillows_files_are_read_as_pillow_shows_them(color_pixels, kind):
    image = Image.fromarray(color_pixels)
    image = image.convert("1") if kind == "group4" else image
    data = saved(image, compression=kind)
    shown = Image.open(io.BytesIO(data)).convert("L" if kind == "group4" else "RGB")
    np.testing.assert_array_equal(read(data).pixels, shown)


@pytest.mark.parametrize("kind", [1, 5, 32946])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_opencvs_files_are_read_exactly(samples, kind, dtype):
    pixels = samples(dtype)
    data = cv2.imencode(".tif", pixels[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, kind])[1]
    np.testing.assert_array_equal(read(data.tobytes()).pixels, pixels)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "LAB"])
def test_every_mode_of_pillow_is_read(color_pixels, grey_pixels, mode):
    image = Image.fromarray(color_pixels)
    if mode.endswith("A"):
        image.putalpha(Image.fromarray(grey_pixels))
    if mode == "LAB":
        data = written(np.zeros((4, 4, 3), np.uint8) + np.uint8([128, 0, 0]), photometric="cielab")
        assert np.ptp(read(data).pixels) <= 2
        return
    data = saved(image.convert(mode))
    photograph = read(data)
    shown = Image.open(io.BytesIO(data)).convert("RGBA")
    own = photograph.pixels if not photograph.is_grey else photograph.pixels[..., None]
    np.testing.assert_allclose(
        np.broadcast_to(own, (61, 90, 3)), np.asarray(shown)[..., :3], atol=1
    )
    if mode.endswith("A"):
        np.testing.assert_array_equal(photograph.alpha, grey_pixels)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("color", [False, True])
def test_alpha_is_kept_and_premultiplied_colours_are_freed(samples, opacity, dtype, color):
    pixels, alpha = samples(dtype, color=color), opacity(dtype)
    photograph = Photograph(pixels=pixels)
    photometric = "rgb" if color else "minisblack"
    stacked = np.dstack((pixels, alpha))
    data = written(
        stacked, photometric=photometric, extrasamples=["unassalpha"], planarconfig="contig"
    )
    np.testing.assert_array_equal(read(data).pixels, pixels)
    np.testing.assert_array_equal(read(data).alpha, alpha)

    share = alpha[..., None] / photograph.white
    dark = (stacked[..., :-1] * share).astype(dtype)
    stacked = np.concatenate((dark, alpha[..., None]), axis=2)
    data = written(
        stacked, photometric=photometric, extrasamples=["assocalpha"], planarconfig="contig"
    )
    seen = np.broadcast_to(alpha[..., None] > photograph.white / 4, dark.shape)
    freed, own = (p.reshape(61, 90, -1)[seen] for p in (read(data).pixels, pixels))
    error = np.abs(freed.astype(float) - own).max()
    assert error <= (1e-6 if dtype == "float32" else 4)


def test_an_extra_channel_that_is_no_alpha_is_left_out(samples, opacity):
    stacked = np.dstack((samples("uint8"), opacity("uint8")))
    data = written(stacked, photometric="rgb", extrasamples=["unspecified"], planarconfig="contig")
    assert read(data).alpha is None
    np.testing.assert_array_equal(read(data).pixels, samples("uint8"))


@pytest.mark.parametrize("dtype", DTYPES)
def test_where_white_is_zero_it_is_turned_over(samples, dtype):
    pixels = samples(dtype, color=False)
    white = Photograph(pixels=pixels).white
    data = written((white - pixels).astype(dtype), photometric="miniswhite")
    np.testing.assert_allclose(read(data).pixels, pixels, atol=1e-7)


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_other_floating_samples_become_those_of_32_bits(samples, dtype):
    pixels = samples("float32").astype(dtype)
    photograph = read(written(pixels, photometric="rgb"))
    np.testing.assert_array_equal(photograph.pixels, pixels.astype(np.float32))


@pytest.mark.parametrize("odd", [-0.1, 1.1, np.nan, np.inf])
def test_floating_samples_of_unknown_white_are_refused(samples, odd):
    pixels = samples("float32").copy()
    pixels[3, 4, 1] = odd
    with pytest.raises(UnsupportedImage, match=r"must lie in \[0, 1\], got .* divide them"):
        read(written(pixels, photometric="rgb"))


@pytest.mark.parametrize("dtype", ["int8", "int16", "uint32", "int32", "uint64"])
def test_other_samples_are_refused(dtype):
    with pytest.raises(UnsupportedImage, match="bits is not read; convert it to 8, 16 or floating"):
        read(written(np.zeros((4, 4), dtype), photometric="minisblack"))


def test_an_unknown_compression_is_refused(samples):
    data = bytearray(encode(Photograph(pixels=samples("uint8")), format="tiff"))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        at = file.pages[0].tags[259].valueoffset
    data[at : at + 2] = struct.pack("<H", 34712)
    with pytest.raises(UnsupportedImage, match="TIFF of compression 34712 is not read; save it"):
        read(bytes(data))


def test_more_channels_than_a_photograph_has_are_refused():
    many = np.zeros((4, 4, 40), np.uint8)
    data = written(many, photometric="minisblack", planarconfig="contig")
    with pytest.raises(UnsupportedImage, match="TIFF of 40 channels is not read"):
        read(data)


def test_tiles_of_an_impossible_size_are_refused(samples):
    data = bytearray(written(samples("uint8"), photometric="rgb", tile=(16, 16)))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        at = file.pages[0].tags[322].valueoffset
    data[at : at + 2] = b"\xf0\xff"
    with pytest.raises(UnreadableImage, match="tiles of an impossible size"):
        read(bytes(data))


@pytest.mark.parametrize("packed", ["zlib", None])
def test_strips_without_rows_are_refused(samples, packed):
    """As many strips as rows, so that none is missing, and nothing in any of them."""
    pixels = samples("uint8")
    data = bytearray(written(pixels, photometric="rgb", compression=packed, rowsperstrip=1))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        tag = file.pages[0].tags[278]
    struct.pack_into("<H" if tag.dtype == 3 else "<I", data, tag.valueoffset, 0)
    with pytest.raises(UnreadableImage, match="strips without rows"):
        read(bytes(data))


def test_reduced_copies_and_masks_are_no_pages(samples, grey_pixels):
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as file:
        file.write(grey_pixels[::4, ::4], subfiletype=1)  # a thumbnail
        file.write(samples("uint16"), photometric="rgb", subfiletype=0)
        file.write(grey_pixels > 128, subfiletype=4)  # a mask
        file.write(samples("uint8"), photometric="rgb", subfiletype=2)  # a page
    photograph = read(buffer.getvalue())
    np.testing.assert_array_equal(photograph.pixels, samples("uint16"))
    assert [page.pixels.dtype for page in photograph.pages] == [np.uint8]


def test_the_limit_counts_all_pages(samples):
    page = Photograph(pixels=samples("uint8"), format="tiff")
    data = encode(replace(page, pages=(page, page)))
    assert len(read(data, max_pixels=3 * 61 * 90).pages) == 2
    with pytest.raises(ImageTooLarge):
        read(data, max_pixels=3 * 61 * 90 - 1)


@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_goes_into_the_files_own_directories_and_out_again(samples, exif_block, order):
    photograph = Photograph(pixels=samples("uint8"), format="tiff", exif=exif_block(order=order))
    data = encode(photograph)
    with Image.open(io.BytesIO(data)) as opened:
        exif = opened.getexif()
        assert exif[0x010F] == "Leica"
        assert exif.get_ifd(0x8769)[0x9003] == "1936:03:07 12:00:00"
        assert exif.get_ifd(0x8825)[2] == (51.0, 2.0, 3.0)
    back = read(data)
    assert back.exif[:2] == (b"II" if order == "<" else b"MM")
    assert read(encode(back, format="jpeg")).exif == read(encode(back)).exif


@pytest.mark.parametrize("tag", [0x010F, 0x8769, 0x8825])
def test_exif_that_leads_out_of_its_block_is_left_out(samples, exif_block, tag):
    block = bytearray(exif_block())
    (at,) = (entry.at for entry in entries(bytes(block)) if entry.tag == tag)
    block[at + 8 : at + 12] = b"\xff" * 4
    data = encode(Photograph(pixels=samples("uint8"), exif=bytes(block)), format="tiff")
    with Image.open(io.BytesIO(data)) as opened:
        exif = opened.getexif()
        assert tag not in exif
        assert {0x010F, 0x8769, 0x8825} - {tag} <= exif.keys()


@pytest.mark.parametrize(("tag", "other"), [(0x8769, 0x8825), (0x8825, 0x8769)])
def test_a_photograph_is_not_lost_with_a_directory_of_its_exif(samples, exif_block, tag, other):
    photograph = Photograph(pixels=samples("uint8"), format="tiff", exif=exif_block())
    data = bytearray(encode(photograph))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        place = file.pages[0].tags[tag].offset + 8
    data[place : place + 4] = struct.pack("<I", len(data) - 1)
    back = read(bytes(data))
    np.testing.assert_array_equal(back.pixels, photograph.pixels)
    kept = {entry.tag for entry in entries(back.exif)}
    assert tag not in kept
    assert {0x010F, other} <= kept


def test_a_value_of_exif_beyond_the_end_is_left_out(samples, exif_block):
    data = bytearray(encode(Photograph(pixels=samples("uint8"), exif=exif_block()), format="tiff"))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        start = file.pages[0].tags[0x8769].offset + 8
    (directory,) = struct.unpack_from("<I", data, start)
    assert data[directory + 2 : directory + 4] == struct.pack("<H", 0x9003)
    data[directory + 10 : directory + 14] = struct.pack("<I", len(data) - 1)
    block = read(bytes(data)).exif
    (inner,) = (entry.number for entry in entries(block) if entry.tag == 0x8769)
    assert [entry.tag for entry in entries(block, inner)] == [0x927C, 0xA001, 0xA002, 0xA003]


def test_a_link_beyond_any_file_is_left_out(samples):
    link = (0x8769, tifffile.DATATYPE.LONG8, 1, 2**64 - 1, True)
    data = written(samples("uint8"), photometric="rgb", bigtiff=True, extratags=[link])
    assert 0x8769 not in {entry.tag for entry in entries(read(data).exif)}


@pytest.mark.parametrize("bigtiff", [False, True])
def test_descriptions_of_other_writers_become_exif(samples, bigtiff):
    data = written(
        samples("uint8"),
        photometric="rgb",
        bigtiff=bigtiff,
        description="Ein Hund",
        software="a scanner",
        extratags=[(315, "s", 0, "Erika", True), (33432, "s", 0, "CC0", True)],
        metadata=None,
    )
    exif = Image.Exif()
    exif.load(read(data).exif)
    assert [exif[tag] for tag in (270, 305, 315, 33432)] == [
        "Ein Hund",
        "a scanner",
        "Erika",
        "CC0",
    ]


def test_what_describes_the_file_is_no_exif(samples):
    photograph = read(written(samples("uint8"), photometric="rgb", metadata=None, software=False))
    assert photograph.exif is None


def test_xmp_and_iptc_of_pillow_are_found(color_pixels, xmp_packet, iptc_records):
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[700], info[33723] = xmp_packet, iptc_records
    info.tagtype[700], info.tagtype[33723] = 1, 7
    photograph = read(saved(Image.fromarray(color_pixels), tiffinfo=info))
    assert photograph.xmp == make_true(xmp_packet)
    assert photograph.iptc == iptc_records


@pytest.mark.parametrize("unit", ["INCH", "CENTIMETER", "NONE"])
def test_resolution_of_every_unit_is_read(samples, unit):
    data = written(samples("uint8"), photometric="rgb", resolution=(300, 600), resolutionunit=unit)
    scale = {"INCH": 1.0, "CENTIMETER": 2.54, "NONE": None}[unit]
    assert read(data).dpi == (scale and pytest.approx((300 * scale, 600 * scale)))


def test_pages_whose_exif_differs_in_byte_order_are_refused(samples, exif_block):
    pages = [Photograph(pixels=samples("uint8"), exif=exif_block(order=order)) for order in "<>"]
    with pytest.raises(UnsupportedImage, match="differ in byte order; write them singly"):
        encode(replace(pages[0], pages=(pages[1],)), format="tiff")


def test_a_file_of_more_than_four_gigabytes_is_refused(samples, monkeypatch):
    monkeypatch.setattr("tintype.imaging.codecs.tiff_writer._pack_strip", lambda *_: range(1 << 32))
    with pytest.raises(UnsupportedImage, match="larger than 4 GB; write its pages singly"):
        encode(Photograph(pixels=samples("uint8")), format="tiff")


def test_directories_that_lead_back_to_themselves_end(samples):
    data = bytearray(encode(Photograph(pixels=samples("uint8")), format="tiff"))
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    assert read(bytes(data)).pages == ()


def overlapping(*, pages: int, tags: int, size: int) -> bytes:
    """A file whose every value is the same bytes, all but the whole of it, once for each tag."""
    length = 2 + 12 * tags + 4
    parts = [struct.pack("<2sHI", b"II", 42, 8)]
    for page in range(pages):
        rows = (struct.pack("<HHII", 50_000 + tag, 7, size - 100, 8) for tag in range(tags))
        following = 8 + length * (page + 1) if page + 1 < pages else 0
        parts += [struct.pack("<H", tags), *rows, struct.pack("<I", following)]
    return b"".join(parts).ljust(size, b"\0")


@pytest.mark.parametrize(("pages", "tags"), [(1, 4000), (4000, 1)])
def test_values_that_overlap_are_refused(pages, tags):
    with pytest.raises(UnreadableImage, match="its values overlap"):
        read(overlapping(pages=pages, tags=tags, size=1 << 17))


def test_exif_that_pages_share_counts_for_each(samples, exif_block):
    page = Photograph(pixels=samples("uint8"), exif=exif_block())
    data = bytearray(encode(replace(page, pages=(page,)), format="tiff"))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        first, second = (opened.tags[0x8769].offset + 8 for opened in file.pages)
    note = len(data)  # bytes, with the directory before them more than half of the file
    end = struct.pack("<HHHIII", 1, 0x927C, 7, note, len(data) + 18, 0) + bytes(note)
    struct.pack_into("<I", data, first, len(data))
    assert len(read(bytes(data) + end).exif) > note
    struct.pack_into("<I", data, second, len(data))
    found = read(bytes(data) + end)
    assert len(found.exif) > note > len(found.pages[0].exif)  # what claims too much is left out


def test_strips_that_overlap_are_refused(samples):
    image = Image.fromarray(samples("uint8"))
    data = bytearray(saved(image, compression="tiff_lzw", strip_size=1))  # a strip for each row
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        for tag, number in ((273, 8), (279, len(data) - 8)):
            found = file.pages[0].tags[tag]
            code = {3: "H", 4: "I"}[found.dtype]
            struct.pack_into(f"<61{code}", data, found.valueoffset, *[number] * found.count)
    with pytest.raises(UnreadableImage, match="parts of it overlap"):
        read(bytes(data))


def test_a_file_without_pictures_is_refused():
    with pytest.raises(UnreadableImage, match="without any picture in it"):
        read(b"II*\0" + bytes(60))


@pytest.mark.parametrize("packed", ["zlib", None])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.99])
def test_a_file_that_ends_early_is_refused(samples, packed, share, capfd):
    data = written(samples("uint16"), photometric="rgb", compression=packed, rowsperstrip=8)
    with pytest.raises(UnreadableImage, match="damaged or incomplete TIFF"):
        read(data[: int(share * len(data))])
    assert capfd.readouterr().err == ""


def test_altered_pixels_are_noticed(samples, capfd):
    data = bytearray(encode(Photograph(pixels=samples("uint16")), format="tiff"))
    data[200] ^= 4
    with pytest.raises(UnreadableImage, match="its packed data are altered"):
        read(bytes(data))
    assert capfd.readouterr().err == ""
