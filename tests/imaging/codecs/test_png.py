# SPDX-License-Identifier: Apache-2.0
import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from tintype.errors import UnreadableImage, UnsupportedImage
from tintype.imaging.codecs.png_chunks import SIGNATURE
from tintype.imaging.files import encode, read
from tintype.imaging.photograph import Photograph
from tintype.imaging.xmp import make_true


def chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def insert(data: bytes, *chunks: bytes) -> bytes:
    """Put chunks behind the first one."""
    return data[:33] + b"".join(chunks) + data[33:]


def saved(image: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


def raw_png(pixels: np.ndarray, *, depth: int, color: int, extra: bytes = b"") -> bytes:
    """A PNG file of packed rows ``(H, bytes)``, without filters."""
    width = pixels.shape[1] * 8 // depth // (3 if color == 2 else 1)
    header = struct.pack(">IIBBBBB", width, len(pixels), depth, color, 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    parts = (
        chunk(b"IHDR", header),
        extra,
        chunk(b"IDAT", zlib.compress(rows)),
        chunk(b"IEND", b""),
    )
    return SIGNATURE + b"".join(parts)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA"])
def test_every_mode_is_read_as_pillow_shows_it(color_pixels, grey_pixels, mode):
    image = Image.fromarray(color_pixels)
    if mode.endswith("A"):
        image.putalpha(Image.fromarray(grey_pixels))
    data = saved(image.convert(mode) if mode != "PA" else image.quantize())
    photograph = read(data)
    with Image.open(io.BytesIO(data)) as opened:
        shown = np.asarray(opened.convert("RGBA"))
    own = photograph.pixels if not photograph.is_grey else photograph.pixels[..., None]
    np.testing.assert_array_equal(np.broadcast_to(own, (61, 90, 3)), shown[..., :3])
    if mode.endswith("A"):
        np.testing.assert_array_equal(photograph.alpha, shown[..., 3])
    else:
        assert photograph.alpha is None


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_of_opencv_are_read_exactly(samples, opacity, channels):
    pixels = samples("uint16", color=channels > 1)
    planes = pixels if channels == 1 else pixels[..., ::-1]
    stacked = np.dstack((planes, opacity("uint16"))) if channels == 4 else planes
    photograph = read(cv2.imencode(".png", stacked)[1].tobytes())
    np.testing.assert_array_equal(photograph.pixels, pixels)
    if channels == 4:
        np.testing.assert_array_equal(photograph.alpha, opacity("uint16"))


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_the_one_clear_grey_is_found_at_every_depth(depth):
    values = np.arange(8) % (1 << depth)
    clear = min(3, (1 << depth) - 1)
    bits = "".join(f"{value:0{depth}b}" for value in values)
    row = np.frombuffer(int(bits, 2).to_bytes(depth, "big"), np.uint8)[None]
    data = raw_png(row, depth=depth, color=0, extra=chunk(b"tRNS", struct.pack(">H", clear)))
    photograph = read(data)
    white = photograph.white
    np.testing.assert_array_equal(photograph.alpha[0] == 0, values == clear)
    scale = white / ((1 << depth) - 1)
    np.testing.assert_allclose(photograph.pixels[0], values * scale, atol=0.5)


@pytest.mark.parametrize("depth", [8, 16])
def test_the_one_clear_colour_is_found(depth):
    values = np.array([[1, 2, 3], [1, 2, 4], [1, 2, 3]], f">u{depth // 8}")
    row = np.frombuffer(values.tobytes(), np.uint8)[None]
    data = raw_png(row, depth=depth, color=2, extra=chunk(b"tRNS", struct.pack(">3H", 1, 2, 3)))
    photograph = read(data)
    np.testing.assert_array_equal(photograph.alpha[0] == 0, [True, False, True])
    np.testing.assert_array_equal(photograph.pixels[0], values)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize(("color", "short"), [(0, b"\0"), (2, b"\0\1\0\2"), (2, b"\0\1\0\2\0")])
def test_a_clear_colour_that_ends_early_is_damage(depth, color, short):
    row = np.zeros((1, 6 * depth // 8), np.uint8)
    data = raw_png(row, depth=depth, color=color, extra=chunk(b"tRNS", short))
    with pytest.raises(UnreadableImage, match=r"PNG file \(it ends early\)"):
        read(data)


def test_the_clear_entries_of_a_palette_are_alpha(color_pixels):
    image = Image.fromarray(color_pixels).quantize(16)
    data = saved(image, transparency=bytes([0, 128]) + b"\xff" * 14)
    index = np.asarray(image)
    expected = np.where(index == 0, 0, np.where(index == 1, 128, 255))
    np.testing.assert_array_equal(read(data).alpha, expected)


def test_a_gamma_is_honoured_and_yields_to_srgb_and_to_a_profile(samples, grey_gamma):
    data = encode(Photograph(pixels=samples("uint16", color=False)), format="png")
    bare = data.replace(chunk(b"sRGB", b"\1"), b"")
    linear = chunk(b"gAMA", struct.pack(">I", 100_000))
    own = read(bare).pixels
    assert read(insert(bare, linear)).pixels.mean() > 1.2 * own.mean()
    np.testing.assert_array_equal(read(insert(bare, linear, chunk(b"sRGB", b"\0"))).pixels, own)
    usual = chunk(b"gAMA", struct.pack(">I", 45455))
    np.testing.assert_array_equal(read(insert(bare, usual)).pixels, own)
    profile = chunk(b"iCCP", b"grey\0\0" + zlib.compress(grey_gamma(1.0)))
    by_profile = read(insert(bare, profile, usual)).pixels
    np.testing.assert_array_equal(by_profile, read(insert(bare, linear)).pixels)


@pytest.mark.parametrize(("transfer", "name"), [(16, "PQ"), (18, "HLG")])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_hdr_is_refused(samples, transfer, name, dtype):
    data = encode(Photograph(pixels=samples(dtype)), format="png")  # a profile stands beside it
    with pytest.raises(UnsupportedImage, match=rf"an HDR picture \({name}\)"):
        read(insert(data, chunk(b"cICP", bytes([9, transfer, 0, 1]))))


@pytest.mark.parametrize(
    ("primaries", "transfer", "gamma"),
    [(1, 13, None), (1, 1, None), (1, 8, 1.0), (1, 5, 2.8), (12, 13, 1.8), (1, 2, 1.8)],
)
def test_code_points_come_before_a_profile_where_they_are_known(
    samples, grey_gamma, primaries, transfer, gamma
):
    data = encode(Photograph(pixels=samples("uint16", color=False)), format="png")
    bare = data.replace(chunk(b"sRGB", b"\1"), b"")

    def profile(gamma: float) -> bytes:
        return chunk(b"iCCP", b"grey\0\0" + zlib.compress(grey_gamma(gamma)))

    expected = read(insert(bare, profile(gamma)) if gamma else bare).pixels
    code_points = chunk(b"cICP", bytes([primaries, transfer, 0, 1]))
    found = read(insert(bare, code_points, profile(1.8))).pixels
    np.testing.assert_allclose(found, expected, atol=1)  # a profile's gamma is rounded


@pytest.mark.parametrize("content", [b"", b"\1"])
def test_code_points_that_are_cut_short_say_nothing(samples, content):
    data = encode(Photograph(pixels=samples("uint8")), format="png")
    photograph = read(insert(data, chunk(b"cICP", content)))
    np.testing.assert_array_equal(photograph.pixels, samples("uint8"))


def test_texts_of_every_kind_are_kept(color_pixels):
    info = PngImagePlugin.PngInfo()
    info.add_text("Title", "Ein Hund")
    info.add_text("Author", "größer", zip=True)
    info.add_itxt("Description", "日本", "ja", "Beschreibung", zip=True)
    photograph = read(saved(Image.fromarray(color_pixels), pnginfo=info))
    expected = (("Title", "Ein Hund"), ("Author", "größer"), ("Description", "日本"))
    assert photograph.text == expected
    with Image.open(io.BytesIO(encode(photograph))) as opened:
        opened.load()
        assert dict(opened.text) == dict(expected)


def test_what_imagemagick_hides_in_texts_is_found(
    color_pixels, exif_block, iptc_records, xmp_packet
):
    def hidden(name: str, block: bytes) -> bytes:
        digits = block.hex()
        lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
        text = f"\n{name}\n{len(block):8}\n{lines}\n".encode()
        return chunk(b"zTXt", f"Raw profile type {name}\0\0".encode() + zlib.compress(text))

    data = insert(
        saved(Image.fromarray(color_pixels)),
        hidden("exif", b"Exif\0\0" + exif_block(6)),
        hidden("iptc", iptc_records),
        hidden("xmp", xmp_packet),
    )
    photograph = read(data)
    assert photograph.size == (90, 61)
    assert photograph.iptc == iptc_records
    assert photograph.xmp == make_true(xmp_packet)
    assert photograph.text == ()


def test_a_text_that_unpacks_to_more_than_anyone_writes_is_left_behind(color_pixels):
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1 << 25)))
    profile = chunk(b"iCCP", b"bomb\0\0" + zlib.compress(bytes(1 << 25)))
    photograph = read(insert(saved(Image.fromarray(color_pixels)), bomb, profile))
    assert photograph.text == ()
    np.testing.assert_array_equal(photograph.pixels, color_pixels)


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_many_texts_unpack_to_no_more_than_one_may(color_pixels, kind):
    head = {b"zTXt": b"\0\0", b"iTXt": b"\0\1\0\0\0"}[kind]
    packed = zlib.compress(bytes(6 << 20))
    texts = [chunk(kind, b"%d" % number + head + packed) for number in range(50)]
    photograph = read(insert(saved(Image.fromarray(color_pixels)), *texts))
    assert [keyword for keyword, _ in photograph.text] == ["0", "1"]
    np.testing.assert_array_equal(photograph.pixels, color_pixels)


@pytest.mark.parametrize(("broken", "kept"), [(2, (("Title", "Hund"),)), (3, ())])
def test_texts_that_break_while_they_unpack_count_too(color_pixels, broken, kept):
    packed = zlib.compress(bytes(6 << 20))
    altered = packed[:-1] + bytes([packed[-1] ^ 1])
    texts = [chunk(b"zTXt", b"Comment\0\0" + altered)] * broken
    title = chunk(b"zTXt", b"Title\0\0" + zlib.compress(b"Hund"))
    assert read(insert(saved(Image.fromarray(color_pixels)), *texts, title)).text == kept


def test_damaged_metadata_is_left_behind(color_pixels):
    text = bytearray(chunk(b"tEXt", b"Title\0Hund"))
    text[-1] ^= 1
    assert read(insert(saved(Image.fromarray(color_pixels)), bytes(text))).text == ()


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("damage", ["cut", "bit", "no pixels", "short pixels", "header"])
def test_damaged_pixels_are_refused_without_a_word_to_stderr(samples, dtype, damage, capfd):
    data = encode(Photograph(pixels=samples(dtype)), format="png")
    at = data.index(b"IDAT")
    if damage == "cut":
        data = data[:-100]
    elif damage == "bit":
        data = data[: at + 50] + bytes([data[at + 50] ^ 1]) + data[at + 51 :]
    elif damage == "no pixels":
        data = data[: at - 4] + chunk(b"IEND", b"")
    elif damage == "short pixels":
        packed = zlib.compress(bytes(90 * 61))
        data = data[: at - 4] + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    else:
        header = struct.pack(">IIBBBBB", 90, 61, 3, 7, 0, 0, 0)
        data = SIGNATURE + chunk(b"IHDR", header) + data[33:]
    with pytest.raises(UnreadableImage, match="damaged or incomplete PNG"):
        read(data)
    assert capfd.readouterr().err == ""


def test_an_animation_is_refused(color_pixels):
    image = Image.fromarray(color_pixels)
    data = saved(image, save_all=True, append_images=[image.rotate(90)])
    with pytest.raises(UnsupportedImage, match="an animation of 2 frames"):
        read(data)


def test_interlaced_pixels_of_sixteen_bits_are_read(samples):
    """Adam7, of one pixel in each of the first passes."""
    pixels = samples("uint16", color=False)[:8, :8]
    passes = (
        (0, 8, 0, 8),
        (0, 8, 4, 8),
        (4, 8, 0, 4),
        (0, 4, 2, 4),
        (2, 4, 0, 2),
        (0, 2, 1, 2),
        (1, 2, 0, 1),
    )
    rows = b"".join(
        b"\0" + row.astype(">u2").tobytes()
        for top, down, left, right in passes
        for row in pixels[top::down, left::right]
    )
    header = struct.pack(">IIBBBBB", 8, 8, 16, 0, 0, 0, 1)
    data = (
        SIGNATURE
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    np.testing.assert_array_equal(read(data).pixels, pixels)
