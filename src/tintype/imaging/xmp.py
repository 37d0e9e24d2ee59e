# SPDX-License-Identifier: Apache-2.0
"""XMP: the packet that came, and the mark of computed colours in it.

A packet is edited where it stands: an XML parser finds the bytes of the few properties that are to
go, new ones are put in as one more description, and all the rest stays as its writer wrote it. A
packet that is no well-formed XML, or that brings a document type (and with it the means to
explode), is of no use to any reader and is not kept.

The mark says, in the words of the IPTC, that the picture is a composite with what a trained
algorithm made, and which one it was. It is in the metadata, never in the pixels.

Source: ISO 16684-1:2019 (XMP), section 7; IPTC Photo Metadata Standard 2025.1, "Digital Source
Type", "AI System Used", "AI System Version Used".
"""

import re
from dataclasses import dataclass, field
from hashlib import md5
from html import escape
from xml.parsers import expat

from tintype import __version__

COMPUTED = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_TIFF = "http://ns.adobe.com/tiff/1.0/"
_XMP = "http://ns.adobe.com/xap/1.0/"
_NOTE = "http://ns.adobe.com/xmp/note/"

Property = tuple[str, str]  # namespace and name

_MARK_NAMES = ("DigitalSourceType", "AISystemUsed", "AISystemVersionUsed")
# What colouring, turning upright or joining the parts makes untrue: how the picture lay, what it
# looked like, and that more of the packet lies elsewhere.
_UNTRUE: frozenset[Property] = frozenset(
    {(_TIFF, "Orientation"), (_XMP, "Thumbnails"), (_NOTE, "HasExtendedXMP")}
)

_ROOT, _DESCRIPTION = (_RDF, "RDF"), (_RDF, "Description")
_TAG = re.compile(rb"<[^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*>")
_HEAD = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_EMPTY = (
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"></rdf:RDF></x:xmpmeta>\n'
).encode()
_TAIL = b'<?xpacket end="w"?>'


def mark_computed(packet: bytes | None, *, by: str) -> bytes:
    """Put the mark of computed colours into a packet.

    Args:
        packet: the photograph's own packet, which keeps all else that it says; None if it has none.
        by: name and version of the network.

    Returns:
        The packet with the mark in place of any earlier one, UTF-8.
    """
    values = (COMPUTED, f"tintype ({by})", __version__)
    said = "".join(
        f" Iptc4xmpExt:{name}={_quote(value)}"
        for name, value in zip(_MARK_NAMES, values, strict=True)
    )
    names = frozenset((_IPTC, name) for name in _MARK_NAMES)
    edited = _edit(packet, names, said) if packet else None
    return edited or _HEAD + (_edit(_EMPTY, names, said) or b"") + _TAIL


def is_marked(packet: bytes | None) -> bool:
    """Whether a packet says that colours were computed, by tintype or by anyone."""
    return packet is not None and COMPUTED.encode() in packet


def make_true(packet: bytes) -> bytes | None:
    """Take out of a packet what is not true of an upright, coloured photograph any more.

    Returns:
        The packet, UTF-8; None if it is not well-formed.
    """
    return _edit(packet, _UNTRUE, "")


def split_for_jpeg(packet: bytes, *, by: str | None) -> tuple[bytes, bytes]:
    """Make the short packet that stands for one too long for a segment of a JPEG file.

    Args:
        packet: the long one, to be written as the extension.
        by: what computed the colours, if the packet is marked: the short one must say it too, for
            not every reader looks further.

    Returns:
        The short packet, and the digest by which it names the long one.
    """
    digest = md5(packet, usedforsecurity=False).hexdigest().upper()
    said = f' xmlns:xmpNote="{_NOTE}" xmpNote:HasExtendedXMP="{digest}"'
    short = _HEAD + (_edit(_EMPTY, frozenset(), said) or b"") + _TAIL
    return (mark_computed(short, by=by) if by else short), digest.encode()


def join_extension(packet: bytes, extension: bytes) -> bytes:
    """Join the two parts into which JPEG splits a packet of more than 64 kB.

    Returns:
        One packet with the descriptions of both; ``packet`` alone if either is not well-formed.
    """
    main, extra = _scan(packet, _UNTRUE), _scan(extension, _UNTRUE)
    if main is None or extra is None:
        return packet
    inner = extra.data[extra.content_start : extra.content_end]
    joined = main.data[: main.content_end] + inner + main.data[main.content_end :]
    return joined if _scan(joined, frozenset()) else packet


def _edit(packet: bytes, remove: frozenset[Property], said: str) -> bytes | None:
    """Take properties out and put in a description that has the attributes ``said``."""
    scan = _scan(packet, remove)
    if scan is None:
        return None
    edits = [(start, end, b"") for start, end in scan.spans]
    if said:
        description = (
            f'<rdf:Description rdf:about={_quote(scan.about)} xmlns:rdf="{_RDF}"'
            f' xmlns:Iptc4xmpExt="{_IPTC}"{said}/>\n'
        )
        edits.append((scan.content_end, scan.content_end, description.encode()))
    data = scan.data
    for start, end, new in sorted(edits, reverse=True):  # from the back: offsets stay true
        data = data[:start] + new + data[end:]
    return data


@dataclass(slots=True)
class _Scan:
    """Where things are in a packet, in bytes of ``data``."""

    data: bytes
    remove: frozenset[Property]
    about: str = ""  # the resource that the descriptions speak of: one for the whole packet
    content_start: int = -1  # of rdf:RDF
    content_end: int = -1
    spans: list[tuple[int, int]] = field(default_factory=list)  # of the properties to remove
    path: list[Property] = field(default_factory=list)  # the elements that are open
    opened: tuple[int, int] = (0, 0)  # the tag that opened the property that is to be removed

    def tag_end(self, at: int) -> int:
        """Where the tag ends that begins at ``at``."""
        tag = _TAG.match(self.data, at)
        if tag is None:
            raise ValueError("no tag where the parser saw one")
        return tag.end()

    def start(self, name: str, attributes: dict[str, str], at: int) -> None:
        element = _property(name)
        if element == _ROOT:
            self.content_start = self.tag_end(at)
        elif self.path[-1:] == [_ROOT] and element == _DESCRIPTION:
            for attribute, value in attributes.items():
                if _property(attribute) == (_RDF, "about"):
                    self.about = self.about or value
                elif _property(attribute) in self.remove:
                    self.spans.append(self.find_attribute(attribute, at))
        elif self.path[-2:] == [_ROOT, _DESCRIPTION] and element in self.remove:
            self.opened = (at, self.tag_end(at))
        self.path.append(element)

    def end(self, at: int) -> None:
        element = self.path.pop()
        if element == _ROOT:
            self.content_end = at
        elif self.path[-2:] == [_ROOT, _DESCRIPTION] and element in self.remove:
            start, end = self.opened
            empty = self.data[end - 2 : end] == b"/>"  # one tag that both opens and closes
            self.spans.append((start, end if empty else self.tag_end(at)))

    def find_attribute(self, name: str, at: int) -> tuple[int, int]:
        """The span of an attribute, with the space before it, in the tag that begins at ``at``."""
        _, local, prefix = name.split(" ")
        spelt = re.escape(f"{prefix}:{local}".encode())
        pattern = rb"\s+" + spelt + rb"\s*=\s*(\"[^\"]*\"|'[^']*')"
        found = re.compile(pattern).search(self.data, at, self.tag_end(at))
        if found is None:
            raise ValueError("no attribute where the parser saw one")
        return found.span()


def _scan(packet: bytes, remove: frozenset[Property]) -> _Scan | None:
    """Find what an edit needs to know; None if the packet is not well-formed XMP."""
    try:
        scan = _Scan(_as_utf8(packet), remove)
        parser = expat.ParserCreate("utf-8", " ")
        parser.namespace_prefixes = True  # names come as "namespace name prefix"
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = lambda name, attributes: scan.start(
            name, attributes, parser.CurrentByteIndex
        )
        parser.EndElementHandler = lambda _: scan.end(parser.CurrentByteIndex)
        parser.Parse(scan.data, True)
    except (expat.ExpatError, ValueError):
        return None
    empty = scan.data[: scan.content_start].endswith(b"/>")  # <rdf:RDF/>, with no inside to add to
    return None if empty or scan.content_start < 0 else scan


def _as_utf8(packet: bytes) -> bytes:
    """UTF-16 packets are legal and rare; zeros after a packet are common in TIFF."""
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if packet.startswith(mark):
            return packet.decode(name).encode()
    if packet[:2] in (b"<\0", b"\0<"):
        order = "le" if packet[:1] == b"<" else "be"
        return packet.decode(f"utf-16-{order}").encode()
    return packet.rstrip(b"\0")


def _property(name: str) -> Property:
    """Namespace and name of what the parser calls ``"namespace name prefix"``."""
    namespace, _, local = " ".join(name.split(" ")[:2]).rpartition(" ")
    return namespace, local


def _refuse(*_: object) -> None:
    raise ValueError("a document type has no place in XMP")


def _quote(text: str) -> str:
    """Quote an attribute's value. The standard library's own way imports a client of HTTP."""
    return '"' + escape(text).translate({9: "&#9;", 10: "&#10;", 13: "&#13;"}) + '"'
