# SPDX-License-Identifier: Apache-2.0
"""``tintype colorize`` as a person meets it: folders, names, failures, what is said."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tintype.cli.main import main
from tintype.imaging import files


@pytest.fixture
def run(stand_in, tmp_path, monkeypatch, capsys):
    """Run ``tintype colorize`` in an empty folder; the exit code, what it printed, what it said."""
    monkeypatch.chdir(tmp_path)

    def colorize(*arguments: str) -> tuple[int, str, str]:
        code = main(["colorize", *arguments, "--model", stand_in.file])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return colorize


def encoded(pixels: np.ndarray, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


def chroma_of(path: Path) -> float:
    """How far the channels of a picture lie apart on average, in steps of 8 bits."""
    with Image.open(path) as opened:
        return float(np.ptp(np.asarray(opened.convert("RGB")).astype(int), axis=2).mean())


def test_a_photograph_becomes_a_coloured_one_in_a_folder_that_is_made(run, grey_jpeg):
    Path("a.jpg").write_bytes(grey_jpeg)
    code, out, err = run("a.jpg")
    assert (code, out) == (0, "")
    assert err.startswith("1 photograph coloured in ")
    assert chroma_of(Path("colorized/a.jpg")) > 5
    assert Path("a.jpg").read_bytes() == grey_jpeg


OFFLINE = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        sys.stderr.write(f"{event} {arguments}\\n")
        raise RuntimeError(event)

sys.addaudithook(refuse)
if sys.argv[1] == "ask":
    import socket
    socket.create_connection(("127.0.0.1", 9), timeout=1)
from tintype.cli.main import main
sys.exit(main())
"""


def test_nothing_is_downloaded_when_it_runs(grey_jpeg, tmp_path):
    """The interpreter itself tells of every connection and every name that is looked up."""

    def python(*words: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-c", OFFLINE, *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    (tmp_path / "a.jpg").write_bytes(grey_jpeg)
    done = python("colorize", "a.jpg")
    assert done.returncode == 0, done.stderr
    assert "socket." not in done.stderr
    assert chroma_of(tmp_path / "colorized/a.jpg") > 1
    assert "RuntimeError: socket.getaddrinfo" in python("ask").stderr  # else it shows nothing


def test_the_folder_can_be_named(run, grey_jpeg):
    Path("a.jpg").write_bytes(grey_jpeg)
    assert run("a.jpg", "-o", "x/y")[0] == 0
    assert Path("x/y/a.jpg").is_file()


def test_every_photograph_is_read_once_and_as_it_was_asked_to_be(run, grey_jpeg, monkeypatch):
    was_read, original = [], files.read

    def read(source, **options):
        was_read.append((source.name, options))
        return original(source, **options)

    monkeypatch.setattr(files, "read", read)
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        Path(name).write_bytes(grey_jpeg)
    assert run("a.jpg", "b.jpg", "c.jpg", "--max-pixels", "9000")[0] == 0
    assert sorted(name for name, _ in was_read) == ["a.jpg", "b.jpg", "c.jpg"]
    assert was_read[0] == ("a.jpg", {"max_pixels": 9000})  # while the network is opened


def test_a_single_photographs_result_can_be_named(run, grey_jpeg):
    Path("a.jpg").write_bytes(grey_jpeg)
    assert run("a.jpg", "-o", "x/b.png")[0] == 0
    with Image.open("x/b.png") as opened:
        assert opened.format == "PNG"
        assert opened.size == (90, 61)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("JPEG", "a.jpeg"),
        ("PNG", "a.PNG"),
        ("TIFF", "a.tif"),
        ("WEBP", "a.webp"),
        ("AVIF", "a.avif"),
    ],
)
def test_a_result_keeps_its_photographs_name_and_format(run, grey_pixels, kind, name):
    Path(name).write_bytes(encoded(grey_pixels, kind))
    assert run(name)[0] == 0
    with Image.open(Path("colorized") / name) as opened:
        assert opened.format == kind
        assert opened.mode == "RGB"


def test_a_format_can_be_asked_for(run, grey_jpeg, grey_png):
    Path("a.jpg").write_bytes(grey_jpeg)
    Path("b.png").write_bytes(grey_png)
    assert run("a.jpg", "b.png", "--format", "webp")[0] == 0
    assert sorted(os.listdir("colorized")) == ["a.webp", "b.webp"]


def test_options_reach_the_photograph(run, grey_png):
    Path("a.png").write_bytes(grey_png)
    assert run("a.png", "-o", "grey.png", "--saturation", "0")[0] == 0
    assert run("a.png", "-o", "calm.png", "--vividness", "0")[0] == 0
    assert run("a.png", "-o", "bold.png", "--vividness", "1")[0] == 0
    assert run("a.png", "-o", "coarse.png", "--vividness", "1", "--size", "256")[0] == 0
    assert chroma_of(Path("grey.png")) == 0
    assert chroma_of(Path("calm.png")) < chroma_of(Path("bold.png"))
    assert Path("coarse.png").read_bytes() != Path("bold.png").read_bytes()


def test_quality_and_mark_reach_the_file(run, grey_jpeg):
    Path("a.jpg").write_bytes(grey_jpeg)
    for name, *arguments in (["rough.jpg", "--quality", "20"], ["fine.jpg", "--quality", "95"]):
        assert run("a.jpg", "-o", name, *arguments)[0] == 0
    assert Path("rough.jpg").stat().st_size < Path("fine.jpg").stat().st_size
    assert b"compositeWithTrainedAlgorithmicMedia" in Path("fine.jpg").read_bytes()
    assert run("a.jpg", "-o", "bare.jpg", "--no-mark")[0] == 0
    assert b"compositeWithTrainedAlgorithmicMedia" not in Path("bare.jpg").read_bytes()


def test_a_photograph_in_colour_is_said_to_be(run, color_jpeg, grey_jpeg):
    Path("a.jpg").write_bytes(color_jpeg)
    Path("b.jpg").write_bytes(grey_jpeg)
    code, _, err = run("a.jpg", "b.jpg")
    assert code == 0
    assert "a.jpg: is in colour already" in err
    assert "b.jpg" not in err


BAD = {
    "empty.jpg": (b"", "empty"),
    "text.jpg": (b"this is no picture at all", "not a picture"),
    "truncated.jpg": (None, "ends early|truncated|damaged"),
}


def test_bad_files_get_one_line_each_and_the_others_are_done(run, grey_jpeg):
    for name, (data, _) in BAD.items():
        Path(name).write_bytes(grey_jpeg[: len(grey_jpeg) // 2] if data is None else data)
    Path("folder.jpg").mkdir()
    Path("good.jpg").write_bytes(grey_jpeg)
    names = [*BAD, "missing.jpg", "folder.jpg"]
    code, out, err = run(names[0], "good.jpg", *names[1:])
    assert (code, out) == (1, "")
    lines = err.splitlines()
    assert len(lines) == len(names) + 1
    assert lines[-1].startswith("1 of 6 photographs coloured in ")
    assert lines[-1].endswith("5 failed")
    for name, line in zip(names, lines, strict=False):
        assert line.startswith(f"{name}: ")
    for name, (_, said) in BAD.items():
        line = next(line for line in lines if line.startswith(name))
        assert re.search(said, line), line
    assert os.listdir("colorized") == ["good.jpg"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_one_of_those_that_failed(run, grey_jpeg):
    Path("a.jpg").write_bytes(grey_jpeg)
    Path("a.jpg").chmod(0)
    code, _, err = run("a.jpg")
    assert code == 1
    assert err.startswith("a.jpg: ")


LONG = "x" * 300 + ".jpg"  # longer than names may be: the system will not even look there


@pytest.mark.parametrize("others", [[], ["b.jpg"]])
def test_a_photograph_out_of_reach_fails_alone_as_among_others(run, grey_jpeg, others):
    Path("b.jpg").write_bytes(grey_jpeg)
    code, _, err = run(LONG, *others)
    assert code == 1
    assert err.startswith(f"{LONG}: it cannot be read (File name too long)")
    assert os.listdir("colorized") == others


def test_a_result_out_of_reach_is_said(run, grey_jpeg):
    Path("a.jpg").write_bytes(grey_jpeg)
    code, _, err = run("a.jpg", "-o", LONG)
    assert code == 1
    assert f"cannot write {LONG}: File name too long" in err
    assert os.listdir() == ["a.jpg"]


def test_more_pixels_than_allowed_are_refused_with_the_number(run, grey_jpeg):
    Path("a.jpg").write_bytes(grey_jpeg)
    code, _, err = run("a.jpg", "--max-pixels", "1000")
    assert code == 1
    assert "1,000" in err
    assert not os.listdir("colorized")


def test_photographs_whose_results_collide_are_refused_before_any_work(run, grey_jpeg):
    for folder in ("x", "y"):
        Path(folder).mkdir()
        (Path(folder) / "a.jpg").write_bytes(grey_jpeg)
    code, _, err = run("x/a.jpg", "y/a.jpg")
    assert code == 2
    assert err.startswith("tintype: x/a.jpg and y/a.jpg would both be written to colorized/a.jpg")
    assert not Path("colorized").exists()


@pytest.mark.parametrize("arguments", [["-o", "."], ["-o", ".", "--overwrite"], ["-o", "a.jpg"]])
def test_a_photograph_is_never_replaced(run, grey_jpeg, arguments):
    Path("a.jpg").write_bytes(grey_jpeg)
    code, _, err = run("a.jpg", *arguments)
    assert code == 2
    assert "would replace a photograph" in err
    assert Path("a.jpg").read_bytes() == grey_jpeg


def test_an_earlier_result_is_replaced_only_on_request(run, grey_jpeg):
    Path("a.jpg").write_bytes(grey_jpeg)
    Path("colorized").mkdir()
    earlier = Path("colorized/a.jpg")
    earlier.write_bytes(b"earlier")
    code, _, err = run("a.jpg")
    assert code == 2
    assert "is there already" in err
    assert earlier.read_bytes() == b"earlier"
    assert run("a.jpg", "--overwrite")[0] == 0
    assert chroma_of(earlier) > 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--vividness", "2"], "vividness must be in [0.0, 1.0], got 2.0"),
        (["--size", "8"], "size must be in [64, 2048], got 8"),
        (["--tone", "sepia"], "tone must be one of auto, keep, off; got 'sepia'"),
        (["--format", "gif"], "format must be one of"),
        (["--device", "abacus"], "device must be one of"),
        (["--device", "directml"], "device directml is not in the ONNX Runtime installed here"),
        (["-o", "a.jpg/x"], "cannot make the folder a.jpg/x"),
    ],
)
def test_a_wrong_option_is_one_line_and_nothing_is_done(run, grey_jpeg, arguments, said):
    Path("a.jpg").write_bytes(grey_jpeg)
    code, _, err = run("a.jpg", *arguments)
    assert code == 2
    assert err.startswith("tintype: ")
    assert said in err
    assert err.count("\n") == 1
    assert os.listdir() == ["a.jpg"]


def test_an_unknown_model_is_the_callers_mistake(capsys, grey_jpeg, tmp_path):
    (tmp_path / "a.jpg").write_bytes(grey_jpeg)
    assert main(["colorize", str(tmp_path / "a.jpg"), "--model", "tintype-xxl"]) == 2
    assert "no model 'tintype-xxl'" in capsys.readouterr().err


def test_a_broken_model_is_ours(capsys, grey_jpeg, tmp_path):
    (tmp_path / "a.jpg").write_bytes(grey_jpeg)
    (tmp_path / "m.onnx").write_bytes(b"\xff")
    assert main(["colorize", str(tmp_path / "a.jpg"), "--model", str(tmp_path / "m.onnx")]) == 3
    assert "m.onnx is not an ONNX file" in capsys.readouterr().err


def test_json_tells_a_program_all_of_it(run, color_jpeg):
    Path("a.jpg").write_bytes(color_jpeg)
    Path("b.jpg").write_bytes(b"")
    code, out, err = run("a.jpg", "b.jpg", "--json")
    assert code == 1
    done, failed = map(json.loads, out.splitlines())
    assert done.pop("seconds") > 0
    assert done == {
        "source": "a.jpg",
        "target": "colorized/a.jpg",
        "others": [],
        "confidence": None,
        "status": "done",
        "size": [61, 90],
        "was_colored": True,
        "skipped": None,
        "error": None,
    }
    assert failed["status"] == "failed"
    assert failed["target"] is None
    assert failed["error"]["type"] == "UnreadableImage"
    assert failed["error"]["message"] in err


@pytest.mark.parametrize("name", ["a\nb.jpg", "a\x1b[31m.jpg", "grüße 雪.jpg", "[bold]a.jpg"])
def test_a_name_can_hold_anything_and_is_one_line_nevertheless(run, grey_jpeg, name):
    Path(name).write_bytes(grey_jpeg)
    assert run(name)[0] == 0
    assert os.listdir("colorized") == [name]
    code, _, err = run(f"no {name}")
    assert code == 1
    assert len(err.splitlines()) == 2
    assert "\x1b" not in err
    assert "grüße 雪" in err or "grüße" not in name


def test_no_arguments_ask_for_help(run, capsys):
    assert main(["colorize"]) in (0, 2)
    shown = capsys.readouterr()
    assert "PHOTO" in shown.out + shown.err
