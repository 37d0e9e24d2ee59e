# SPDX-License-Identifier: Apache-2.0
"""Films from file to file: what stays to the last bit, what becomes colour, what is refused."""

import os
import sys
from fractions import Fraction
from threading import Event

import av
import numpy as np
import pytest
from PIL import Image

from tintype.errors import OutputError, RecordError, UnreadableFilm
from tintype.spec.options import ColorizeOptions
from tintype.video.job import plan_film
from tintype.video.options import FilmOptions
from tintype.video.parts import Workshop
from tintype.video.pixels import plane_array

MILLISECOND = Fraction(1, 1000)


def read_chroma(path):
    """Cb and Cr of every frame, ``(2, h, w)``."""
    with av.open(str(path)) as container:
        return [
            np.stack([plane_array(frame, index, 8) for index in (1, 2)])
            for frame in container.decode(video=0)
        ]


def test_an_ordinary_film(films, wander, tmp_path, color):
    source = films.write(tmp_path / "in.mp4", wander(30))
    result = color(source, tmp_path / "out.mp4")
    assert result.complete
    assert result.target == tmp_path / "out.mp4"
    assert (result.frames, result.cuts) == (30, 1)
    assert 1 < result.predictions < 16
    assert not result.damage
    assert set(result.busy) == {"decode", "watch", "color", "compose", "encode"}
    assert sorted(os.listdir(tmp_path)) == ["in.mp4", "out.mp4"]
    assert films.read_times(tmp_path / "out.mp4") == films.read_times(source)
    assert np.stack(read_chroma(tmp_path / "out.mp4")).std() > 5
    with av.open(str(tmp_path / "out.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert container.metadata["comment"].startswith("Colours computed by fake of tintype")


@pytest.mark.parametrize(
    ("codec", "pixel_format", "kept"),
    [
        ("libx264", "yuv420p", "yuv420p"),
        ("ffv1", "yuv422p10le", "yuv422p10le"),
        ("ffv1", "yuv444p", "yuv444p"),
        ("ffv1", "gray", "yuv420p"),
        ("ffv1", "gray16le", "yuv420p16le"),
        ("ffv1", "yuva420p", "yuva420p"),
        ("mpeg2video", "yuv422p", "yuv422p"),
        ("libvpx-vp9", "yuv420p", "yuv420p"),
        ("mjpeg", "yuvj420p", "yuv420p"),
    ],
)
def test_the_luma_of_a_lossless_result_is_the_inputs_own(
    films, wander, tmp_path, color, codec, pixel_format, kept
):
    source = films.write(
        tmp_path / "in.mkv",
        wander(12),
        codec=codec,
        pixel_format=pixel_format,
        base=MILLISECOND if codec != "mpeg2video" else Fraction(1, 25),
    )
    color(source, tmp_path / "out.mkv", codec="ffv1")
    before, after = films.read_luma(source), films.read_luma(tmp_path / "out.mkv")
    assert len(before) == len(after) == 12
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
    with av.open(str(tmp_path / "out.mkv")) as container:
        assert container.streams.video[0].codec_context.pix_fmt == kept


def test_alpha_stays_too(films, wander, tmp_path, color):
    source = films.write(tmp_path / "in.mkv", wander(3), codec="ffv1", pixel_format="yuva444p10le")
    color(source, tmp_path / "out.mkv", codec="ffv1")
    planes = []
    for path in (source, tmp_path / "out.mkv"):
        with av.open(str(path)) as container:
            planes.append([plane_array(f, 3, 10).copy() for f in container.decode(video=0)])
    np.testing.assert_array_equal(*planes)


@pytest.mark.parametrize("size", [(1, 1), (47, 63), (2, 40), (33, 17)])
@pytest.mark.parametrize(("suffix", "codec"), [("mp4", "auto"), ("mkv", "ffv1"), ("webm", "vp9")])
def test_any_size_stays_what_it_is(films, wander, tmp_path, color, size, suffix, codec):
    source = films.write(
        tmp_path / "in.mkv", wander(4, size), codec="libx264", pixel_format="yuv444p"
    )
    color(source, tmp_path / f"out.{suffix}", codec=codec)
    assert {luma.shape for luma in films.read_luma(tmp_path / f"out.{suffix}")} == {size}


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_time_stamps_stay_exactly_at_a_variable_rate(films, wander, tmp_path, color, suffix):
    stamps = np.cumsum(np.random.default_rng(5).integers(1, 3000, 40)).tolist()
    source = films.write(
        tmp_path / f"in.{suffix}",
        wander(40),
        stamps=stamps,
        container_options={"movie_timescale": "12800"},
    )
    color(source, tmp_path / f"out.{suffix}", segment=0.5)
    assert films.read_times(source) == [Fraction(pts, 12800) for pts in stamps]
    assert films.read_times(tmp_path / f"out.{suffix}") == films.read_times(source)


@pytest.mark.parametrize("suffix", ["mkv", "webm"])
def test_time_stamps_in_milliseconds_stay_in_matroska(films, wander, tmp_path, color, suffix):
    stamps = np.cumsum(np.random.default_rng(5).integers(1, 200, 40)).tolist()
    source = films.write(
        tmp_path / f"in.{suffix}",
        wander(40),
        stamps=stamps,
        base=MILLISECOND,
        codec="libvpx-vp9" if suffix == "webm" else "libx264",
    )
    color(source, tmp_path / f"out.{suffix}", segment=0.5)
    assert films.read_times(tmp_path / f"out.{suffix}") == films.read_times(source)


def test_durations_stay_within_a_frame(films, wander, tmp_path, color):
    source = films.write(tmp_path / "in.mp4", wander(50))
    color(source, tmp_path / "out.mp4", segment=0.3)
    lengths = []
    for path in (source, tmp_path / "out.mp4"):
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            lengths.append(stream.duration * stream.time_base)
    assert abs(lengths[0] - lengths[1]) <= Fraction(1, 25)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_the_network_sees_films_upright(films, wander, tmp_path, color, network, degrees):
    upright = wander(1, (40, 60))[0]
    stored = np.rot90(upright, -degrees // 90).copy()
    source = films.write(
        tmp_path / "in.mkv",
        [stored] * 2,
        codec="ffv1",
        pixel_format="gray",
        before=lambda container, stream: stream.set_display_rotation(degrees),
    )
    color(source, tmp_path / "out.mkv", codec="ffv1", steady="off")
    turned = np.stack(read_chroma(tmp_path / "out.mkv"))[0]
    straight = films.write(tmp_path / "s.mkv", [upright] * 2, codec="ffv1", pixel_format="gray")
    color(straight, tmp_path / "s-out.mkv", codec="ffv1", steady="off")
    expected = np.stack(read_chroma(tmp_path / "s-out.mkv"))[0]
    back = np.rot90(turned, degrees // 90, axes=(1, 2))
    apart = np.abs(back.astype(int) - expected)  # samples lie on the left of the stored film
    assert apart.max() <= 6
    assert apart.mean() < 0.5
    assert set(network.seen) == {(40, 60)}


def test_bars_stay_black_and_unseen(films, wander, tmp_path, color, network):
    pictures = []
    for inner in wander(5, (48, 64)):
        framed = np.full((48, 96), 16, np.uint8)
        framed[:, 16:80] = np.maximum(inner, 60)
        pictures.append(framed)
    source = films.write(tmp_path / "in.mkv", pictures, codec="ffv1")
    color(source, tmp_path / "out.mkv", codec="ffv1")
    for planes in read_chroma(tmp_path / "out.mkv"):
        assert (planes[:, :, :8] == 128).all()
        assert (planes[:, :, 40:] == 128).all()
        assert (planes[:, :, 8:40] != 128).any()
    assert set(network.seen) == {(48, 64)}


def test_options_reach_the_colours(films, wander, tmp_path, color, network):
    source = films.write(tmp_path / "in.mp4", wander(3))
    spec = network.spec
    color(source, tmp_path / "a.mkv", colors=ColorizeOptions(vividness=1.0), codec="ffv1")
    assert set(network.temperatures) == {spec.temperature_at(1.0)}
    color(source, tmp_path / "b.mkv", colors=ColorizeOptions(saturation=0.0), codec="ffv1")
    assert all((planes == 128).all() for planes in read_chroma(tmp_path / "b.mkv"))
    network.seen.clear()
    color(source, tmp_path / "c.mkv", every=1)
    assert len(network.seen) == 3


def test_ten_bits_stay_ten_bits(films, wander, tmp_path, color):
    source = films.write(tmp_path / "in.mkv", wander(4, (64, 64)), pixel_format="yuv420p10le")
    color(source, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("hevc", "yuv420p10le")
        assert container.streams.video[0].codec_context.codec_tag == "hvc1"


def test_a_film_must_not_be_lost(films, wander, tmp_path, color):
    source = films.write(tmp_path / "in.mp4", wander(3))
    with pytest.raises(OutputError, match="is the film itself"):
        color(source, source, overwrite=True)
    (tmp_path / "out.mp4").write_bytes(b"precious")
    with pytest.raises(OutputError, match="is there already; allow overwriting"):
        color(source, tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == b"precious"
    color(source, tmp_path / "out.mp4", overwrite=True)
    assert len(films.read_luma(tmp_path / "out.mp4")) == 3
    with pytest.raises(OutputError, match="is not a folder that can be written to"):
        color(source, tmp_path / "nowhere" / "out.mp4")


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be waited for there")
@pytest.mark.parametrize("name", ["out.mp4", "out_%d.png"])
def test_the_parts_stay_until_the_disk_holds_the_result(
    films, wander, tmp_path, color, monkeypatch, name
):
    source = films.write(tmp_path / "in.mp4", wander(2))
    done = []
    sync, move, remove = os.fsync, os.replace, Workshop.remove

    def note_sync(handle):
        done.append(("sync", os.fstat(handle).st_ino))
        sync(handle)

    def note_move(made, target):
        done.append(("move", os.stat(made).st_ino))
        move(made, target)

    def note_removal(workshop):
        done.append("remove")
        remove(workshop)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "replace", note_move)
    monkeypatch.setattr(Workshop, "remove", note_removal)
    color(source, tmp_path / name)
    made = [path.stat().st_ino for path in sorted(tmp_path.glob("out*"))]
    assert len(made) == (2 if "%d" in name else 1)
    moves = [(what, file) for file in made for what in ("sync", "move")]
    last = [*moves, ("sync", tmp_path.stat().st_ino), "remove"]
    assert done[-len(last) :] == last


def test_the_owner_is_told_what_will_be_lost(films, wander, tmp_path):
    source = films.write(tmp_path / "in.mkv", wander(3), codec="ffv1", pixel_format="yuva420p")
    assert any("transparency" in n for n in plan_film(source, tmp_path / "out.mp4").notices)
    deep = films.write(tmp_path / "deep.mkv", wander(3), codec="ffv1", pixel_format="gray16le")
    said = plan_film(deep, tmp_path / "out.mp4", options=FilmOptions(codec="h264")).notices
    assert any("h264 has 10 bits, and the film's 16 are rounded" in notice for notice in said)
    odd = films.write(
        tmp_path / "odd.mp4", wander(3), rate=Fraction(24000, 1001), base=Fraction(1, 24000)
    )
    assert any("in steps of 1 ms" in n for n in plan_film(odd, tmp_path / "out.mkv").notices)


@pytest.mark.parametrize("steady", ["motion", "bidirectional"])
def test_stopping_leaves_what_is_done_and_going_on_gives_the_same(
    films, wander, tmp_path, color, steady
):
    source = films.write(tmp_path / "in.mp4", wander(100))
    how = {"segment": 0.4, "steady": steady}
    color(source, tmp_path / "whole.mp4", **how)
    stop = Event()

    def watch(progress):
        if progress.frames >= 35:
            stop.set()

    result = color(source, tmp_path / "out.mp4", **how, stop=stop, on_progress=watch)
    assert not result.complete
    assert result.target.name == f"out.stopped-at-00-00-0{result.frames // 25}.mp4"
    part = films.read_times(result.target)
    assert 35 <= len(part) < 100
    assert part == films.read_times(source)[: len(part)]
    assert not (tmp_path / "out.mp4").exists()
    with pytest.raises(OutputError, match="holds unfinished work; resume it, or allow"):
        color(source, tmp_path / "out.mp4", **how)
    with pytest.raises(RecordError, match="of another job"):
        color(source, tmp_path / "out.mp4", **how, crf=30, resume=True)
    going_on = color(source, tmp_path / "out.mp4", **how, resume=True)
    assert going_on.complete
    assert (tmp_path / "out.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()


def test_progress_counts_up_to_the_end(films, wander, tmp_path, color):
    source = films.write(tmp_path / "in.mp4", wander(20))
    told = []
    color(source, tmp_path / "out.mp4", on_progress=told.append)
    assert [progress.frames for progress in told] == list(range(1, 21))
    assert {progress.total for progress in told} == {20}
    assert told[-1].left == 0
    assert told[-1].per_second > 0


def test_what_fails_in_any_thread_is_raised(films, wander, tmp_path, color, network, monkeypatch):
    source = films.write(tmp_path / "in.mp4", wander(40))

    def fail(*args, **kwargs):
        raise OSError("broken on purpose")

    for where in (
        "tintype.video.line.read_samples",
        "tintype.video.coloring.shrink",
        "tintype.video.finishing.new_frame",
    ):
        with monkeypatch.context() as patched:
            patched.setattr(where, fail)
            with pytest.raises(OSError, match="broken on purpose"):
                color(source, tmp_path / "out.mp4", overwrite=True)
        assert not (tmp_path / "out.mp4").exists()
    source.unlink()
    with pytest.raises(UnreadableFilm):
        color(source, tmp_path / "out.mp4", overwrite=True)


@pytest.mark.parametrize("codec", ["h264", "ffv1"])
@pytest.mark.parametrize("first", ["tff", "bff"])
def test_woven_frames_are_marked_as_such(films, wander, tmp_path, color, codec, first):
    options = {"x264-params": f"{first}=1"}
    source = films.write(tmp_path / "in.mkv", wander(4, (64, 64)), options=options)
    color(source, tmp_path / "out.mkv", codec=codec)
    orders = []
    for path in (source, tmp_path / "out.mkv"):
        with av.open(str(path)) as container:
            orders.append(container.streams.video[0].codec_context.field_order)
    assert orders[0] == orders[1] == {"tff": 2, "bff": 3}[first]


@pytest.mark.parametrize("name", ["out.gif", "out.webp", "out_%d.png"])
def test_pictures_that_know_no_turns_are_turned(films, wander, tmp_path, color, name):
    upright = wander(1, (40, 60))[0]
    source = films.write(
        tmp_path / "in.mkv",
        [np.rot90(upright, -1).copy()] * 3,
        codec="ffv1",
        pixel_format="gray",
        before=lambda container, stream: stream.set_display_rotation(90),
    )
    color(source, tmp_path / name)
    with Image.open(str(tmp_path / name).replace("%d", "1")) as opened:
        pixels = np.array(opened.convert("RGB")) @ np.array([0.299, 0.587, 0.114])
    assert pixels.shape == (40, 60)
    assert np.corrcoef(pixels.ravel(), upright.ravel())[0, 1] > 0.95
