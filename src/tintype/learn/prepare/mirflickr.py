# SPDX-License-Identifier: Apache-2.0
"""MIRFLICKR-25000: twenty-five thousand Creative Commons photographs from Flickr.

The zip unpacks to one folder: ``mirflickr/im1.jpg`` to ``im25000.jpg``, with notes in
``mirflickr/doc`` and, for each photograph, text files in ``mirflickr/meta``: ``tags``, ``exif``
and ``license``, named by kind and number (``license7.txt`` goes with ``im7.jpg``). The licence
file names the author and the exact licence; its text is carried, on one line, into the record
of origins.

Source: Huiskes & Lew, The MIR Flickr Retrieval Evaluation, ACM MIR 2008.
"""

import re
from collections.abc import Iterable

from tintype.learn.prepare.collection import Candidate, Collection
from tintype.learn.prepare.sources import Member

_PHOTOGRAPH = re.compile(r"im(\d+)\.jpg", re.IGNORECASE)
_LICENSE = re.compile(r"license(\d+)\.txt", re.IGNORECASE)


def find(members: Iterable[Member]) -> list[Candidate]:
    """Every ``im<number>.jpg``, with the text of its licence file where there is one."""
    members = list(members)
    licenses = {
        int(match[1]): member
        for member in members
        if member.path.parent.name == "license" and (match := _LICENSE.fullmatch(member.path.name))
    }
    found = []
    for member in members:
        if match := _PHOTOGRAPH.fullmatch(member.path.name):
            notes = licenses.get(int(match[1]))
            found.append(
                Candidate(member=member, label="flickr", license=_one_line(notes) if notes else "")
            )
    return found


def _one_line(member: Member) -> str:
    return " ".join(member.read().decode("utf-8", errors="replace").split())


COLLECTION = Collection(
    name="mirflickr",
    title="MIRFLICKR-25000",
    layout="mirflickr25k.zip, or the folder mirflickr with im1.jpg … and meta/license",
    terms="Creative Commons licences that differ by photograph (some forbid commercial use or "
    "derivatives); origins.csv carries each one's licence file. Credit every author.",
    citation="M. J. Huiskes, M. S. Lew. The MIR Flickr Retrieval Evaluation. ACM International "
    "Conference on Multimedia Information Retrieval, 2008.",
    find=find,
    descend=lambda _: True,
)
