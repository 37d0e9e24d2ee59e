import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from tintype.errors import ImageTooLarge, UnreadableImage, UnsupportedImage
from tintype.learn.prepare import pictures
from tintype.learn.prepare.options import PrepareOptions
from tintype.learn.prepare.pictures import mean_color, pack

PNG = PrepareOptions(encoding="png", short_side=16)


def pixels(packed) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(packed.data)))


def test_shrinks_the_short_side_and_keeps_the_aspect(make):
    packed = pack(make.photograph(1, size=(96, 48)), PNG)
    assert (packed.width, packed.height) == (32, 16)
    assert pixels(packed).shape == (16, 32, 3)


def test_never_enlarges(make):
    packed = pack(make.photograph(1, size=(40, 12), encoding="PNG"), PNG)
    assert (packed.width, packed.height) == (40, 12)


def test_shrinking_averages_areas():
    board = np.indices((32, 32)).sum(0) % 2 * 255  # a checkerboard: the worst case for aliasing
    picture = Image.fromarray(np.stack([board, board, 0 * board], -1).astype(np.uint8))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    np.testing.assert_allclose(
        pixels(pack(buffer.getvalue(), PNG)), [[[128, 128, 0]] * 16] * 16, atol=1
    )


def test_sets_upright_what_exif_turned(make):
    lying = make.photograph(1, size=(48, 32), encoding="PNG")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn 90 degrees clockwise to see it upright
    turned = io.BytesIO()
    Image.open(io.BytesIO(lying)).save(turned, "PNG", exif=exif)
    expected = np.rot90(pixels(pack(lying, PNG)), -1)
    np.testing.assert_allclose(pixels(pack(turned.getvalue(), PNG)), expected, atol=1)


def test_rotation_counts_counter_clockwise(make):
    data = make.photograph(1, size=(16, 16), encoding="PNG")
    np.testing.assert_array_equal(
        pixels(pack(data, PNG, rotation=90)), np.rot90(pixels(pack(data, PNG)), 1)
    )


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_an_embedded_profile_is_applied(mode):
    """A profile whose red and green primaries are exchanged: its red is our green."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exchanged = (
        profile.replace(b"rXYZ", b"....").replace(b"gXYZ", b"rXYZ").replace(b"....", b"gXYZ")
    )
    data = io.BytesIO()
    Image.new("RGB", (20, 20), (200, 30, 30)).convert(mode, palette=Image.Palette.ADAPTIVE).save(
        data, "PNG", icc_profile=exchanged
    )
    np.testing.assert_allclose(pixels(pack(data.getvalue(), PNG))[0, 0], [30, 200, 30], atol=2)


@pytest.mark.parametrize("encoding", ["jpeg", "avif", "png"])
def test_every_encoding_keeps_colour_at_full_resolution(make, encoding):
    data = make.photograph(5, size=(64, 64), encoding="PNG")
    packed = pack(data, PrepareOptions(encoding=encoding, quality=95))
    truth = np.asarray(Image.open(io.BytesIO(data))).astype(int)
    assert np.abs(pixels(packed) - truth).mean() < 2


@pytest.mark.parametrize(
    "data", [b"", b"no picture", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n" + bytes(40)]
)
def test_what_is_no_picture_says_so(data):
    with pytest.raises(UnreadableImage, match="not a readable picture"):
        pack(data, PNG)


def test_a_file_that_ends_early_is_unreadable(make):
    with pytest.raises(UnreadableImage):
        pack(make.photograph(1)[:-200], PNG)


def test_a_picture_without_colour_is_refused(make):
    with pytest.raises(UnsupportedImage, match="no colour"):
        pack(make.grey_photograph(), PNG)
    assert pack(make.grey_photograph(), PrepareOptions(least_color=0.0)).width == 48


def test_too_many_pixels_are_refused_before_decoding(make, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_PIXELS", 1000)
    with pytest.raises(ImageTooLarge, match="48 x 36 is more than 1,000"):
        pack(make.photograph(1), PNG)


def test_mean_color_by_hand():
    assert mean_color(Image.new("RGB", (8, 8), (90, 60, 30))) == pytest.approx((30 + 30 + 60) / 3)
