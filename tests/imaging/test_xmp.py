# SPDX-License-Identifier: Apache-2.0
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tintype import __version__
from tintype.imaging.xmp import (
    COMPUTED,
    is_marked,
    join_extension,
    make_true,
    mark_computed,
    split_for_jpeg,
)

IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
TIFF = "{http://ns.adobe.com/tiff/1.0/}"


def packet(properties: str, *, attributes: str = "", about: str = "") -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:RDF><rdf:Description rdf:about="{about}"'
        ' xmlns:I="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        f' xmlns:tiff="http://ns.adobe.com/tiff/1.0/"{attributes}>{properties}'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def said(data: bytes) -> dict[str, list[str]]:
    """All properties, read by another parser: attributes and elements of all descriptions."""
    found: dict[str, list[str]] = {}
    for description in ElementTree.fromstring(data).iter(f"{RDF}Description"):  # noqa: S314 - our own bytes
        for name, value in description.attrib.items():
            found.setdefault(name, []).append(value)
        for element in description:
            found.setdefault(element.tag, []).append("".join(element.itertext()))
    return found


def test_the_mark_is_made_of_the_iptcs_words():
    marked = said(mark_computed(None, by="tintype-s 1.0"))
    assert marked[f"{IPTC}DigitalSourceType"] == [COMPUTED]
    assert marked[f"{IPTC}AISystemUsed"] == ["tintype (tintype-s 1.0)"]
    assert marked[f"{IPTC}AISystemVersionUsed"] == [__version__]
    assert COMPUTED.endswith("/digitalsourcetype/compositeWithTrainedAlgorithmicMedia")


def test_a_packet_keeps_every_byte_of_its_own(xmp_packet):
    marked = mark_computed(xmp_packet, by="n")
    start = marked.index(b"<rdf:Description", marked.index(b"</rdf:Description>"))
    end = marked.index(b"</rdf:RDF>")
    assert marked[:start] + marked[end:] == xmp_packet


def test_all_descriptions_speak_of_one_resource(xmp_packet):
    assert said(mark_computed(xmp_packet, by="n"))[f"{RDF}about"] == ["uuid:1", "uuid:1"]


@pytest.mark.parametrize(
    "own",
    [
        packet("<I:DigitalSourceType>negativeFilm</I:DigitalSourceType><tiff:Make>a</tiff:Make>"),
        packet("<tiff:Make>a</tiff:Make>", attributes=' I:DigitalSourceType="a>b"'),
        packet("<tiff:Make>a</tiff:Make>", attributes="\n I:DigitalSourceType = 'film'"),
        packet("<I:AISystemUsed/><tiff:Make>a</tiff:Make>"),
    ],
)
def test_an_earlier_source_gives_way(own):
    marked = said(mark_computed(own, by="n"))
    assert marked[f"{IPTC}DigitalSourceType"] == [COMPUTED]
    assert marked[f"{IPTC}AISystemUsed"] == ["tintype (n)"]
    assert marked[f"{TIFF}Make"] == ["a"]


def test_marking_twice_is_marking_once():
    once = mark_computed(None, by="a")
    assert said(mark_computed(once, by="b")) == said(mark_computed(None, by="b")) | {
        f"{RDF}about": ["", ""]
    }


def test_a_name_with_signs_of_xml_in_it_is_spelt_for_xml():
    marked = said(mark_computed(None, by='<a & "b">'))
    assert marked[f"{IPTC}AISystemUsed"] == ['tintype (<a & "b">)']


def test_the_same_name_in_another_namespace_is_another_property():
    own = packet("", attributes=' I:Orientation="6" tiff:Orientation="8"')
    kept = said(make_true(own))
    assert kept[f"{IPTC}Orientation"] == ["6"]
    assert f"{TIFF}Orientation" not in kept


def test_a_property_of_a_property_is_not_touched():
    own = packet(
        "<I:Source rdf:parseType='Resource'><tiff:Orientation>6</tiff:Orientation></I:Source>"
    )
    assert make_true(own) == own


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_other_encodings_are_read(encoding):
    own = packet("<tiff:Make>Öhm</tiff:Make>")
    told = said(mark_computed(own.decode().encode(encoding), by="n"))
    assert told[f"{TIFF}Make"] == ["Öhm"]


def test_zeros_behind_a_packet_are_no_part_of_it():
    own = packet("<tiff:Make>a</tiff:Make>")
    assert make_true(own + bytes(7)) == own


EMPTY = b"<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>"
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\0\0",
        b"no xml",
        b"<a/>",
        EMPTY,
        BOMB + packet("&b;"),
        packet("<I:open>"),
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_packet_is_not_kept_and_does_not_stand_in_the_way(broken):
    assert make_true(broken) is None
    assert mark_computed(broken, by="n") == mark_computed(None, by="n")


def test_depth_costs_no_more_than_length():
    deep = packet("<I:a>" * 100_000 + "</I:a>" * 100_000)
    assert make_true(deep) == deep


@given(st.binary(max_size=300))
def test_noise_ends_in_no_error(noise):
    make_true(noise)
    make_true(packet("")[:150] + noise)


def test_a_long_packet_is_split_and_joined(xmp_packet):
    marked = mark_computed(xmp_packet, by="n")
    short, digest = split_for_jpeg(marked, by="n")
    assert is_marked(short)
    assert digest in short
    told = said(join_extension(short, marked))
    assert told[f"{TIFF}Make"] == ["Öhm & Co"]
    assert not any("HasExtendedXMP" in name for name in said(make_true(short)))


def test_an_extension_that_is_broken_leaves_the_packet_alone(xmp_packet):
    assert join_extension(xmp_packet, b"<broken") == xmp_packet


def test_pillow_reads_the_mark(tmp_path):
    path = tmp_path / "marked.jpg"
    Image.new("RGB", (8, 8)).save(path, xmp=mark_computed(None, by="n"))
    with Image.open(path) as opened:
        assert is_marked(opened.info["xmp"])
