# SPDX-License-Identifier: Apache-2.0
"""The tables of codecs and formats against what PyAV carries, and how one is chosen."""

from pathlib import Path

import av
import pytest

from tintype.errors import OptionError, OutputError, UnsupportedFilm
from tintype.video.codecs import (
    AUTO,
    CODECS,
    FORMATS,
    PRESETS,
    choose_codec,
    encoder_options,
    find_format,
)


@pytest.mark.parametrize("name", CODECS)
def test_every_encoder_is_there_and_takes_its_formats(name):
    codec = CODECS[name]
    taken = {pixel_format.name for pixel_format in av.Codec(codec.encoder, "w").video_formats}
    given = set(codec.formats)
    if not codec.pieces:  # these get their own format at the end
        return
    assert given <= taken


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_is_one_of_ffmpegs_and_holds_its_codecs(suffix):
    row = FORMATS[suffix]
    assert av.ContainerFormat(row.muxer, "w").name == row.muxer
    assert set(row.codecs) <= set(CODECS)
    assert row.deep in (None, *row.codecs)


@pytest.mark.parametrize("name", [name for name, codec in CODECS.items() if codec.pieces])
@pytest.mark.parametrize("preset", [PRESETS[0], PRESETS[-1]])
def test_every_encoder_knows_what_it_is_told(name, preset):
    told = encoder_options(name, crf=None, preset=preset, size=(64, 64))
    known = av.CodecContext.create(CODECS[name].encoder, "w").supported_options
    names = {option.name for option in (*known.generic, *known.private)}
    assert set(told) <= names


@pytest.mark.parametrize(
    ("name", "depth", "codec"),
    [
        ("a.mp4", 8, "h264"),
        ("a.MP4", 10, "hevc"),
        ("a.webm", 8, "vp9"),
        ("a.webm", 10, "av1"),
        ("a.gif", 8, "gif"),
        ("frame_%05d.png", 16, "png"),
    ],
)
def test_the_default_plays_everywhere(name, depth, codec):
    assert choose_codec(AUTO, Path(name), depth=depth, size=(64, 64)) == codec


def test_small_deep_films_take_what_can_be_trusted_with_them():
    assert choose_codec(AUTO, Path("a.mp4"), depth=10, size=(48, 64)) == "h264"


def test_a_format_that_cannot_hold_the_codec_names_one_that_can():
    with pytest.raises(OutputError, match=r"\.mp4 files hold .*, not ffv1; .* \.mkv"):
        choose_codec("ffv1", Path("a.mp4"), depth=8, size=(64, 64))


@pytest.mark.parametrize("name", ["a.txt", "a", "a.avi"])
def test_an_unknown_suffix_is_refused_with_those_that_are_known(name):
    with pytest.raises(OutputError, match=r"must end in one of \.mp4, "):
        find_format(Path(name))


def test_pictures_without_a_place_for_their_number_are_refused():
    with pytest.raises(OutputError, match=r"such as frame_%05d\.png; got 'frame\.png'"):
        find_format(Path("frame.png"))


def test_small_pictures_are_refused_where_an_encoder_would_crash():
    with pytest.raises(UnsupportedFilm, match="at least 64 pixels each way, this film has 40 x 50"):
        encoder_options("hevc", crf=None, preset="fast", size=(50, 40))


def test_quality_is_refused_where_there_is_none_to_choose():
    with pytest.raises(OptionError, match="ffv1 has no crf"):
        encoder_options("ffv1", crf=20, preset="fast", size=(64, 64))


def test_quality_and_preset_reach_the_encoder():
    told = encoder_options("h264", crf=30, preset="slow", size=(64, 64))
    assert (told["crf"], told["preset"]) == ("30", "slow")
    slow, fast = (
        int(encoder_options("av1", crf=None, preset=p, size=(64, 64))["preset"])
        for p in ("veryslow", "ultrafast")
    )
    assert slow < fast
