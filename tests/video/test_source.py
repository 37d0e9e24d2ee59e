# SPDX-License-Identifier: Apache-2.0
"""What a film is, by its head and its first frame; and what is no film."""

import io
from fractions import Fraction

import av
import pytest
from PIL import Image

from tintype.errors import ImageTooLarge, UnreadableFilm, UnsupportedFilm
from tintype.video.pictures import PictureReader
from tintype.video.source import describe_film, open_film


def test_an_ordinary_film(films, wander, tmp_path):
    film = describe_film(films.write(tmp_path / "a.mp4", wander(10)))
    assert film.size == (48, 64)
    assert film.codec == "h264"
    assert film.kind.unpacked == "yuv420p"
    assert film.time_base == Fraction(1, 12800)
    assert film.rate == 25
    assert film.frames == 10
    assert film.duration == pytest.approx(0.4)
    assert film.length_is_said
    assert film.display is None
    assert (film.coding.matrix, film.coding.full_range) == ("bt601", False)


def test_what_a_player_must_know_is_found(films, wander, tmp_path):
    def tag(container, stream):
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        stream.codec_context.color_range = 2
        stream.codec_context.colorspace = 1
        stream.codec_context.color_primaries = 5
        stream.codec_context.color_trc = 6
        stream.set_display_rotation(90)

    film = describe_film(films.write(tmp_path / "a.mov", wander(3), before=tag))
    assert film.aspect == Fraction(4, 3)
    assert (film.tags.range, film.tags.matrix, film.tags.primaries, film.tags.transfer) == (
        2,
        1,
        5,
        6,
    )
    assert (film.coding.matrix, film.coding.full_range) == ("bt709", True)
    assert film.quarter_turns == 1


@pytest.mark.parametrize(("degrees", "turns"), [(0, 0), (90, 1), (180, 2), (270, 3), (-90, 3)])
def test_turns_are_counted_to_the_left(films, wander, tmp_path, degrees, turns):
    path = films.write(
        tmp_path / "a.mp4",
        wander(2),
        before=lambda container, stream: stream.set_display_rotation(degrees),
    )
    film = describe_film(path)
    assert film.quarter_turns == turns
    with av.open(str(path)) as container:
        shown = next(container.decode(video=0)).rotation
    assert (shown - 90 * turns) % 360 == 0


def test_times_and_stamps_are_turned_into_each_other(films, wander, tmp_path):
    stamps = [5000 + 40 * index for index in range(5)]
    path = films.write(tmp_path / "a.mkv", wander(5), stamps=stamps, base=Fraction(1, 1000))
    film = describe_film(path)
    assert film.start == 5000
    assert film.seconds(5100) == pytest.approx(0.1)
    assert film.pts_at(0.1) == 5100
    assert film.pts_at(0.1 + 1e-5) == 5101


def test_a_sequence_of_pictures_has_the_rate_that_it_is_given(films, wander, tmp_path):
    pattern = tmp_path / "frame_%03d.png"
    films.write(
        pattern,
        wander(4),
        codec="png",
        pixel_format="rgb24",
        base=Fraction(1, 25),
        file_format="image2",
    )
    film = describe_film(pattern, rate=24000 / 1001)
    assert film.rate == Fraction(24000, 1001)
    assert (film.kind.rgb, film.coding.full_range) == (True, True)


def test_a_sequence_may_lie_in_any_folder(wander, tmp_path):
    folder = tmp_path / "100%d of it, 5% done"
    folder.mkdir()
    for number, picture in enumerate(wander(3), start=1):
        Image.fromarray(picture).save(folder / f"scan_{number}.png")
    assert describe_film(folder / "scan_%d.png").frames == 3


def test_there_is_no_such_file(tmp_path):
    with pytest.raises(UnreadableFilm, match=r"there is no file .*gone\.mp4"):
        describe_film(tmp_path / "gone.mp4")


def test_a_folder_is_no_film(tmp_path):
    with pytest.raises(UnreadableFilm, match=r"is a folder; for a sequence .*frame_%05d\.png"):
        describe_film(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "it is empty"), (b"no film at all" * 99, "cannot be read as a film")],
)
def test_other_bytes_are_no_film(tmp_path, content, said):
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with pytest.raises(UnreadableFilm, match=said):
        describe_film(path)


def test_sound_alone_is_no_film(films, tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        films.write_sound(container, films.add_sound(container), 0.5)
    with pytest.raises(UnreadableFilm, match="holds no film, only audio"):
        describe_film(path)


def test_a_cover_is_no_film(films, wander, tmp_path):
    def is_cover(container, stream):
        stream.disposition = av.stream.Disposition.attached_pic

    path = films.write(
        tmp_path / "a.mp4", wander(1), codec="mjpeg", pixel_format="yuvj420p", before=is_cover
    )
    with pytest.raises(UnreadableFilm, match="holds no film"):
        describe_film(path)


def test_large_frames_are_refused_before_they_are_decoded(films, wander, tmp_path):
    path = films.write(tmp_path / "a.mp4", wander(2))
    with pytest.raises(ImageTooLarge, match=r"64 x 48, more than 3,000 pixels"):
        describe_film(path, max_pixels=3000)


def declare(path, sizes):
    """Write pictures of any (width, height) under a head that says 64 x 48."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("png", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "gray"
        for number, size in enumerate(sizes):
            file = io.BytesIO()
            Image.new("L", size).save(file, "PNG", compress_level=1)
            packet = av.Packet(file.getvalue())
            packet.stream, packet.time_base, packet.is_keyframe = stream, Fraction(1, 25), True
            packet.pts = packet.dts = number
            container.mux_one(packet)
    return path


def test_a_head_that_says_less_than_there_is_is_not_believed(films, wander, tmp_path):
    path = films.write(
        tmp_path / "a.webm", wander(2, (90, 100)), codec="libvpx", base=Fraction(1, 1000)
    )
    head = path.read_bytes().replace(b"\xb0\x81\x64\xba\x81\x5a", b"\xb0\x81\x40\xba\x81\x30")
    path.write_bytes(head)  # PixelWidth and PixelHeight, now 64 and 48
    with av.open(str(path)) as container:
        assert container.streams.video[0].width == 64
    assert describe_film(path, max_pixels=9000).size == (90, 100)
    with pytest.raises(ImageTooLarge, match=r"100 x 90, more than 8,999 pixels"):
        describe_film(path, max_pixels=8999)


def test_larger_frames_than_are_allowed_are_never_decoded(tmp_path):
    path = declare(tmp_path / "a.mov", [(2000, 2000)] * 2)
    with pytest.raises(ImageTooLarge, match=r"no picture of up to 3,072 pixels .* max_pixels"):
        describe_film(path, max_pixels=64 * 48)
    mixed = declare(tmp_path / "b.mov", [(64, 48), (2000, 2000), (64, 48)])
    film = describe_film(mixed, max_pixels=64 * 48)
    with open_film(mixed, max_pixels=film.max_pixels) as container:
        packets = container.demux(container.streams.video[0])
        assert len(next(packets).decode()) == 1
        with pytest.raises(av.error.ArgumentError):
            next(packets).decode()
    reader = PictureReader(film)
    pictures = list(reader.read())
    assert [(p.frame.width, p.repeated) for p in pictures] == [
        (64, False),
        (64, True),
        (64, False),
    ]
    assert reader.damage.lost == 1


@pytest.mark.parametrize("size", [(1, 200), (200, 1), (65, 130)])
def test_as_large_as_allowed_is_not_too_large(films, wander, tmp_path, size):
    path = films.write(tmp_path / "a.mp4", wander(2, size), pixel_format="yuv444p")
    film = describe_film(path, max_pixels=size[0] * size[1])
    assert len(list(PictureReader(film).read())) == 2


def test_hdr_is_refused(films, wander, tmp_path):
    def tag(container, stream):
        stream.codec_context.color_trc = 16
        stream.codec_context.colorspace = 9
        stream.codec_context.color_primaries = 9

    path = films.write(tmp_path / "a.mp4", wander(2), pixel_format="yuv420p10le", before=tag)
    with pytest.raises(UnsupportedFilm, match=r"PQ \(HDR10\)"):
        describe_film(path)


def test_a_name_that_looks_like_an_address_is_a_file(films, wander, tmp_path, monkeypatch):
    films.write(tmp_path / "a.mp4", wander(2)).rename(tmp_path / "http:a.mp4")
    monkeypatch.chdir(tmp_path)
    from pathlib import Path

    assert describe_film(Path("http:a.mp4")).frames == 2


def test_a_sequence_may_begin_at_any_number(wander, tmp_path):
    for number, picture in enumerate(wander(3), start=86400):
        Image.fromarray(picture).save(tmp_path / f"scan_{number:06d}.png")
    (tmp_path / "scan_7.png").write_bytes(b"of another pattern")
    assert describe_film(tmp_path / "scan_%06d.png").frames == 3


@pytest.mark.parametrize("orientation", [1, 6])
def test_pictures_with_exif_are_pictures(wander, tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation  # 6: to be turned to the right
    for number, picture in enumerate(wander(2), start=1):
        Image.fromarray(picture).save(tmp_path / f"scan_{number}.jpg", exif=exif)
    film = describe_film(tmp_path / "scan_%d.jpg")
    assert film.quarter_turns == {1: 0, 6: 3}[orientation]


def test_a_rate_that_no_camera_has_is_not_believed(films, wander, tmp_path):
    source = films.write(tmp_path / "in.mkv", wander(50), base=Fraction(1, 1000))
    with av.open(str(source)) as given, av.open(str(tmp_path / "copy.mkv"), "w") as made:
        copy = made.add_stream_from_template(given.streams[0])  # without the frames' duration
        for packet in given.demux():
            if packet.size:
                packet.stream = copy
                made.mux_one(packet)
    film = describe_film(tmp_path / "copy.mkv")
    assert film.rate == 25
    assert film.frames == 50


@pytest.mark.parametrize("first", ["tff", "bff"])
def test_the_order_of_fields_is_found(films, wander, tmp_path, first):
    options = {"x264-params": f"{first}=1"}
    source = films.write(tmp_path / "in.mkv", wander(4, (64, 64)), options=options)
    assert describe_film(source).fields == first
    plain = films.write(tmp_path / "plain.mkv", wander(4, (64, 64)))
    assert describe_film(plain).fields is None
