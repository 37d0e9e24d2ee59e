# SPDX-License-Identifier: Apache-2.0
import io

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from tintype.errors import UnreadableImage, UnsupportedImage
from tintype.imaging.codecs.jpeg import _BAND_PIXELS
from tintype.imaging.files import encode, read
from tintype.imaging.photograph import Photograph
from tintype.imaging.xmp import is_marked, mark_computed


def saved(image: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", **options)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def large(color_pixels) -> np.ndarray:
    """Three bands and a bit, of a width that no block divides."""
    width = 1003
    rows = 3 * _BAND_PIXELS // width + 101
    tiles = (-(-rows // 61), -(-width // 90), 1)
    return np.ascontiguousarray(np.tile(color_pixels, tiles)[:rows, :width])


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_kind_is_read_as_pillow_shows_it(color_pixels, mode, progressive, orientation):
    image = Image.fromarray(color_pixels).convert(mode)
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(image, progressive=progressive, exif=exif, quality=95)
    with Image.open(io.BytesIO(data)) as opened:
        shown = np.asarray(ImageOps.exif_transpose(opened).convert("L" if mode == "L" else "RGB"))
    np.testing.assert_array_equal(read(data).pixels, shown)


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:0"])
@pytest.mark.parametrize("color", [False, True])
def test_bands_make_the_picture_that_one_go_makes(large, color, subsampling):
    pixels = large if color else large[..., 1].copy()
    data = encode(Photograph(pixels=pixels), format="jpeg", quality=92, subsampling=subsampling)
    whole = saved(Image.fromarray(pixels), quality=92, subsampling=subsampling)
    np.testing.assert_array_equal(Image.open(io.BytesIO(data)), Image.open(io.BytesIO(whole)))
    assert len(data) < 1.01 * len(whole) + 3000  # markers, and the profile


def test_another_decoder_reads_the_bands_too(large):
    data = encode(Photograph(pixels=large), format="jpeg")
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.abs(decoded[..., ::-1].astype(int) - read(data).pixels).max() <= 1


@pytest.mark.parametrize(
    ("options", "horizontal"),
    [({}, 1), ({"quality": 90}, 1), ({"quality": 89}, 2), ({"subsampling": "4:2:0"}, 2)],
)
def test_high_quality_keeps_chroma_at_every_pixel(color_pixels, options, horizontal):
    data = encode(Photograph(pixels=color_pixels), format="jpeg", **options)
    with Image.open(io.BytesIO(data)) as opened:
        assert opened.layer[0][1] == horizontal  # luma samples for one of chroma


def test_the_default_is_the_best_that_anyone_could_see(color_pixels):
    photograph = Photograph(pixels=color_pixels, format="jpeg")
    assert encode(photograph) == encode(photograph, quality=95, subsampling="4:4:4")


def test_a_grey_picture_in_three_planes_becomes_one(grey_pixels):
    data = saved(Image.fromarray(np.dstack([grey_pixels] * 3)), quality=95)
    assert read(data).is_grey


def test_resolution_of_every_unit_is_read(grey_pixels):
    image = Image.fromarray(grey_pixels)
    data = bytearray(saved(image, dpi=(300, 600)))
    assert read(bytes(data)).dpi == (300.0, 600.0)
    unit = data.index(b"JFIF\0") + 7
    data[unit] = 2  # per centimetre
    assert read(bytes(data)).dpi == pytest.approx((762.0, 1524.0))
    data[unit] = 0  # only a ratio
    assert read(bytes(data)).dpi is None


def test_without_jfif_the_resolution_is_exifs(grey_pixels, exif_block):
    data = saved(Image.fromarray(grey_pixels), exif=b"Exif\0\0" + exif_block(dpi=240))
    assert read(data).dpi == (240.0, 240.0)


def test_a_profile_in_several_segments_is_joined(color_pixels, adobe_rgb):
    long = adobe_rgb[:4] + adobe_rgb[4:] + bytes(150_000)
    data = saved(Image.fromarray(color_pixels), icc_profile=long, quality=95)
    short = saved(Image.fromarray(color_pixels), icc_profile=adobe_rgb, quality=95)
    assert data.count(b"ICC_PROFILE\0") == 3
    np.testing.assert_array_equal(read(data).pixels, read(short).pixels)
    plain = saved(Image.fromarray(color_pixels), quality=95)
    assert not np.array_equal(read(plain).pixels, read(short).pixels)


def test_xmp_too_long_for_a_segment_goes_there_and_back(color_pixels):
    history = "x" * 200_000
    packet = mark_computed(None, by="n").replace(
        b"</rdf:RDF>",
        b'<rdf:Description xmlns:a="urn:a"><a:b>'
        + history.encode()
        + b"</a:b></rdf:Description></rdf:RDF>",
    )
    photograph = Photograph(pixels=color_pixels, format="jpeg", xmp=packet, colored_by="n 1")
    data = encode(photograph)
    with Image.open(io.BytesIO(data)) as opened:
        assert is_marked(opened.info["xmp"])  # for readers that look no further
    assert history.encode() in read(data).xmp
    assert is_marked(read(data).xmp)


def test_long_comments_and_iptc_go_there_and_back(color_pixels, iptc_records):
    long = iptc_records * 6000
    photograph = Photograph(
        pixels=color_pixels, format="jpeg", iptc=long, text=(("Comment", "x" * 100_000),)
    )
    back = read(encode(photograph))
    assert back.iptc == long
    assert "".join(text for _, text in back.text) == "x" * 100_000


def test_exif_too_long_for_a_segment_is_refused(color_pixels, exif_block):
    photograph = Photograph(pixels=color_pixels, exif=exif_block() + bytes(70_000))
    with pytest.raises(
        UnsupportedImage, match="the EXIF block is 70,.* bytes and JPEG holds 65,533"
    ):
        encode(photograph, format="jpeg")


@pytest.mark.parametrize("size", [(65501, 1), (1, 65501), (65536, 8)])
def test_a_side_longer_than_decoders_take_is_refused(size):
    with pytest.raises(UnsupportedImage, match="holds 65500 pixels a side .* choose format png"):
        encode(Photograph(pixels=np.zeros(size, np.uint8)), format="jpeg")


@pytest.mark.parametrize("size", [(65500, 17), (17, 65500)])
def test_the_longest_side_goes_there_and_back(size):
    back = read(encode(Photograph(pixels=np.zeros((*size, 3), np.uint8)), format="jpeg"))
    assert back.size == size


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_file_that_ends_early_is_refused(color_pixels, share, progressive):
    data = saved(Image.fromarray(color_pixels), progressive=progressive)
    with pytest.raises(UnreadableImage, match=r"damaged or incomplete JPEG.*; get a whole copy"):
        read(data[: int(share * len(data))])


def test_metadata_that_makes_no_sense_does_not_stand_in_the_way(color_pixels):
    data = saved(Image.fromarray(color_pixels), quality=95)
    for content in (b"Exif\0\0broken", b"http://ns.adobe.com/xap/1.0/\0<broken", b"MPF\0broken"):
        segment = b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content
        photograph = read(data[:2] + segment + data[2:])
        np.testing.assert_array_equal(photograph.pixels, read(data).pixels)
        assert photograph.exif is None
        assert photograph.xmp is None


def test_of_several_pictures_in_a_file_the_first_is_read(color_pixels, grey_pixels):
    buffer = io.BytesIO()
    first, second = Image.fromarray(color_pixels), Image.fromarray(grey_pixels)
    first.save(buffer, "MPO", save_all=True, append_images=[second])
    assert not read(buffer.getvalue()).is_grey


def test_more_than_eight_bits_are_refused(grey_jpeg):
    frame = grey_jpeg.index(b"\xff\xc0")
    deep = grey_jpeg[: frame + 4] + b"\x0c" + grey_jpeg[frame + 5 :]
    with pytest.raises(UnreadableImage, match="12-bit"):
        read(deep)
