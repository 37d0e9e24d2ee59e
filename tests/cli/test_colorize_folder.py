# SPDX-License-Identifier: Apache-2.0
"""``tintype colorize FOLDER`` as a person meets it: what is said, exit codes, Ctrl-C."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from tintype.cli import colorize as command
from tintype.cli.main import main
from tintype.jobs import folder, watch


@pytest.fixture
def run(stand_in, tmp_path, monkeypatch, capsys, grey_jpeg, grey_png):
    """Run ``tintype colorize`` beside a folder ``in``; exit code, what it printed, what it said."""
    monkeypatch.chdir(tmp_path)
    for name, data in {
        "a.jpg": grey_jpeg,
        "bad.jpg": grey_jpeg[:300],
        "x/b.png": grey_png,
        "x/notes.txt": b"1943",
    }.items():
        (Path("in") / name).parent.mkdir(parents=True, exist_ok=True)
        (Path("in") / name).write_bytes(data)

    def colorize(*arguments: str) -> tuple[int, str, str]:
        code = main(["colorize", "in", *arguments, "--model", stand_in.file])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return colorize


def results() -> list[str]:
    found = (p for p in Path("colorized").rglob("[!.]*") if p.is_file())
    return sorted(path.relative_to("colorized").as_posix() for path in found)


def test_a_folder_becomes_a_folder_and_what_failed_is_said(run):
    code, out, err = run("--recursive")
    assert (code, out) == (1, "")
    failed, summary = err.splitlines()
    assert failed.startswith("in/bad.jpg: a damaged or incomplete JPEG file")
    assert summary.startswith("2 of 3 photographs coloured in ")
    assert summary.endswith(", 1 failed, 1 skipped")
    assert results() == ["a.jpg", "x/b.png"]


def test_only_what_is_left_is_done_by_resuming(run, grey_jpeg):
    run("--recursive")
    assert run("--recursive")[0] == 2
    code, _, err = run("--recursive", "--resume")
    assert code == 1
    assert err.splitlines()[-1].startswith("0 of 1 photograph coloured in ")
    assert err.splitlines()[-1].endswith("1 failed, 3 skipped")
    Path("in/bad.jpg").write_bytes(grey_jpeg)
    code, _, err = run("--recursive", "--resume", "--retry")
    assert code == 0
    assert err.startswith("1 photograph coloured in ")


def test_json_has_one_line_for_each_file(run):
    code, out, _ = run("--recursive", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert {line["source"]: line["status"] for line in lines} == {
        "in/a.jpg": "done",
        "in/bad.jpg": "failed",
        "in/x/b.png": "done",
        "in/x/notes.txt": "skipped",
    }
    assert len(lines) == 4
    again = [json.loads(line) for line in run("--recursive", "--json", "--resume")[1].splitlines()]
    before = next(line for line in again if line["source"] == "in/a.jpg")
    assert (before["status"], before["target"]) == ("skipped", "colorized/a.jpg")


@pytest.mark.parametrize("name", ["b", "x"])
def test_collisions_are_one_line_and_nothing_is_done(run, grey_png, name):
    Path("in/b.png").write_bytes(grey_png)
    Path("in/x.png").mkdir()
    Path("in/x.png/c.png").write_bytes(grey_png)
    Path("in/x").rename("in/y")
    Path("in", name).write_bytes(grey_png)
    code, out, err = run("--recursive")
    assert (code, out) == (2, "")
    assert err.startswith("tintype: ")
    assert err.count("\n") == 1
    assert "would" in err
    assert not Path("colorized").exists()


def test_a_report_is_named_where_it_is(run):
    _, _, err = run("--recursive", "--report")
    assert err.splitlines()[-1].endswith(", see colorized/tintype-report.html")
    assert Path("colorized/tintype-report.html").is_file()


@pytest.mark.parametrize("option", ["--recursive", "--resume", "--retry", "--report", "--watch"])
def test_options_of_a_folder_are_refused_for_photographs(run, option, stand_in, capsys):
    assert main(["colorize", "in/a.jpg", option, "--model", stand_in.file]) == 2
    said = f"tintype: {option} is about a folder, and photographs were named; name their folder\n"
    assert capsys.readouterr().err == said
    assert not Path("colorized").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_finishes_the_photograph_in_hand(run, monkeypatch, sent):
    usual, color_file = signal.getsignal(sent), folder.color_file

    def color(*arguments: object, **options: object):
        os.kill(os.getpid(), sent)
        return color_file(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(folder, "color_file", color)
        code, _, err = run("--recursive", "--jobs", "1")
    assert code == 130
    assert err.splitlines()[-1].endswith("stopped before the end; --resume goes on")
    assert err.splitlines()[-1].startswith("1 of 3 photographs coloured in ")
    assert results() == ["a.jpg"]
    assert signal.getsignal(sent) is usual
    code, _, err = run("--recursive", "--resume")
    assert code == 1
    assert results() == ["a.jpg", "x/b.png"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")
@pytest.mark.usefixtures("run")
def test_ctrl_c_finishes_the_photograph_in_hand_of_a_list_too(monkeypatch, stand_in, capsys):
    color_file = command.color_file

    def color(*arguments: object, **options: object):
        os.kill(os.getpid(), signal.SIGINT)
        return color_file(*arguments, **options)

    monkeypatch.setattr(command, "color_file", color)
    sources = ["in/a.jpg", "in/x/b.png"]
    assert main(["colorize", *sources, "--jobs", "1", "--model", stand_in.file]) == 130
    assert capsys.readouterr().err.endswith("stopped before the end\n")
    assert results() == ["a.jpg"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")
def test_a_watch_ends_well_by_ctrl_c(run, monkeypatch, grey_png):
    monkeypatch.setattr(watch, "EVERY", 0.01)
    color_file, seen = folder.color_file, []

    def color(colorizer, task, *arguments: object, **options: object):
        seen.append(task.source.name)
        if task.source.name == "arrived.png":
            os.kill(os.getpid(), signal.SIGINT)
        elif len(seen) == 3:  # the last that was there
            Path("in/arrived.png").write_bytes(grey_png)
        return color_file(colorizer, task, *arguments, **options)

    monkeypatch.setattr(folder, "color_file", color)
    code, _, err = run("--recursive", "--watch", "--jobs", "1", "--report")
    assert code == 1  # one of them was damaged
    assert "stopped" not in err
    assert results() == ["a.jpg", "arrived.png", "tintype-report.html", "x/b.png"]
    assert Path("colorized/tintype-report.html").read_text().count('class="comparison"') == 3
