# SPDX-License-Identifier: Apache-2.0
"""Files that other programs made, coloured here, and looked at by other programs again.

ImageMagick writes the pictures, ExifTool their metadata, libtiff's tools the kinds of TIFF;
ExifTool reads the results. Where they are not installed, these tests are skipped; on Debian they
come with the packages imagemagick, libimage-exiftool-perl and libtiff-tools.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from tintype.imaging.files import read, write
from tintype.imaging.formats import result_suffix
from tintype.imaging.photograph import Photograph, Pixels
from tintype.imaging.raster import upright

MAGICK = next(filter(None, map(shutil.which, ("magick", "convert-im6.q16", "convert"))), None)
EXIFTOOL = shutil.which("exiftool")
TIFFCP = shutil.which("tiffcp")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (MAGICK and EXIFTOOL), reason="ImageMagick or ExifTool is missing"),
]

METADATA = {
    "EXIF:Artist": "Erika Mustermann",
    "EXIF:DateTimeOriginal": "1936:03:07 12:00:00",
    "XMP-dc:Title": "Ein Hund",
    "XMP-iptcExt:DigitalSourceType": (
        "http://cv.iptc.org/newscodes/digitalsourcetype/negativeFilm"
    ),
    "IPTC:Headline": "Hund",
}
COMPUTED = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
WRITABLE = {"jpg", "png", "tif", "webp", "jp2"}  # by ExifTool; the others are only looked at
HOLDS_IPTC = {"jpg", "png", "tif", "jp2"}
MAKES_COLOR_OF_GREY = {"webp", "avif", "heic"}  # as ImageMagick writes them
ALPHA_IS_LEFT_OUT = {"avif", "heic"}  # by ImageMagick 6
LOSSY = {"jpg", "webp", "avif", "heic"}


@dataclass(frozen=True)
class Case:
    suffix: str
    depth: int
    color: bool
    alpha: bool
    profile: bool
    orientation: int
    options: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        kind = ("rgb" if self.color else "grey") + ("a" if self.alpha else "")
        own = "-profile" if self.profile else ""
        return "".join((self.suffix, f"-{kind}{self.depth}{own}-{self.orientation}", *self.options))


def make_cases() -> list[Case]:
    """Every format by depth, colour, alpha and profile; the orientations take turns."""
    turns = count()
    depths = {"png": (8, 16), "tif": (8, 16), "jp2": (8, 16), "ppm": (8, 16)}
    found = []
    for suffix in ("jpg", "png", "tif", "webp", "jp2", "avif", "heic", "bmp", "ppm"):
        alphas = (False,) if suffix in {"jpg", "ppm"} | ALPHA_IS_LEFT_OUT else (False, True)
        profiles = (False, True) if suffix in ("jpg", "png", "tif", "webp") else (False,)
        for depth, color, alpha, profile in product(
            depths.get(suffix, (8,)), (False, True), alphas, profiles
        ):
            if profile and not color and suffix in MAKES_COLOR_OF_GREY:
                continue  # a profile of grey on a picture in colour means nothing
            if (suffix, depth, color, alpha) == ("jp2", 16, False, True):
                continue  # refused: test_jpeg2000.py
            orientation = 1 + next(turns) % 8 if suffix in WRITABLE else 1
            found.append(Case(suffix, depth, color, alpha, profile, orientation))
    for options in (
        ("-compress", "LZW"),
        ("-compress", "Zip", "-endian", "MSB"),
        ("-compress", "RLE"),
        ("-define", "tiff:tile-geometry=64x48"),
        ("-interlace", "Plane"),
    ):
        found.append(Case("tif", 16, True, False, False, 1 + next(turns) % 8, options))
    found.append(Case("png", 16, True, True, True, 6, ("-interlace", "PNG")))
    found.append(Case("jpg", 8, True, False, True, 7, ("-interlace", "JPEG")))
    found.append(Case("jpg", 8, True, False, False, 8, ("-colorspace", "CMYK")))
    return found


CASES = make_cases()


@pytest.fixture(scope="module")
def sources(samples, opacity):
    """A function that gives the samples and the alpha that a case is made of."""

    def make(case: Case) -> tuple[Pixels, Pixels | None]:
        dtype = "uint8" if case.depth == 8 else "uint16"
        return samples(dtype, color=case.color), opacity(dtype) if case.alpha else None

    return make


@pytest.fixture(scope="module")
def profiles(tmp_path_factory, adobe_rgb, grey_gamma) -> dict[bool, Path]:
    """Files of the profiles, by whether they are for colour."""
    folder = tmp_path_factory.mktemp("profiles")
    (folder / "rgb.icc").write_bytes(adobe_rgb)
    (folder / "grey.icc").write_bytes(grey_gamma(1.8))
    return {True: folder / "rgb.icc", False: folder / "grey.icc"}


@pytest.fixture(scope="module")
def made(tmp_path_factory, sources, profiles) -> dict[Case, Path]:
    """The files, as the other programs made them."""
    folder = tmp_path_factory.mktemp("made")
    files = {}
    for number, case in enumerate(CASES):
        pixels, alpha = sources(case)
        raw = pixels if alpha is None else np.dstack((pixels, alpha))
        files[case] = folder / f"{number:03}.{case.suffix}"
        height, width = pixels.shape[:2]
        kind = ("rgb" if case.color else "gray") + ("a" if case.alpha else "")
        given = ["-size", f"{width}x{height}", "-depth", str(case.depth), "-endian", "LSB"]
        profile = ["-profile", str(profiles[case.color])] if case.profile else []
        quality = ["-quality", "100"] if case.suffix in LOSSY | {"jp2"} else []
        command = [MAGICK, *given, f"{kind}:-", *profile, *quality, *case.options]
        subprocess.run([*command, str(files[case])], input=raw.tobytes(), check=True)
    arguments: list[str] = []
    for case, path in files.items():
        if case.suffix in WRITABLE:
            told = [f"-{tag}={value}" for tag, value in METADATA.items()]
            turned = [f"-EXIF:Orientation#={case.orientation}"]
            arguments += [*told, *turned, "-overwrite_original", "-q", str(path), "-execute"]
    subprocess.run([EXIFTOOL, "-@", "-"], input="\n".join(arguments), text=True, check=True)
    return files


@pytest.fixture(scope="module")
def photographs(made) -> dict[Case, Photograph]:
    """The files as they are read here."""
    return {case: read(path) for case, path in made.items()}


@pytest.fixture(scope="module")
def results(tmp_path_factory, made, photographs) -> dict[Case, Path]:
    """The results, as the commands write them: coloured, beside each other."""
    folder = tmp_path_factory.mktemp("results")
    found = {}
    for case, photograph in photographs.items():
        own = photograph.pixels
        colors = np.dstack([own] * 3) if photograph.is_grey else own
        found[case] = folder / made[case].with_suffix(result_suffix(made[case])).name
        write(photograph.colored(colors, by="test 1"), found[case])
    return found


@pytest.fixture(scope="module")
def told(results) -> dict[Case, dict[str, object]]:
    """What ExifTool says of the results."""
    command = [EXIFTOOL, "-j", "-G1", "-struct", "-q", *map(str, results.values())]
    listed = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    by_name = {Path(row["SourceFile"]).name: row for row in listed}
    return {case: by_name[path.name] for case, path in results.items()}


@pytest.fixture(params=CASES, ids=str)
def case(request) -> Case:
    return request.param


@pytest.fixture
def photograph(photographs, case) -> Photograph:
    return photographs[case]


def in_srgb(pixels: Pixels, case: Case, profiles: dict[bool, Path]) -> np.ndarray:
    """What the samples of a case mean, computed by LittleCMS or the formula, in [0, 1]."""
    white = 255 if pixels.dtype == np.uint8 else 65535
    if not case.profile:
        return pixels / white
    if not case.color:
        light = (pixels / white) ** 1.8
        return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    eight = np.rint(pixels / white * 255).astype(np.uint8)
    profile = ImageCms.getOpenProfile(str(profiles[True]))
    srgb = ImageCms.createProfile("sRGB")
    return np.asarray(ImageCms.profileToProfile(Image.fromarray(eight), profile, srgb)) / 255


def test_pixels_are_those_that_went_in(case, photograph, sources, profiles):
    expected = upright(in_srgb(sources(case)[0], case, profiles), case.orientation)
    pixels = photograph.pixels / photograph.white
    if pixels.ndim > expected.ndim:
        expected = np.dstack([expected] * 3)
    error = np.abs(pixels - expected)
    if case.suffix in LOSSY:
        assert error.mean() < (0.05 if "CMYK" in case.options else 0.015)
    else:
        exact = 1e-6 if not case.profile else 0.51 / 255 if not case.color else 2.01 / 255
        assert error.max() <= exact


def test_depth_is_kept(case, photograph):
    assert photograph.pixels.dtype == {8: "uint8", 16: "uint16"}[case.depth]


def test_grey_is_one_plane(case, photograph):
    if not case.color and case.suffix not in MAKES_COLOR_OF_GREY:
        assert photograph.is_grey


def test_alpha_is_that_which_went_in(case, photograph, sources):
    alpha = sources(case)[1]
    assert (photograph.alpha is not None) == case.alpha
    if case.alpha:
        np.testing.assert_array_equal(photograph.alpha, upright(alpha, case.orientation))


def test_the_result_lies_upright_and_says_so(case, photograph, told):
    height, width = photograph.size
    if case.suffix != "heic":  # whose coded size, in whole blocks, is what ExifTool tells
        assert told[case]["Composite:ImageSize"] == f"{width}x{height}"
    turned = [v for k, v in told[case].items() if k.endswith(":Orientation")]
    assert set(turned) <= {"Horizontal (normal)"}


def test_the_result_keeps_the_metadata(case, told):
    if case.suffix not in WRITABLE:
        pytest.skip(f"ExifTool wrote none into .{case.suffix}")
    assert told[case]["IFD0:Artist"] == METADATA["EXIF:Artist"]
    assert told[case]["ExifIFD:DateTimeOriginal"] == METADATA["EXIF:DateTimeOriginal"]
    assert told[case]["XMP-dc:Title"] == METADATA["XMP-dc:Title"]
    assert (told[case].get("IPTC:Headline") == "Hund") == (case.suffix in HOLDS_IPTC)


def test_the_result_is_marked(case, told):
    if case.suffix == "bmp":
        pytest.skip("BMP has no place for a mark")
    if case.suffix == "ppm":
        assert COMPUTED in str(told[case]["File:Comment"])
    else:
        assert told[case]["XMP-iptcExt:DigitalSourceType"] == COMPUTED


def test_the_result_says_that_it_is_srgb(case, told):
    if case.suffix in ("bmp", "ppm"):
        pytest.skip("the format has no place for a profile")
    if case.suffix == "jp2":
        assert told[case]["Jpeg2000:ColorSpace"] == "sRGB"
    else:
        assert told[case]["ICC_Profile:ProfileDescription"].startswith("sRGB")


def test_nothing_is_said_of_the_result_that_makes_exiftool_wonder(case, told):
    odd = {k: v for k, v in told[case].items() if "Warning" in k or "Error" in k}
    assert not odd


TIFF_KINDS = {
    "uint8": ["none", "lzw", "lzw:2", "zip", "zip:2", "packbits", "lzma", "zstd"],
    "uint16": ["none", "lzw", "lzw:2", "zip", "zip:2", "packbits", "lzma", "zstd"],
    "float32": ["none", "lzw", "lzw:3", "zip", "zip:3"],
}


@pytest.mark.skipif(not TIFFCP, reason="libtiff's tools are missing")
@pytest.mark.parametrize(
    ("dtype", "kind"), [(dtype, kind) for dtype, kinds in TIFF_KINDS.items() for kind in kinds]
)
@pytest.mark.parametrize(
    "layout", [[], ["-t", "-w", "32", "-l", "16"], ["-B"], ["-r", "7"], ["-8"]]
)
@pytest.mark.parametrize("color", [False, True])
def test_every_kind_of_tiff_is_read_exactly(tmp_path, samples, dtype, kind, layout, color):
    source, target = tmp_path / "source.tif", tmp_path / "target.tif"
    pixels = samples(dtype, color=color)
    if kind.endswith(":3") and "-B" in layout:
        pytest.skip("libtiff 4.5 swaps the bytes of such samples twice")
    write(Photograph(pixels=pixels), source)
    subprocess.run([TIFFCP, "-c", kind, *layout, source, target], check=True, capture_output=True)
    np.testing.assert_array_equal(read(target).pixels, pixels)


@pytest.mark.skipif(not TIFFCP, reason="libtiff's tools are missing")
@pytest.mark.parametrize("kind", ["lzw", "zip:2", "none"])
def test_planes_that_lie_apart_are_put_together(tmp_path, samples, kind):
    source, target = tmp_path / "source.tif", tmp_path / "target.tif"
    write(Photograph(pixels=samples("uint8")), source)
    subprocess.run([TIFFCP, "-c", kind, "-p", "separate", source, target], check=True)
    np.testing.assert_array_equal(read(target).pixels, samples("uint8"))


@pytest.mark.skipif(not TIFFCP, reason="libtiff's tools are missing")
@pytest.mark.parametrize("kind", ["g3", "g4", "g3:2d"])
def test_facsimiles_are_read(tmp_path, grey_pixels, kind):
    source, target = tmp_path / "source.tif", tmp_path / "target.tif"
    Image.fromarray(grey_pixels).convert("1").save(source)
    subprocess.run([TIFFCP, "-c", kind, source, target], check=True)
    np.testing.assert_array_equal(read(target).pixels, Image.open(source).convert("L"))


@pytest.mark.skipif(not TIFFCP, reason="libtiff's tools are missing")
def test_pages_that_tiffcp_put_together_are_all_read(tmp_path, samples):
    pages = [samples("uint8"), samples("uint16", color=False), samples("float32")]
    for number, pixels in enumerate(pages):
        write(Photograph(pixels=pixels), tmp_path / f"{number}.tif")
    names = [str(tmp_path / f"{number}.tif") for number in range(3)]
    subprocess.run([TIFFCP, *names, str(tmp_path / "all.tif")], check=True)
    album = read(tmp_path / "all.tif")
    for page, pixels in zip((album, *album.pages), pages, strict=True):
        np.testing.assert_array_equal(page.pixels, pixels)
