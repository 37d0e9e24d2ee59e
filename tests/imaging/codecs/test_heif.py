# SPDX-License-Identifier: Apache-2.0
import io
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from tintype.errors import UnreadableImage, UnsupportedImage
from tintype.imaging.files import encode, read
from tintype.imaging.photograph import Photograph

pillow_heif = pytest.importorskip("pillow_heif", reason="the extra 'formats' is not installed")
HEIF_ENC = shutil.which("heif-enc")


def test_ten_bits_are_read_as_sixteen(samples):
    pixels, buffer = samples("uint16"), io.BytesIO()
    made = pillow_heif.from_bytes("RGB;16", (90, 61), pixels.tobytes())
    made.save(buffer, quality=-1, chroma=444)
    photograph = read(buffer.getvalue())
    assert photograph.pixels.dtype == np.uint16
    assert np.abs(photograph.pixels.astype(int) - pixels).max() <= 2 * 64


@pytest.mark.skipif(not HEIF_ENC, reason="libheif's tools are missing")
def test_libheifs_own_files_are_read(tmp_path, color_pixels):
    Image.fromarray(color_pixels).save(tmp_path / "a.png")
    command = [HEIF_ENC, "-L", "-p", "chroma=444", tmp_path / "a.png", "-o", tmp_path / "a.heic"]
    subprocess.run(command, check=True, capture_output=True)
    assert np.abs(read(tmp_path / "a.heic").pixels.astype(int) - color_pixels).max() <= 3


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_containers_orientation_counts_and_exifs_does_not(
    color_pixels, exif_block, orientation
):
    """The encoder takes the container's from EXIF; the decoder has turned the pixels by it."""
    buffer = io.BytesIO()
    made = pillow_heif.from_pillow(Image.fromarray(color_pixels))
    made.save(buffer, quality=-1, exif=b"Exif\0\0" + exif_block(orientation))
    photograph = read(buffer.getvalue())
    file = pillow_heif.open_heif(buffer.getvalue())
    np.testing.assert_array_equal(photograph.pixels, file.to_pillow())
    exif = Image.Exif()
    exif.load(photograph.exif)
    assert exif[0x0112] == 1


def test_premultiplied_colours_are_freed(color_pixels, grey_pixels, monkeypatch):
    data = encode(Photograph(pixels=color_pixels, alpha=grey_pixels), format="heif")
    plain = read(data).pixels
    monkeypatch.setattr(pillow_heif.HeifImage, "premultiplied_alpha", property(lambda _: True))
    assert read(data).pixels.mean() > plain.mean()


def test_what_the_encoder_refuses_is_told(color_pixels, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("No HEVC\nencoder found")

    monkeypatch.setattr(pillow_heif.HeifFile, "save", refuse)
    with pytest.raises(UnsupportedImage, match=r"\(No HEVC encoder found\); choose another"):
        encode(Photograph(pixels=color_pixels), format="heif")


def test_a_file_that_ends_early_is_refused(color_pixels):
    data = encode(Photograph(pixels=color_pixels), format="heif")
    with pytest.raises(UnreadableImage, match="damaged or incomplete HEIF"):
        read(data[: len(data) // 2])
