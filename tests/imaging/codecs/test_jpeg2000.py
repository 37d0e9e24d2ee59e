# SPDX-License-Identifier: Apache-2.0
import io
import shutil
import subprocess

import cv2
import numpy as np
import pytest
from PIL import Image

from tintype.errors import UnreadableImage, UnsupportedImage
from tintype.imaging.boxes import find_boxes, make_box
from tintype.imaging.files import encode, read
from tintype.imaging.photograph import Photograph

OPJ = shutil.which("opj_compress")


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("bare", [False, True])
def test_pillows_files_are_read_exactly(color_pixels, grey_pixels, mode, bare):
    image = Image.fromarray(color_pixels)
    image.putalpha(Image.fromarray(grey_pixels))
    buffer = io.BytesIO()
    image.convert(mode).save(buffer, "JPEG2000", no_jp2=bare)
    photograph = read(buffer.getvalue())
    shown = np.asarray(image.convert(mode)).reshape(61, 90, -1)
    colors = 1 if mode.startswith("L") else 3
    np.testing.assert_array_equal(photograph.pixels.reshape(61, 90, -1), shown[..., :colors])
    if mode.endswith("A") and not bare:  # a codestream doesn't say which plane is alpha
        np.testing.assert_array_equal(photograph.alpha, grey_pixels)


@pytest.mark.parametrize("color", [False, True])
def test_opencvs_sixteen_bits_are_read_exactly(samples, color):
    pixels = samples("uint16", color=color)
    lossless = [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 1000]
    data = cv2.imencode(".jp2", pixels[..., ::-1] if color else pixels, lossless)[1].tobytes()
    np.testing.assert_array_equal(read(data).pixels, pixels)


@pytest.mark.skipif(not OPJ, reason="OpenJPEG's tools are missing")
@pytest.mark.parametrize("suffix", ["jp2", "j2k"])
@pytest.mark.parametrize("color", [False, True])
def test_twelve_bits_are_scaled_to_sixteen(tmp_path, samples, color, suffix):
    twelve = samples("uint16", color=color) >> 4
    kind = b"P6" if color else b"P5"
    source = tmp_path / ("a.ppm" if color else "a.pgm")
    source.write_bytes(kind + b"\n90 61\n4095\n" + twelve.astype(">u2").tobytes())
    command = [OPJ, "-i", source, "-o", tmp_path / f"a.{suffix}"]
    subprocess.run(command, check=True, capture_output=True)
    pixels = read(tmp_path / f"a.{suffix}").pixels
    np.testing.assert_array_equal(pixels, np.rint(twelve * (65535 / 4095)).astype(np.uint16))


def test_an_embedded_profile_is_honoured(samples, adobe_rgb):
    data = encode(Photograph(pixels=samples("uint8")), format="jpeg2000")
    (header,) = find_boxes(data, b"jp2h")
    (color,) = find_boxes(data, b"jp2h", b"colr")
    inner = (
        data[header.start : color.start - 8]
        + make_box(b"colr", b"\2\0\0" + adobe_rgb)
        + data[color.end : header.end]
    )
    embedded = data[: header.start - 8] + make_box(b"jp2h", inner) + data[header.end :]
    assert not np.array_equal(read(embedded).pixels, read(data).pixels)


@pytest.mark.parametrize("dpi", [(72.0, 72.0), (300.0, 1200.0), (2540.0, 1.0), (1e5, 0.1)])
def test_any_resolution_goes_there_and_back(grey_pixels, dpi):
    photograph = Photograph(pixels=grey_pixels, format="jpeg2000", dpi=dpi)
    assert read(encode(photograph)).dpi == pytest.approx(dpi, rel=1e-3)


def test_small_deep_photographs_are_refused(samples):
    with pytest.raises(UnsupportedImage, match="needs 32 pixels a side, and the photograph has 20"):
        encode(Photograph(pixels=samples("uint16")[:20]), format="jpeg2000")


def test_grey_with_alpha_at_sixteen_bits_is_refused(samples):
    """Pillow would read it at 8 bits, and OpenCV not at all."""
    data = encode(Photograph(pixels=samples("uint16")), format="jpeg2000")
    at = data.index(b"\xff\x4f\xff\x51") + 40
    two = data[:at] + b"\0\2" + data[at + 2 :]
    with pytest.raises(UnsupportedImage, match="16 bits, grey with alpha, is not read"):
        read(two)


def test_signed_samples_are_refused(samples):
    data = bytearray(encode(Photograph(pixels=samples("uint8")), format="jpeg2000"))
    data[data.index(b"\xff\x4f\xff\x51") + 42] |= 0x80
    with pytest.raises(UnsupportedImage, match="signed samples"):
        read(bytes(data))


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("share", [0.05, 0.5])
def test_a_file_that_ends_early_is_refused_without_a_word_to_stderr(samples, dtype, share, capfd):
    data = encode(Photograph(pixels=samples(dtype)), format="jpeg2000")
    with pytest.raises(UnreadableImage, match="damaged or incomplete JPEG 2000"):
        read(data[: int(share * len(data))])
    assert capfd.readouterr().err == ""
