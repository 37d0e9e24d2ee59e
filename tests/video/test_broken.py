# SPDX-License-Identifier: Apache-2.0
"""Forty films that are broken or odd: the right result, or an error that says what to do."""

from fractions import Fraction

import av
import numpy as np
import pytest

from tintype.errors import InputError
from tintype.spec.options import ColorizeOptions
from tintype.video.film import color_film
from tintype.video.job import plan_film
from tintype.video.options import FilmOptions

MILLISECOND = Fraction(1, 1000)
GOP = {"g": "8", "bf": "2"}


def whole(films, wander, path, count=40, **options):
    """An ordinary film in the format of its suffix."""
    kind = path.suffix
    codec = {".avi": "mpeg4", ".webm": "libvpx-vp9", ".mpg": "mpeg2video", ".mov": "mjpeg"}
    base = Fraction(1, 25) if kind in (".avi", ".mpg") else MILLISECOND
    return films.write(
        path,
        wander(count),
        codec=codec.get(kind, "libx264"),
        pixel_format="yuvj420p" if kind == ".mov" else "yuv420p",
        base=base,
        options={} if kind in (".webm", ".mov") else GOP,
        container_options={"movflags": "faststart"} if kind in (".mp4", ".mov") else {},
        **options,
    )


def cut(share):
    def spoil(path):
        data = path.read_bytes()
        path.write_bytes(data[: int(share * len(data))])

    return spoil


def flip(count, seed=0, first=0.3, end=0.9):
    def spoil(path):
        data = bytearray(path.read_bytes())
        rng = np.random.default_rng(seed)
        for at in rng.integers(int(first * len(data)), int(end * len(data)), count):
            data[at] ^= int(rng.integers(1, 256))
        path.write_bytes(data)

    return spoil


def hole(first, end):
    def spoil(path):
        data = bytearray(path.read_bytes())
        low, high = int(first * len(data)), int(end * len(data))
        data[low:high] = bytes(high - low)
        path.write_bytes(data)

    return spoil


def drop(first, end):
    def spoil(path):
        data = path.read_bytes()
        path.write_bytes(data[: int(first * len(data))] + data[int(end * len(data)) :])

    return spoil


def replace(data):
    return lambda path: path.write_bytes(data)


DAMAGES = [
    *[(suffix, cut(0.6), "mended") for suffix in (".mp4", ".mkv", ".avi", ".ts", ".mpg", ".webm")],
    *[(suffix, flip(30), "mended") for suffix in (".mp4", ".mkv", ".avi", ".ts", ".mpg", ".mov")],
    *[(suffix, hole(0.5, 0.6), "mended") for suffix in (".mp4", ".mkv", ".avi", ".ts", ".mov")],
    *[(suffix, drop(0.5, 0.55), "mended") for suffix in (".mp4", ".avi", ".ts", ".mpg")],
    (".mp4", flip(3000), "mended"),
    (".mkv", flip(3000), "mended"),
    (".mkv", cut(0.02), "refused"),
    (".mp4", cut(0.05), "refused"),
    (".mp4", replace(b""), "refused"),
    (".mkv", replace(b"\x1a\x45\xdf\xa3" + bytes(4000)), "refused"),
    (".avi", replace(b"RIFF\xff\xff\xff\xffAVI LIST" + bytes(4000)), "refused"),
    (".mp4", replace(bytes(range(256)) * 40), "refused"),
    (".gif", replace(b"GIF89a" + bytes(200)), "refused"),
    (".mp4", hole(0.0, 0.02), "refused"),
]


def test_there_are_enough_of_them():
    assert len(DAMAGES) + len(ODD) >= 40


@pytest.mark.parametrize(
    ("suffix", "spoil", "fate"), DAMAGES, ids=[f"{n}{s}" for n, (s, _, _) in enumerate(DAMAGES)]
)
def test_damaged_files(films, wander, tmp_path, network, suffix, spoil, fate):
    source = tmp_path / f"in{suffix}"
    if suffix == ".gif":
        source.write_bytes(b"")
    else:
        whole(films, wander, source)
    spoil(source)
    target = tmp_path / "out.mkv"
    options = FilmOptions(streams="fitting")
    if fate == "refused":
        with pytest.raises(InputError, match=r"in\.\w+ (cannot be read as a film|holds no)"):
            plan_film(source, target, options=options)
        return
    result = color_film(plan_film(source, target, options=options), network)
    assert result.complete
    shown = films.read_luma(target)
    assert len(shown) == result.frames >= 5
    times = films.read_times(target)
    assert times[-1] - times[0] <= Fraction(18, 10)
    if result.frames < 38:
        assert result.damage or suffix in (".ts", ".mpg")  # whose heads promise no length


def odd_size(films, wander, path):
    return films.write(path, wander(3, (31, 51)), codec="ffv1", base=MILLISECOND)


def one_pixel(films, wander, path):
    return films.write(path, wander(3, (1, 1)), pixel_format="yuv444p", base=MILLISECOND)


def one_row(films, wander, path):
    return films.write(path, wander(3, (1, 200)), pixel_format="yuv444p", base=MILLISECOND)


def one_frame(films, wander, path):
    return films.write(path, wander(1), base=MILLISECOND)


def deep(pixel_format):
    def make(films, wander, path):
        return films.write(
            path, wander(3), codec="ffv1", pixel_format=pixel_format, base=MILLISECOND
        )

    return make


def late_start(films, wander, path):
    return films.write(
        path, wander(5), stamps=[90_000 + 40 * n for n in range(5)], base=MILLISECOND
    )


def slow(films, wander, path):
    return films.write(path, wander(4), stamps=[0, 5000, 5001, 9000], base=MILLISECOND)


def zero_frames(films, wander, path):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.start_encoding()
    return path


def sound_only(films, wander, path):
    with av.open(str(path), "w") as container:
        films.write_sound(container, films.add_sound(container), 0.3)
    return path


def still_picture(films, wander, path):
    from PIL import Image

    picture = path.with_suffix(".png")
    Image.fromarray(wander(1)[0]).save(picture)
    return picture


def text(films, wander, path):
    path = path.with_suffix(".srt")
    path.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    return path


ODD = [
    (odd_size, 3),
    (one_pixel, 3),
    (one_row, 3),
    (one_frame, 1),
    (deep("yuv444p"), 3),
    (deep("yuv420p12le"), 3),
    (deep("gray16le"), 3),
    (deep("yuva420p"), 3),
    (late_start, 5),
    (slow, 4),
    (still_picture, 1),
    (zero_frames, "it ends before its first picture"),
    (sound_only, "holds no film, only audio"),
    (text, "holds no film, only subtitle"),
]


@pytest.mark.parametrize(("make", "expected"), ODD, ids=[str(n) for n in range(len(ODD))])
def test_odd_films(films, wander, tmp_path, network, make, expected):
    source = make(films, wander, tmp_path / "in.mkv")
    target = tmp_path / "out.mkv"
    if isinstance(expected, str):
        with pytest.raises(InputError, match=expected):
            plan_film(source, target)
        return
    result = color_film(plan_film(source, target, colors=ColorizeOptions()), network)
    assert result.frames == expected == len(films.read_luma(target))
    assert not result.damage


def test_frames_that_change_their_size_on_the_way(films, wander, tmp_path, network):
    first = films.write(tmp_path / "a.ts", wander(10), base=Fraction(1, 90000), options=GOP)
    stamps = [36_000 + 3600 * n for n in range(10)]
    second = films.write(
        tmp_path / "b.ts", wander(10, (96, 128)), stamps=stamps, base=Fraction(1, 90000)
    )
    both = tmp_path / "both.ts"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    result = color_film(plan_film(both, tmp_path / "out.mkv"), network)
    assert {luma.shape for luma in films.read_luma(tmp_path / "out.mkv")} == {(48, 64)}
    assert result.frames >= 18
