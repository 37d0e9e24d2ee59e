# SPDX-License-Identifier: Apache-2.0
import sys

import av
import numpy as np
import pytest

from scripts import clips


@pytest.mark.parametrize("name", clips.CLIPS)
def test_a_clip_is_in_colour_and_moves(name):
    pictures = list(clips.CLIPS[name]())
    assert len(pictures) == clips.FRAMES
    assert {picture.shape for picture in pictures} == {(*clips.SIZE, 3)}
    assert np.ptp(pictures[0].astype(int), axis=-1).mean() > 10
    assert np.abs(pictures[40].astype(int) - pictures[30]).mean() > 1


@pytest.mark.slow
def test_they_are_written_as_films(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        clips, "CLIPS", {"pan": lambda: iter([clips.photograph("coffee")[:432, :]])}
    )
    monkeypatch.setattr(clips, "SIZE", (400, 600))
    monkeypatch.setattr(sys, "argv", ["clips", str(tmp_path / "out")])
    clips.main()
    with av.open(capsys.readouterr().out.strip()) as container:
        frames = list(container.decode(video=0))
    assert [(frame.width, frame.height) for frame in frames] == [(600, 400)]
