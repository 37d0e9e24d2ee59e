# SPDX-License-Identifier: Apache-2.0
"""Open Images: openly licensed photographs (CC BY), for weights that anybody may use.

Give a folder with photographs named by their sixteen-digit id (``train/000002b66c9c498e.jpg``,
``train_0/…`` or ``validation/…``, as the tars unpack) and, anywhere below it, the tables as
published:

- ``*-images-with-rotation.csv``, ``*-images-boxable-with-rotation.csv`` or
  ``image_ids_and_rotation.csv``: author, licence, and how far to turn the photograph. Required:
  a photograph without its row, or whose licence is not open, is listed and left out;
- ``*-human-imagelabels*.csv`` with ``*class-descriptions*.csv``: the first label that people
  confirmed names the photograph. Without them the subset does.

Rotation counts degrees counter-clockwise that set the photograph upright; ``nan`` where it is
not known.

Source: Kuznetsova et al., The Open Images Dataset V4, arXiv:1811.00982; the data set's own page
on rotation, 2018-05-17.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from tintype.learn.prepare.collection import Candidate, Collection, label_of
from tintype.learn.prepare.sources import Member

_PHOTOGRAPH = re.compile(r"[0-9a-f]{16}\.jpe?g", re.IGNORECASE)
_OPEN_LICENSE = re.compile(
    r"https?://creativecommons\.org/(licenses/by/\d|publicdomain/(zero|mark)/\d)"
)


def find(members: Iterable[Member]) -> list[Candidate]:
    """Every photograph; those without a row or an open licence with the reason to leave them."""
    members = list(members)
    photographs = {m.path.stem.lower(): m for m in members if _PHOTOGRAPH.fullmatch(m.path.name)}
    rows = {
        row["ImageID"].lower(): row
        for row in _rows(members, "rotation.csv")
        if row["ImageID"].lower() in photographs
    }
    labels = _labels(members, photographs.keys())
    return [
        _candidate(member, rows.get(id_), labels.get(id_, ""))
        for id_, member in photographs.items()
    ]


def _candidate(member: Member, row: dict[str, str] | None, label: str) -> Candidate:
    if row is None:
        refusal = "no row in the tables: its author and licence are unknown"
        return Candidate(member=member, label="unknown", refusal=refusal)
    turned = row.get("Rotation", "")
    is_open = _OPEN_LICENSE.match(row["License"]) is not None
    return Candidate(
        member=member,
        label=label_of(label or row["Subset"]),
        rotation=int(float(turned)) if turned not in ("", "nan") else 0,
        refusal="" if is_open else f"not openly licensed: {row['License'] or 'no licence given'}",
        author=row["Author"],
        title=row["Title"],
        license=row["License"],
        url=row["OriginalLandingURL"],
    )


def _labels(members: list[Member], wanted: Iterable[str]) -> dict[str, str]:
    """The first label that people confirmed of each wanted photograph, in words."""
    wanted = set(wanted)
    words = {
        row[0]: row[1]
        for member in members
        if "class-descriptions" in member.path.name
        for row in csv.reader(io.StringIO(member.read().decode("utf-8")))
        if len(row) == 2
    }
    labels: dict[str, str] = {}
    for row in _rows(members, "imagelabels"):
        if row["ImageID"] in wanted and float(row["Confidence"]) == 1:
            labels.setdefault(row["ImageID"], words.get(row["LabelName"], row["LabelName"]))
    return labels


def _rows(members: list[Member], name_holds: str) -> Iterator[dict[str, str]]:
    for member in members:
        if member.path.suffix == ".csv" and name_holds in member.path.name:
            yield from csv.DictReader(io.StringIO(member.read().decode("utf-8")))


COLLECTION = Collection(
    name="open-images",
    title="Open Images",
    layout="a folder with the photographs (train/000002b66c9c498e.jpg) and the published table "
    "of authors and licences (train-images-boxable-with-rotation.csv)",
    terms="Photographs listed by their publishers as CC BY 2.0; those of any other licence are "
    "left out. Check each one before use and credit every author: origins.csv names them. The "
    "tables are CC BY 4.0, Google LLC.",
    citation="A. Kuznetsova et al. The Open Images Dataset V4. International Journal of Computer "
    "Vision 128, 2020.",
    find=find,
    descend=lambda _: True,
)
