# SPDX-License-Identifier: Apache-2.0
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tintype.cli.exit_codes import CALLERS_MISTAKE, DONE
from tintype.cli.films import parse_clip
from tintype.cli.main import main
from tintype.errors import OptionError
from tintype.evaluate.video import KIND, FilmEvaluation
from tintype.records.provenance import hash_file
from tintype.records.record import read_record


@pytest.fixture
def clip(tmp_path, color_pixels):
    """Ten frames in colour of a window that moves over Eileen Collins."""
    path = tmp_path / "walk.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv444p"
        for number in range(10):
            window = np.ascontiguousarray(color_pixels[number : number + 48, number : number + 64])
            frame = av.VideoFrame.from_ndarray(window).reformat(format="yuv444p")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.slow
def test_clips_are_measured_and_shown(clip, tmp_path, stand_in, capsys):
    out = tmp_path / "out"
    flags = ["--video", str(clip), "--frames", "8", "--out", str(out)]
    assert main(["evaluate", stand_in.file, *flags]) == DONE
    assert "| walk | each frame alone |" in capsys.readouterr().out
    record = read_record(out / "films.json", kind=KIND)
    scores = FilmEvaluation.from_content(record.content).clips["walk"]
    assert list(scores) == ["truth", "grey", "each frame alone", "along the motion", "both ways"]
    assert {score.frames for score in scores.values()} == {8}
    for way in ("along the motion", "both ways"):
        ours = scores[way]
        assert ours.frames_per_second > 0
        assert ours.peak_memory is None or ours.peak_memory > 50_000_000
        assert ours.warping_error <= scores["each frame alone"].warping_error + 1e-6
    assert [s.same_luma for s in scores.values()] == [None, None, 8, 8, 8]
    assert "walk.mkv" in record.provenance.data
    assert list(record.content["networks"].values()) == [hash_file(Path(stand_in.file))]
    assert record.content["baselines"] == {
        "along the motion": "each frame alone",
        "both ways": "each frame alone",
    }
    assert (out / "walk.png").stat().st_size > 1000


def test_what_fails_is_said(clip, tmp_path, capsys):
    flags = ["--video", str(clip), "--out", str(tmp_path / "out")]
    assert main(["evaluate", "no-such-network", *flags]) == CALLERS_MISTAKE
    assert "no-such-network" in capsys.readouterr().err


def test_a_clip_may_begin_later(clip):
    assert parse_clip(str(clip)) == (clip, 0.0)
    assert parse_clip(f"{clip}@1.5") == (clip, 1.5)
    with pytest.raises(OptionError, match=r"there is no film .*gone\.mp4"):
        parse_clip("gone.mp4")
    for second in ("-1", "inf", "nan"):
        with pytest.raises(OptionError, match="at 0 s or later"):
            parse_clip(f"{clip}@{second}")
    odd = clip.with_name("a@b.mkv")
    clip.rename(odd)
    assert parse_clip(str(odd)) == (odd, 0.0)
