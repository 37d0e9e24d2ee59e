# SPDX-License-Identifier: Apache-2.0
"""Every format by depth, colour and alpha: what goes in comes out, and other readers see it too."""

from dataclasses import dataclass, replace
from io import BytesIO

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from tintype.imaging.files import encode, read
from tintype.imaging.formats import FORMATS, Format
from tintype.imaging.photograph import Photograph
from tintype.imaging.xmp import make_true

# What each format keeps of the metadata; docs/formats.md says the same in a table.
KEEPS = {
    "jpeg": {"exif", "xmp", "iptc", "dpi", "comment"},
    "png": {"exif", "xmp", "iptc", "dpi", "comment", "text"},
    "tiff": {"exif", "xmp", "iptc", "dpi"},
    "webp": {"exif", "xmp"},
    "avif": {"exif", "xmp"},
    "heif": {"exif", "xmp"},
    "jpeg2000": {"exif", "xmp", "iptc", "dpi"},
    "bmp": {"dpi"},
    "ppm": {"comment"},
}
MEAN_ERROR = 0.01  # of white, for a lossy format; its largest may be twenty times that


@dataclass(frozen=True)
class Case:
    row: Format
    dtype: str
    color: bool
    alpha: bool

    def __str__(self) -> str:
        kind = ("rgb" if self.color else "grey") + ("a" if self.alpha else "")
        return f"{self.row.name}-{kind}-{self.dtype}"


CASES = [
    Case(row, dtype, color, alpha)
    for row in FORMATS
    for dtype in row.depths
    for color in (False, True)
    for alpha in (False, True)
    if row.alpha or not alpha
]
BITS = {"avif": 12, "heif": 10}  # of the 16


@pytest.fixture(params=CASES, ids=str, scope="module")
def case(request) -> Case:
    return request.param


@pytest.fixture(scope="module")
def photograph(case, samples, opacity, exif_block, xmp_packet, iptc_records) -> Photograph:
    return Photograph(
        pixels=samples(case.dtype, color=case.color),
        alpha=opacity(case.dtype) if case.alpha else None,
        exif=exif_block(),
        xmp=make_true(xmp_packet),
        iptc=iptc_records,
        dpi=(300.0, 299.0),
        text=(("Comment", "ein Hund, größer"), ("Title", "Hund")),
        format=case.row.name,
    )


@pytest.fixture(scope="module")
def data(photograph) -> bytes:
    return encode(photograph)


@pytest.fixture(scope="module")
def back(data) -> Photograph:
    return read(data)


def step(case: Case) -> float:
    """How far a sample may be from itself in the shallower room of its format."""
    bits = BITS.get(case.row.name, 16)
    return 2**16 / 2**bits if case.dtype == "uint16" and bits < 16 else 0


def test_depth_and_size_are_kept(case, photograph, back):
    assert back.pixels.dtype == photograph.pixels.dtype
    assert back.size == photograph.size
    assert back.format == case.row.name


def test_pixels_are_kept(case, photograph, back):
    own = photograph.pixels
    if back.pixels.ndim > own.ndim:  # WebP knows no grey
        own = np.dstack([own] * 3)
    error = np.abs(back.pixels.astype(float) - own) / photograph.white
    if case.row.lossy:
        assert error.mean() < MEAN_ERROR
        assert error.max() < 20 * MEAN_ERROR
    else:
        assert error.max() == 0


def test_grey_stays_grey_and_colour_colour(case, back):
    if case.row.name == "webp" and not case.color:
        assert np.ptp(back.pixels.reshape(61, 90, -1).astype(int), axis=2).max() <= 2
    else:
        assert back.is_grey == (not case.color)


def test_alpha_is_kept_bit_for_bit(case, photograph, back):
    assert (back.alpha is not None) == case.alpha
    if case.alpha:
        error = np.abs(back.alpha.astype(float) - photograph.alpha).max()
        assert error <= step(case)


def test_metadata_is_kept(case, photograph, back):
    keeps = KEEPS[case.row.name]
    assert (back.xmp == photograph.xmp) == ("xmp" in keeps)
    assert (back.iptc == photograph.iptc) == ("iptc" in keeps)
    assert (("Comment", "ein Hund, größer") in back.text) == ("comment" in keeps)
    assert (("Title", "Hund") in back.text) == ("text" in keeps)
    if "exif" in keeps:
        exif = Image.Exif()
        exif.load(back.exif)
        assert exif[0x010F] == "Leica"
        assert exif.get(0x0112, 1) == 1
        assert exif.get_ifd(0x8769)[0x9003] == "1936:03:07 12:00:00"
        assert exif.get_ifd(0x8769)[0x927C] == b"maker\0notes"
        assert exif.get_ifd(0x8825)[2] == (51.0, 2.0, 3.0)
    if keeps & {"dpi", "exif"}:
        expected = (300.0, 299.0) if "dpi" in keeps else (300.0, 300.0)  # EXIF's own
        assert back.dpi == pytest.approx(expected, abs=0.02)


def test_a_second_trip_changes_nothing_more(case, back):
    again = read(encode(back))
    if not case.row.lossy:
        np.testing.assert_array_equal(again.pixels, back.pixels)
        assert (again.exif, again.xmp, again.text) == (back.exif, back.xmp, back.text)


def independent(case: Case, data: bytes) -> np.ndarray:
    """The pixels through another decoder than the one that reads them here, ``(H, W, C)``."""
    if case.row.name == "tiff":
        decoded = tifffile.imread(BytesIO(data))
    elif case.row.name == "jpeg" or (case.row.name == "jpeg2000" and case.dtype == "uint8"):
        decoded = np.asarray(Image.open(BytesIO(data)))
    else:
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        if decoded.ndim == 3:
            decoded = decoded[..., [2, 1, 0, 3][: decoded.shape[2]]]
    return decoded.reshape(*decoded.shape[:2], -1)


def test_another_decoder_sees_the_same(case, data, back):
    if case.row.name == "heif":
        pytest.skip("OpenCV reads no HEIF, and there is no second decoder")
    seen = independent(case, data)
    own = back.pixels.reshape(*back.size, -1)
    if seen.shape[2] >= 3 and own.shape[2] == 1:
        own = np.dstack([own] * 3)
    if case.row.name == "avif" and case.dtype == "uint16":
        seen = np.rint(seen * (65535 / 4095)).astype(np.uint16)
    np.testing.assert_array_equal(seen[..., : own.shape[2]], own)
    if case.alpha:
        np.testing.assert_array_equal(seen[..., -1], back.alpha)


@pytest.mark.parametrize(
    ("row", "dtype"),
    [(row, dtype) for row in FORMATS if row.name != "ppm" for dtype in row.depths],
    ids=lambda value: getattr(value, "name", value),
)
def test_the_srgb_profile_is_embedded(row, dtype, samples):
    """Or, in JPEG 2000 and BMP, sRGB is what the format itself says."""
    data = encode(Photograph(pixels=samples(dtype)), format=row.name)
    if row.name == "heif":
        import pillow_heif

        profile = pillow_heif.open_heif(data).info["icc_profile"]
    elif row.name == "tiff":
        profile = tifffile.TiffFile(BytesIO(data)).pages[0].tags[34675].value
    else:
        profile = Image.open(BytesIO(data)).info.get("icc_profile")
    if row.name in ("jpeg2000", "bmp"):
        assert profile is None
    else:
        assert "sRGB".encode("utf-16-be") in profile  # its description
        assert profile[36:40] == b"acsp"


def test_pages_are_kept(samples, opacity):
    first = Photograph(pixels=samples("uint16"), alpha=opacity("uint16"), format="tiff")
    pages = (
        Photograph(pixels=samples("uint8", color=False)),
        Photograph(pixels=samples("float32")),
    )
    back = read(encode(replace(first, pages=pages)))
    for own, page in zip((first, *pages), (back, *back.pages), strict=True):
        np.testing.assert_array_equal(page.pixels, own.pixels)
    assert back.alpha is not None
    assert len(tifffile.TiffFile(BytesIO(encode(replace(first, pages=pages)))).pages) == 3


@pytest.mark.parametrize("row", FORMATS, ids=lambda r: r.name)
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 3)])
def test_the_smallest_photographs_go_there_and_back(row, size):
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    back = read(encode(Photograph(pixels=pixels, format=row.name)))
    assert back.size == size
    if not row.lossy:
        np.testing.assert_array_equal(back.pixels, pixels)
