# SPDX-License-Identifier: Apache-2.0
"""McGill Calibrated Colour Image Database: natural scenes as 8-bit TIFF files of 786 x 576.

A zip or folder a category (``Animals``, ``Foliage``, ``Textures`` …), sometimes nested once
more as unzipping leaves it: ``Textures/Textures/pippin0224.tif``. File names begin with the
camera, *Merry* or *Pippin*: ``merry_mexico0141.TIF``, ``pippin_Peel071.tif``. The same
photographs are also offered as cone responses (``merry_mexico0125_LMS.mat``) and as JPEG
thumbnails; only TIFFs are taken, so that none comes twice.

The files hold each camera's own encoding, near sRGB. The database publishes functions that make
it linear; this takes the values as they stand, as the paper, which says nothing of it, seems to.

Source: Olmos & Kingdom, A biologically inspired algorithm for the recovery of shading and
reflectance images, Perception 33, 2004.
"""

import re
from collections.abc import Iterable

from tintype.learn.prepare.collection import Candidate, Collection, label_of
from tintype.learn.prepare.sources import Member

_FILE = re.compile(r"(merry|pippin).*\.tiff?", re.IGNORECASE)


def find(members: Iterable[Member]) -> list[Candidate]:
    """Every TIFF named after one of the two cameras, labelled by the folder that holds it."""
    return [
        Candidate(member=member, label=label_of(member.path.parent.name))
        for member in members
        if _FILE.fullmatch(member.path.name)
    ]


COLLECTION = Collection(
    name="mcgill",
    title="McGill Calibrated Colour Image Database",
    layout="the folder that holds the categories' folders or zips (Animals, Foliage, …) of TIFFs",
    terms="Offered for research with a request to cite; the archives carry no licence file and "
    "the copyright stays with McGill Vision Research. Ask before any other use.",
    citation="A. Olmos, F. A. A. Kingdom. A biologically inspired algorithm for the recovery of "
    "shading and reflectance images. Perception 33, 2004.",
    find=find,
    descend=lambda _: True,
)
