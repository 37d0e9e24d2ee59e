# SPDX-License-Identifier: Apache-2.0
import io
import shutil
import subprocess

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from tintype.errors import UnreadableImage, UnsupportedImage
from tintype.imaging.boxes import find_boxes
from tintype.imaging.exif import entries, make_upright, read_orientation, without_orientation
from tintype.imaging.files import encode, read
from tintype.imaging.photograph import Photograph

AVIFENC = shutil.which("avifenc")


@pytest.mark.parametrize("bits", [10, 12])
@pytest.mark.parametrize("color", [False, True])
def test_more_than_eight_bits_are_read_as_sixteen(samples, bits, color):
    pixels = samples("uint16", color=color)
    options = [cv2.IMWRITE_AVIF_DEPTH, bits, cv2.IMWRITE_AVIF_QUALITY, 100]
    few = pixels[..., ::-1] >> (16 - bits) if color else pixels >> (16 - bits)
    photograph = read(cv2.imencode(".avif", few, options)[1].tobytes())
    assert photograph.pixels.dtype == np.uint16
    step = 65536 / 2**bits
    assert np.abs(photograph.pixels.astype(float) - pixels).max() <= (2 if color else 1.5) * step


@pytest.mark.skipif(not AVIFENC, reason="libavif's tools are missing")
@pytest.mark.parametrize("bits", [8, 10])
def test_libavifs_own_files_are_read(tmp_path, color_pixels, bits):
    Image.fromarray(color_pixels).save(tmp_path / "a.png")
    lossless = ["--min", "0", "--max", "0", "-y", "444", "-d", str(bits)]
    command = [AVIFENC, *lossless, tmp_path / "a.png", tmp_path / "a.avif"]
    subprocess.run(command, check=True, capture_output=True)
    photograph = read(tmp_path / "a.avif")
    shown = photograph.pixels / photograph.white * 255
    assert np.abs(shown - color_pixels).max() <= 1.01


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("bits", [8, 10, 12])
def test_the_containers_own_orientation_is_applied(
    color_pixels, grey_pixels, exif_block, bits, orientation
):
    """Pillow and OpenCV write EXIF's orientation as the container's.

    Deep files of 5 and 7 have their EXIF just beyond byte 500, where OpenCV's first look ends.
    """
    own = np.dstack([color_pixels, grey_pixels])
    image = Image.fromarray(own)
    exif = image.getexif()
    exif[0x0112] = orientation
    turned = ImageOps.exif_transpose(image)  # before Pillow takes the entry out
    if bits == 8:
        buffer = io.BytesIO()
        image.save(buffer, "AVIF", quality=100, subsampling="4:4:4", exif=exif)
        data = buffer.getvalue()
    else:
        deep = own[..., [2, 1, 0, 3]].astype(np.uint16) << (bits - 8)
        block = np.frombuffer(exif_block(orientation), np.uint8)
        options = [cv2.IMWRITE_AVIF_DEPTH, bits, cv2.IMWRITE_AVIF_QUALITY, 100]
        kinds = [cv2.IMAGE_METADATA_EXIF]
        data = cv2.imencodeWithMetadata(".avif", deep, kinds, [block], options)[1].tobytes()
    properties = {
        kind: bool(find_boxes(data, b"meta", b"iprp", b"ipco", kind)) for kind in (b"irot", b"imir")
    }
    assert properties == {
        b"irot": orientation in (3, 5, 6, 7, 8),
        b"imir": orientation in (2, 4, 5, 7),
    }
    photograph = read(data)
    found = np.dstack([photograph.pixels, photograph.alpha]) * (255 / photograph.white)
    np.testing.assert_allclose(found, turned, atol=3)
    assert read_orientation(photograph.exif) == 1


def test_colours_are_not_shifted_towards_green(color_pixels):
    back = read(encode(Photograph(pixels=color_pixels), format="avif", quality=100)).pixels
    assert np.abs((back.astype(int) - color_pixels).mean(axis=(0, 1))).max() < 0.2


@pytest.mark.parametrize("color", [False, True])
def test_exif_is_kept_but_for_the_orientation(samples, exif_block, color):
    """Also an artist in UTF-8, which Pillow would spoil if it wrote the block anew."""
    block = exif_block().replace(b"\x0f\1\2\0", b"\x3b\1\2\0")  # the maker becomes an artist
    block = make_upright(block.replace(b"Leica\0", "Jörg\0".encode()), size=(61, 90))
    photograph = Photograph(pixels=samples("uint8", color=color), exif=block)
    back = read(encode(photograph, format="avif"))
    assert back.exif == without_orientation(block)
    (artist,) = (entry.data for entry in entries(back.exif) if entry.tag == 0x013B)
    assert bytes(artist).decode() == "Jörg\0"


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_is_refused(color_pixels, transfer):
    buffer = io.BytesIO()
    Image.fromarray(color_pixels).save(buffer, "AVIF", quality=90)
    data = bytearray(buffer.getvalue())
    colors = find_boxes(bytes(data), b"meta", b"iprp", b"ipco", b"colr")
    (box,) = [box for box in colors if data[box.start : box.start + 4] == b"nclx"]
    data[box.start + 6 : box.start + 8] = transfer.to_bytes(2, "big")
    with pytest.raises(UnsupportedImage, match="an HDR picture"):
        read(bytes(data))


def test_an_animation_is_refused(color_pixels):
    image, buffer = Image.fromarray(color_pixels), io.BytesIO()
    image.save(buffer, "AVIF", save_all=True, append_images=[image.rotate(90)])
    with pytest.raises(UnsupportedImage, match="an animation of 2 frames"):
        read(buffer.getvalue())


def test_a_file_that_ends_early_is_refused(color_pixels):
    data = encode(Photograph(pixels=color_pixels), format="avif")
    with pytest.raises(UnreadableImage, match="damaged or incomplete AVIF"):
        read(data[: len(data) // 2])
