# SPDX-License-Identifier: Apache-2.0
"""ILSVRC 2015 CLS-LOC: the ten ImageNet categories of the paper, by WordNet id.

Layouts read: the unpacked challenge (``ILSVRC2015/Data/CLS-LOC/train/n02132136/
n02132136_7.JPEG``, also with ``ILSVRC`` as its root), a folder of categories, and the training
tar of tars (``ILSVRC2012_img_train.tar`` holding ``n02132136.tar``). Only training photographs
carry their category in their path, and only they are taken.

The paper names its categories in plain words, and CLS-LOC has only the leaves of WordNet. Where
a word is no leaf, every leaf under it that fits is taken, as listed in :data:`CATEGORIES`; for
*kangaroo* the nearest leaf is the wallaby, and for *bird*, which has 59 leaves, the ten
songbirds that come first.

Source: Russakovsky et al., arXiv:1409.0575; the paper, section 4.
"""

from collections.abc import Iterable
from pathlib import PurePosixPath

from tintype.learn.prepare.collection import Candidate, Collection, is_photograph
from tintype.learn.prepare.sources import Member

CATEGORIES: dict[str, dict[str, str]] = {  # the paper's word: {WordNet id: ILSVRC's name}
    "spatula": {"n04270147": "spatula"},
    "school_bus": {"n04146614": "school bus"},
    "bear": {
        "n02132136": "brown bear",
        "n02133161": "American black bear",
        "n02134084": "ice bear",
        "n02134418": "sloth bear",
    },
    "book_shelf": {"n02870880": "bookcase"},
    "armor": {"n02895154": "breastplate", "n03000247": "chain mail", "n03146219": "cuirass"},
    "kangaroo": {"n01877812": "wallaby"},
    "spider": {
        "n01773157": "black and gold garden spider",
        "n01773549": "barn spider",
        "n01773797": "garden spider",
        "n01774384": "black widow",
        "n01774750": "tarantula",
        "n01775062": "wolf spider",
    },
    "sweater": {"n02963159": "cardigan", "n04370456": "sweatshirt"},
    "hair_dryer": {"n03483316": "hand blower"},
    "bird": {
        "n01530575": "brambling",
        "n01531178": "goldfinch",
        "n01532829": "house finch",
        "n01534433": "junco",
        "n01537544": "indigo bunting",
        "n01558993": "robin",
        "n01560419": "bulbul",
        "n01580077": "jay",
        "n01582220": "magpie",
        "n01592084": "chickadee",
    },
}
LABEL_OF_ID = {id_: word for word, leaves in CATEGORIES.items() for id_ in leaves}


def find(members: Iterable[Member]) -> list[Candidate]:
    """Every training photograph that lies in a folder named by one of the WordNet ids."""
    return [
        Candidate(member=member, label=LABEL_OF_ID[member.path.parent.name])
        for member in members
        if member.path.parent.name in LABEL_OF_ID and is_photograph(member.path)
    ]


def _descend(path: PurePosixPath) -> bool:
    return path.name in LABEL_OF_ID or path.name == "ILSVRC2012_img_train"


COLLECTION = Collection(
    name="ilsvrc",
    title="ILSVRC 2015 CLS-LOC, the ten categories of the paper",
    layout="the unpacked challenge (ILSVRC2015/Data/CLS-LOC/train/n02132136/…), a folder of "
    "WordNet ids, or ILSVRC2012_img_train.tar",
    terms="ImageNet's terms of access: non-commercial research and education only; the "
    "photographs' rights stay with their owners.",
    citation="O. Russakovsky et al. ImageNet Large Scale Visual Recognition Challenge. "
    "International Journal of Computer Vision 115(3), 2015.",
    find=find,
    descend=_descend,
)
