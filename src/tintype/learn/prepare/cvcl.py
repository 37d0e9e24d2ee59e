# SPDX-License-Identifier: Apache-2.0
"""MIT CVCL Urban and Natural Scene Categories: eight kinds of scene, 256 x 256 JPEG files.

Two layouts are in circulation, and both are read:

- one zip a category, ``opencountry.zip`` holding ``Opencountry/land298.jpg`` or
  ``Opencountry/opencountry_land298.jpg``;
- all eight in one flat folder, ``spatial_envelope_256x256_static_8outdoorcategories.zip``, each
  file named after its category: ``opencountry_land298.jpg``, ``coast_arnat59.jpg``.

The paper trains on Open Country alone, of which it counts 411 photographs:
``--label opencountry``.

Source: Oliva & Torralba, Modeling the Shape of the Scene, IJCV 42(3), 2001.
"""

from collections.abc import Iterable
from pathlib import PurePosixPath

from tintype.learn.prepare.collection import Candidate, Collection, is_photograph, label_of
from tintype.learn.prepare.sources import Member

CATEGORIES = (
    "coast",
    "forest",
    "highway",
    "insidecity",
    "mountain",
    "opencountry",
    "street",
    "tallbuilding",
)


def find(members: Iterable[Member]) -> list[Candidate]:
    """Every photograph whose file or folder is named after one of :data:`CATEGORIES`."""
    found = []
    for member in members:
        category = _category_of(member.path)
        if category is not None and is_photograph(member.path):
            found.append(Candidate(member=member, label=category))
    return found


def _category_of(path: PurePosixPath) -> str | None:
    prefix, underscore, _ = path.name.lower().partition("_")
    if underscore and prefix in CATEGORIES:
        return prefix
    folders = (label_of(part).replace("_", "") for part in reversed(path.parts[:-1]))
    return next((folder for folder in folders if folder in CATEGORIES), None)


COLLECTION = Collection(
    name="cvcl",
    title="MIT CVCL Urban and Natural Scene Categories",
    layout="a category's zip such as opencountry.zip, the flat "
    "spatial_envelope_256x256_static_8outdoorcategories.zip, or a folder that holds either",
    terms="Offered for research; the archives carry no licence file and the photographs' rights "
    "stay with their owners. Ask before any other use.",
    citation="A. Oliva, A. Torralba. Modeling the Shape of the Scene: a Holistic Representation "
    "of the Spatial Envelope. International Journal of Computer Vision 42(3), 2001.",
    find=find,
    descend=lambda path: label_of(path.name).startswith((*CATEGORIES, "spatial_envelope")),
)
