# SPDX-License-Identifier: Apache-2.0
import json
import os
import signal
from dataclasses import fields, replace
from fractions import Fraction

import av
import numpy as np
import pytest

from tintype.cli import video as module
from tintype.cli.exit_codes import CALLERS_MISTAKE, DONE, INTERRUPTED
from tintype.cli.main import load_command, main
from tintype.cli.video import parse_clock, parse_hint, parse_reference
from tintype.errors import OptionError
from tintype.imaging.files import read
from tintype.inference.engine import Engine
from tintype.spec.hints import Hint
from tintype.spec.models import find_model
from tintype.spec.options import ColorizeOptions, EngineOptions
from tintype.video.film import color_film
from tintype.video.hinting import FilmHint
from tintype.video.job import FilmReference, plan_film
from tintype.video.options import FilmOptions
from tintype.video.pictures import Damage


@pytest.fixture
def film(tmp_path, grey_pixels):
    """A dozen frames of a window that moves over the cameraman."""
    path = tmp_path / "in.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "gray"
        for number in range(12):
            frame = av.VideoFrame(64, 48, "gray")
            plane = np.frombuffer(memoryview(frame.planes[0]), np.uint8).reshape(48, -1)
            plane[:, :64] = grey_pixels[number // 2 :, number:][:48, :64]
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_a_film_is_coloured_as_python_does_it(film, tmp_path, stand_in, capsys):
    target = tmp_path / "out.mp4"
    flags = ["--vividness", "0.8", "--crf", "30", "--model", stand_in.file, "--json"]
    assert main(["video", str(film), "-o", str(target), *flags]) == DONE
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert (told["target"], told["frames"], told["complete"]) == (str(target), 12, True)
    assert "12 frames in" in said.err
    job = plan_film(
        film,
        tmp_path / "python.mp4",
        colors=ColorizeOptions(vividness=0.8),
        options=FilmOptions(crf=30),
    )
    color_film(job, Engine(replace(stand_in, name="stand-in")))
    assert target.read_bytes() == (tmp_path / "python.mp4").read_bytes()


def test_references_and_hints_lead_as_in_python(film, tmp_path, color_jpeg):
    """By the network that comes along: a stand-in has too few colours for a palette."""
    postcard = tmp_path / "postcard.jpg"
    postcard.write_bytes(color_jpeg)
    hint = ["--hint", "0.1,20,30,#cc3311"]
    results = []
    for flags in (hint, [*hint, "--reference", f"{postcard}@0:00.2"]):
        target = tmp_path / f"{len(results)}.mp4"
        cut = ["--size", "64", "--end", "0.24"]
        assert main(["video", str(film), "-o", str(target), *cut, *flags]) == DONE
        results.append(target.read_bytes())
    assert results[0] != results[1]
    job = plan_film(
        film,
        tmp_path / "python.mp4",
        colors=ColorizeOptions(size=64),
        options=FilmOptions(end=0.24),
        hints=[FilmHint(0.1, Hint(20, 30, "#cc3311"))],
        references=[FilmReference(read(postcard), 0.2)],
    )
    color_film(job, Engine(find_model(EngineOptions().model), device="cpu"))
    assert (tmp_path / "python.mp4").read_bytes() == results[1]


def test_every_option_is_on_the_command_line():
    command = load_command("video")
    flags = {flag for parameter in command.params for flag in parameter.opts}
    for option in fields(FilmOptions):
        assert f"--{option.name.replace('_', '-')}" in flags
    defaults = {parameter.name: parameter.default for parameter in command.params}
    for option in fields(FilmOptions):
        assert defaults[option.name] == option.default


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--codec", "ffv1"], "for ffv1, name the result .mkv"),
        (["--codec", "divx"], "codec must be one of auto, h264"),
        (["--start", "soon"], "a time is written 75.5"),
        (["--start", "5", "--end", "4"], "end must be after start"),
        (["--hint", "1,2,3"], "a hint is written TIME,X,Y,#RRGGBB"),
        (["--hint", "inf,2,3,#102030"], "a time is written 75.5"),
        (["--hint", "0,2,3,#102030"], "takes no hints"),
        (["--reference", "no-such.jpg@1"], "no-such.jpg: no such file"),
        (["--reference", "no-such.jpg"], "no-such.jpg: no such file"),
    ],
)
def test_mistakes_are_said_in_a_line(film, tmp_path, stand_in, capsys, flags, said):
    target = tmp_path / "out.mp4"
    arguments = ["video", str(film), "-o", str(target), "--model", stand_in.file, *flags]
    assert main(arguments) == CALLERS_MISTAKE
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]
    assert not target.exists()


def test_an_interruption_stops_it_in_order(film, tmp_path, stand_in, capsys, monkeypatch):
    usual = signal.getsignal(signal.SIGINT)

    def interrupted(job, network, *, on_progress, stop):
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(5)
        assert signal.getsignal(signal.SIGINT) is usual  # a second one is not held back
        return module.FilmResult(
            target=tmp_path / "out.stopped-at-00-00-01.mp4",
            complete=False,
            frames=25,
            predictions=7,
            cuts=1,
            damage=Damage(lost=3, first=0.5),
            seconds=1.0,
            busy={},
        )

    monkeypatch.setattr(module, "color_film", interrupted)
    arguments = ["video", str(film), "-o", str(tmp_path / "out.mp4"), "--model", stand_in.file]
    assert main(arguments) == INTERRUPTED
    said = capsys.readouterr().err
    assert "stopped-at-00-00-01.mp4: 25 frames" in said
    assert "--resume goes on" in said
    assert "damaged: 3 frames could not be decoded" in said
    assert signal.getsignal(signal.SIGINT) is usual


@pytest.mark.parametrize(
    ("text", "seconds"), [("75.5", 75.5), ("1:15.5", 75.5), ("0:01:15.5", 75.5), ("2:0:0", 7200)]
)
def test_times_are_read(text, seconds):
    assert parse_clock(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "1:2:3:4", "1:-2", "inf", "nan", "1:inf", "nan:1", "1e308:0:0"]
)
def test_other_times_are_refused(text):
    with pytest.raises(OptionError, match=r"written 75\.5 or 1:15\.5"):
        parse_clock(text)


def test_hints_are_read():
    assert parse_hint("1:02,30,40.5,#A0b0c0") == FilmHint(62.0, Hint(30.0, 40.5, "#A0b0c0"))
    assert parse_hint("5,3,4,#a0b0c0,7").hint.radius == 7
    with pytest.raises(OptionError, match="X, Y and RADIUS are numbers"):
        parse_hint("5,x,4,#a0b0c0")


@pytest.mark.parametrize(
    ("name", "said", "seconds"),
    [
        ("aunt.jpg", "", None),
        ("aunt.jpg", "@40", 40.0),
        ("aunt.jpg", "@1:02.5", 62.5),
        ("me@home.jpg", "", None),
        ("me@home.jpg", "@0:01:00", 60.0),
        ("aunt.jpg@40", "", None),  # a file that is called so
    ],
)
def test_references_are_read(tmp_path, color_jpeg, name, said, seconds):
    (tmp_path / name).write_bytes(color_jpeg)
    reference = parse_reference(f"{tmp_path / name}{said}")
    assert reference.seconds == seconds
    assert reference.photograph.size == (61, 90)


def test_a_references_time_is_written_as_times_are(tmp_path, color_jpeg):
    (tmp_path / "a.jpg").write_bytes(color_jpeg)
    with pytest.raises(OptionError, match=r"a time is written 75\.5"):
        parse_reference(f"{tmp_path / 'a.jpg'}@noon")
