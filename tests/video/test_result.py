# SPDX-License-Identifier: Apache-2.0
"""The result's file: what is copied beside the pictures, spans, sequences, animated pictures."""

from fractions import Fraction
from threading import Event

import av
import numpy as np
import pytest
from PIL import Image

from tintype.errors import OptionError, OutputError
from tintype.video.job import plan_film
from tintype.video.options import FilmOptions

MILLISECOND = Fraction(1, 1000)


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


def test_the_primaries_that_were_gone_by_are_written(films, wander, tmp_path, color):
    def tag(container, stream):
        stream.codec_context.colorspace = 9

    source = films.write(tmp_path / "in.mp4", wander(2), before=tag)
    color(source, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        frame = next(container.decode(video=0))
        assert (frame.colorspace, frame.color_primaries) == (9, 9)


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


def test_what_a_stopped_job_leaves_ends_with_its_pictures(films, wander, tmp_path, color):
    def prepare(container, stream):
        films.sound = container.add_stream("aac", rate=8000)
        chapter = {"id": 0, "start": 0, "end": 4000, "time_base": MILLISECOND, "metadata": {}}
        container.set_chapters([chapter])

    source = films.write(
        tmp_path / "in.mkv",
        wander(100),
        base=MILLISECOND,
        before=prepare,
        after=lambda container: films.write_sound(container, films.sound, 4.0),
    )
    stop = Event()
    result = color(
        source,
        tmp_path / "out.mkv",
        segment=0.4,
        stop=stop,
        on_progress=lambda progress: stop.set() if progress.frames >= 35 else None,
    )
    assert not result.complete
    end = films.read_times(result.target)[-1] + Fraction(1, 25)
    assert Fraction(35, 25) <= end < 3
    sound = [time for time, _ in films.read_packets(result.target, 1)]
    assert end - Fraction(1024, 8000) <= sound[-1] < end
    with av.open(str(result.target)) as container:
        (chapter,) = container.chapters()
        assert chapter["end"] * chapter["time_base"] == end
    color(source, tmp_path / "out.mkv", segment=0.4, resume=True)
    assert films.read_packets(tmp_path / "out.mkv", 1) == films.read_packets(source, 1)


def test_a_span_after_the_end_is_refused(films, wander, tmp_path):
    source = films.write(tmp_path / "in.mp4", wander(25))
    with pytest.raises(OptionError, match="start is at 100 s, and the film ends at 1 s"):
        plan_film(source, tmp_path / "out.mp4", options=FilmOptions(start=100.0))


@pytest.mark.parametrize(
    ("pixel_format", "tag", "kept"),
    [("yuv420p", "apch", "yuv422p10le"), ("yuva444p10le", "ap4h", "yuva444p10le")],
)
def test_prores_is_what_it_says(films, wander, tmp_path, color, pixel_format, tag, kept):
    source = films.write(tmp_path / "in.mkv", wander(3), codec="ffv1", pixel_format=pixel_format)
    color(source, tmp_path / "out.mov", codec="prores")
    with av.open(str(tmp_path / "out.mov")) as container:
        assert container.streams.video[0].codec_context.codec_tag == tag
        assert next(container.decode(video=0)).format.name.startswith(kept[:-4])


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
