# SPDX-License-Identifier: Apache-2.0
"""Your own photographs: any folder or archive of picture files.

The folder directly above a photograph is its label; photographs at the top have the label
``unlabelled``.
"""

from collections.abc import Iterable

from tintype.learn.prepare.collection import Candidate, Collection, is_photograph, label_of
from tintype.learn.prepare.sources import Member


def find(members: Iterable[Member]) -> list[Candidate]:
    """Every file whose suffix is that of a picture."""
    return [
        Candidate(member=member, label=label_of(member.path.parent.name))
        for member in members
        if is_photograph(member.path)
    ]


COLLECTION = Collection(
    name="folder",
    title="A folder of photographs",
    layout="a folder, .zip or .tar with picture files, in subfolders by label if you like",
    terms="Yours to know: nothing is recorded about the rights in these photographs.",
    citation="",
    find=find,
    descend=lambda _: True,
)
