# SPDX-License-Identifier: Apache-2.0
"""Films from file to file: what stays to the last bit, what becomes colour, what is refused."""

import os
from fractions import Fraction
from threading import Event

import av
import numpy as np
import pytest
from PIL import Image

from tintype.errors import OutputError, RecordError, UnreadableFilm
from tintype.spec.options import ColorizeOptions
from tintype.video.film import color_film
from tintype.video.job import plan_film
from tintype.video.options import FilmOptions
from tintype.video.pixels import plane_array

MILLISECOND = Fraction(1, 1000)


@pytest.fixture
def color(network):
    """Colour a film and say what has become of it."""

    def run(source, target, *, stop=None, on_progress=None, colors=None, **options):
        plan = {name: options.pop(name) for name in ("resume", "overwrite") if name in options}
        job = plan_film(
            source,
            target,
            options=FilmOptions(**options),
            colors=colors or ColorizeOptions(),
            **plan,
        )
        return color_film(job, network, stop=stop, on_progress=on_progress)

    return run


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
    assert set(result.busy) == {"decode", "color", "compose", "encode"}
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


def test_everything_else_is_copied_packet_for_packet(films, wander, tmp_path, color):
    def prepare(container, stream):
        stream.metadata["language"] = "ger"
        container.metadata["title"] = "A walk"
        films.sound = container.add_stream("aac", rate=8000)
        films.sound.metadata["language"] = "fre"
        container.add_attachment("font.ttf", "font/ttf", b"letters" * 9)
        container.set_chapters(
            [
                {
                    "id": number,
                    "start": 500 * number,
                    "end": 500 * number + 500,
                    "time_base": MILLISECOND,
                    "metadata": {"title": f"part {number}"},
                }
                for number in (0, 1)
            ]
        )

    source = films.write(
        tmp_path / "in.mkv",
        wander(25),
        base=MILLISECOND,
        before=prepare,
        after=lambda container: films.write_sound(container, films.sound, 1.0),
    )
    color(source, tmp_path / "out.mkv")
    sound = films.read_packets(source, 1)
    assert len(sound) > 5
    assert films.read_packets(tmp_path / "out.mkv", 1) == sound
    with av.open(str(tmp_path / "out.mkv")) as container:
        assert container.metadata["title"] == "A walk"
        assert [s.metadata.get("language") for s in container.streams][:2] == ["ger", "fre"]
        assert [c["metadata"]["title"] for c in container.chapters()] == ["part 0", "part 1"]
        assert [(c["start"], c["end"]) for c in container.chapters()][1][0] in (500, 500_000_000)
        attached = [s for s in container.streams if s.type == "attachment"]
        assert attached[0].data == b"letters" * 9


def test_sound_in_mp4_stays_as_it_was(films, wander, tmp_path, color):
    def prepare(container, stream):
        films.sound = container.add_stream("aac", rate=8000)

    source = films.write(
        tmp_path / "in.mp4",
        wander(25),
        before=prepare,
        after=lambda container: films.write_sound(container, films.sound, 1.0),
    )
    color(source, tmp_path / "out.mp4")
    assert films.read_packets(tmp_path / "out.mp4", 1) == films.read_packets(source, 1)


def test_what_a_player_must_know_is_passed_on(films, wander, tmp_path, color):
    def tag(container, stream):
        stream.codec_context.sample_aspect_ratio = Fraction(16, 11)
        stream.codec_context.colorspace = 1
        stream.codec_context.color_primaries = 1
        stream.codec_context.color_trc = 1
        stream.codec_context.color_range = 1
        stream.set_display_rotation(90)

    source = films.write(tmp_path / "in.mp4", wander(6), before=tag)
    color(source, tmp_path / "out.mp4")
    color(source, tmp_path / "out.mkv")
    for name in ("out.mp4", "out.mkv"):
        with av.open(str(tmp_path / name)) as container:
            stream = container.streams.video[0]
            frame = next(container.decode(stream))
            assert stream.sample_aspect_ratio == Fraction(16, 11)
            assert (frame.colorspace, frame.color_range) == (1, 1)
            assert (frame.color_primaries, frame.color_trc) == (1, 1)
            assert frame.rotation == 90


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
    assert np.abs(back.astype(int) - expected).max() <= 3
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


def test_a_span_begins_at_zero_with_its_sound(films, wander, tmp_path, color):
    def prepare(container, stream):
        films.sound = container.add_stream("aac", rate=8000)

    source = films.write(
        tmp_path / "in.mp4",
        wander(50),
        before=prepare,
        after=lambda container: films.write_sound(container, films.sound, 2.0),
    )
    result = color(source, tmp_path / "out.mp4", start=0.6, end=1.4)
    assert result.frames == 20
    assert films.read_times(tmp_path / "out.mp4") == films.read_times(source)[:20]
    whole = {data: time for time, data in films.read_packets(source, 1)}
    part = films.read_packets(tmp_path / "out.mp4", 1)
    assert 4 <= len(part) <= 8
    for time, data in part:
        assert abs(whole[data] - time - Fraction(6, 10)) < MILLISECOND


def test_pictures_in_and_out(films, wander, tmp_path, color):
    pattern = tmp_path / "frame_%03d.png"
    films.write(
        pattern,
        wander(5),
        codec="png",
        pixel_format="gray",
        base=Fraction(1, 25),
        file_format="image2",
    )
    result = color(pattern, tmp_path / "out_%04d.png", rate=30)
    assert result.frames == 5
    for number, picture in enumerate(wander(5), start=1):
        with Image.open(tmp_path / f"out_{number:04d}.png") as opened:
            pixels = np.array(opened)
        weights = np.array([0.299, 0.587, 0.114])
        assert np.abs(pixels @ weights - picture).max() <= 0.51
        assert pixels.std(axis=-1).max() > 5
    color(pattern, tmp_path / "out.mkv", codec="ffv1", rate=30)
    assert films.steps(films.read_times(tmp_path / "out.mkv"))[0] == Fraction(33, 1000)


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_animated_pictures(films, wander, tmp_path, color, suffix):
    source = films.write(tmp_path / "in.mp4", wander(6), rate=Fraction(10))
    color(source, tmp_path / f"out.{suffix}")
    with Image.open(tmp_path / f"out.{suffix}") as opened:
        assert (opened.n_frames, opened.size) == (6, (64, 48))
        assert opened.info["loop"] == 0
        opened.seek(2)
        pixels = np.array(opened.convert("RGB")).astype(int)
        assert opened.info["duration"] == 100
    assert pixels.std(axis=-1).max() > 5
    luma = pixels @ np.array([0.299, 0.587, 0.114])
    shown = np.clip((wander(6)[2].astype(float) - 16) / 219 * 255, 0, 255)
    assert np.abs(luma - shown).mean() < 8


def test_a_gif_can_be_coloured(films, wander, tmp_path, color):
    source = tmp_path / "in.gif"
    frames = [Image.fromarray(picture) for picture in wander(5)]
    frames[0].save(source, save_all=True, append_images=frames[1:], duration=[70, 100, 70, 90, 70])
    color(source, tmp_path / "out.mkv", codec="ffv1")
    times = films.read_times(tmp_path / "out.mkv")
    assert films.steps(times) == [Fraction(n, 100) for n in (7, 10, 7, 9)]


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


def test_streams_that_do_not_fit_are_refused_or_left_out_as_told(films, wander, tmp_path, color):
    def prepare(container, stream):
        films.sound = container.add_stream("aac", rate=8000)

    source = films.write(
        tmp_path / "in.mp4",
        wander(25),
        before=prepare,
        after=lambda container: films.write_sound(container, films.sound, 1.0),
    )
    with pytest.raises(OutputError, match=r"\.webm files cannot hold the audio stream #1 \(aac\)"):
        color(source, tmp_path / "out.webm")
    job = plan_film(source, tmp_path / "out.webm", options=FilmOptions(streams="fitting"))
    assert "the audio stream #1 (aac) is left out" in job.notices
    color(source, tmp_path / "out.webm", streams="fitting")
    color(source, tmp_path / "silent.mp4", streams="none")
    for name in ("out.webm", "silent.mp4"):
        with av.open(str(tmp_path / name)) as container:
            assert [stream.type for stream in container.streams] == ["video"]


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


def test_stopping_leaves_what_is_done_and_going_on_gives_the_same(films, wander, tmp_path, color):
    source = films.write(tmp_path / "in.mp4", wander(60))
    color(source, tmp_path / "whole.mp4", segment=0.4)
    stop = Event()

    def watch(progress):
        if progress.frames >= 35:
            stop.set()

    result = color(source, tmp_path / "out.mp4", segment=0.4, stop=stop, on_progress=watch)
    assert not result.complete
    assert result.target.name == "out.stopped-at-00-00-01.mp4"
    part = films.read_times(result.target)
    assert 35 <= len(part) < 60
    assert part == films.read_times(source)[: len(part)]
    assert not (tmp_path / "out.mp4").exists()
    with pytest.raises(OutputError, match="holds unfinished work; resume it, or allow"):
        color(source, tmp_path / "out.mp4", segment=0.4)
    with pytest.raises(RecordError, match="of another job"):
        color(source, tmp_path / "out.mp4", segment=0.4, crf=30, resume=True)
    going_on = color(source, tmp_path / "out.mp4", segment=0.4, resume=True)
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
