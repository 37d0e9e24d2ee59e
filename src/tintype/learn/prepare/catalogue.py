# SPDX-License-Identifier: Apache-2.0
"""The table of collections that tintype can prepare."""

from tintype.errors import OptionError
from tintype.learn.prepare import cvcl, folder, ilsvrc, mcgill, mirflickr, open_images
from tintype.learn.prepare.collection import Collection

COLLECTIONS: tuple[Collection, ...] = (
    cvcl.COLLECTION,
    mcgill.COLLECTION,
    ilsvrc.COLLECTION,
    mirflickr.COLLECTION,
    open_images.COLLECTION,
    folder.COLLECTION,
)


def find_collection(name: str) -> Collection:
    """Look a collection up by name.

    Raises:
        OptionError: no collection has this name; the message lists those there are.
    """
    for collection in COLLECTIONS:
        if collection.name == name:
            return collection
    known = ", ".join(collection.name for collection in COLLECTIONS)
    raise OptionError(f"no collection is called {name!r}; choose one of {known}")
