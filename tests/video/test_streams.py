# SPDX-License-Identifier: Apache-2.0
"""What lies beside the pictures: titles, covers, time codes, metadata, sound before zero."""

from fractions import Fraction

import av
import pytest
from av.stream import Disposition
from PIL import Image

from tintype.errors import OutputError
from tintype.video.job import plan_film

MILLISECOND = Fraction(1, 1000)
COVER = Disposition.attached_pic


@pytest.fixture
def titled(films, wander, tmp_path):
    """Two seconds with two titles: from 0.1 to 0.9 s, and from 1.2 to 1.8 s."""
    pictures = films.write(tmp_path / "silent.mkv", wander(50), base=MILLISECOND)
    titles = tmp_path / "titles.srt"
    titles.write_text(
        "1\n00:00:00,100 --> 00:00:00,900\nearly\n\n2\n00:00:01,200 --> 00:00:01,800\nlate\n"
    )
    return join(tmp_path / "titled.mkv", pictures, titles)


@pytest.fixture
def covered(films, wander, tmp_path):
    """A film with a cover, and the cover's bytes."""
    pictures = films.write(tmp_path / "bare.mp4", wander(10))
    cover = tmp_path / "cover.png"
    Image.fromarray(wander(1)[0]).save(cover)
    return join(tmp_path / "covered.mp4", pictures, cover, COVER), cover.read_bytes()


def join(target, first, second, disposition=0):
    with av.open(str(first)) as a, av.open(str(second)) as b, av.open(str(target), "w") as made:
        copies = [made.add_stream_from_template(each.streams[0]) for each in (a, b)]
        copies[1].disposition = disposition
        for source, copy in zip((a, b), copies, strict=True):
            for packet in source.demux():
                if packet.size:
                    packet.stream = copy
                    made.mux_one(packet)
    return target


def read_titles(path):
    with av.open(str(path)) as container:
        titles = container.demux(container.streams.subtitles[0])
        return [(p.pts, p.duration, bytes(p)) for p in titles if p.size]


def test_titles_are_copied(titled, tmp_path, color):
    color(titled, tmp_path / "out.mkv")
    assert read_titles(tmp_path / "out.mkv") == [(100, 800, b"early"), (1200, 600, b"late")]


def test_a_title_that_reaches_into_a_span_is_shown_in_it(titled, tmp_path, color):
    color(titled, tmp_path / "out.mkv", start=0.5, end=1.5)
    assert read_titles(tmp_path / "out.mkv") == [(0, 400, b"early"), (700, 300, b"late")]


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_cover_stays_the_cover(covered, tmp_path, color, suffix):
    source, cover = covered
    color(source, tmp_path / f"out.{suffix}")
    if suffix == "mkv":  # and once more from there, where it is an attachment
        color(tmp_path / "out.mkv", tmp_path / "again.mkv", overwrite=True)
        source = tmp_path / "again.mkv"
    with av.open(str(tmp_path / f"out.{suffix}")) as container:
        found = [s for s in container.streams if s.disposition & COVER]
        assert [bytes(p) for p in container.demux(found[0]) if p.size] == [cover]
    with av.open(str(source)) as container:
        assert sum(bool(s.disposition & COVER) for s in container.streams) == 1


def test_matroska_is_not_advised_to_who_has_chosen_it(titled, tmp_path, monkeypatch):
    monkeypatch.setattr("tintype.video.streams._fits", lambda *_: False)
    with pytest.raises(OutputError, match=r"of .*titled\.mkv; let streams be 'fitting'"):
        plan_film(titled, tmp_path / "out.mkv")


def test_time_codes_are_made_anew(films, wander, tmp_path, color):
    def prepare(container, stream):
        stream.metadata["timecode"] = "01:02:03:04"

    source = films.write(tmp_path / "in.mov", wander(5), before=prepare)
    color(source, tmp_path / "out.mov")
    with av.open(str(tmp_path / "out.mov")) as container:
        codes = [s.metadata.get("timecode") for s in container.streams]
    assert codes == ["01:02:03:04"] * 2


@pytest.mark.parametrize("suffix", ["mov", "mp4"])
def test_metadata_of_the_owners_own_making_stay(films, wander, tmp_path, color, suffix):
    own = {"title": "A walk", "archive": "1907-12", "com.apple.quicktime.make": "Bolex"}
    source = films.write(
        tmp_path / "in.mkv", wander(5), before=lambda container, _: container.metadata.update(own)
    )
    color(source, tmp_path / f"out.{suffix}")
    with av.open(str(tmp_path / f"out.{suffix}")) as container:
        found = {key.lower(): value for key, value in container.metadata.items()}
    assert own.items() <= found.items()


def test_a_comment_is_added_to_not_replaced(films, wander, tmp_path, color):
    source = films.write(
        tmp_path / "in.mkv",
        wander(5),
        before=lambda container, _: container.metadata.update(comment="from the attic"),
    )
    color(source, tmp_path / "out.mkv")
    with av.open(str(tmp_path / "out.mkv")) as container:
        said = container.metadata["COMMENT"].splitlines()
    assert said[0] == "from the attic"
    assert said[1].startswith("Colours computed by")


def test_sound_before_zero_makes_nothing_late_in_matroska(films, wander, tmp_path, color):
    def prepare(container, stream):
        films.sound = films.add_sound(container)

    source = films.write(
        tmp_path / "in.mp4",
        wander(25),
        before=prepare,
        after=lambda container: films.write_sound(container, films.sound, 1.0),
    )
    color(source, tmp_path / "out.mkv")
    assert films.read_packets(source, 1)[0][0] == Fraction(-1024, 8000)
    assert films.read_times(tmp_path / "out.mkv") == films.read_times(source)
    assert films.read_packets(tmp_path / "out.mkv", 1) == films.read_packets(source, 1)
