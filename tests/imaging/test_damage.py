# SPDX-License-Identifier: Apache-2.0
"""Files that were cut off, altered or made to do harm: a clean refusal, or a photograph.

Bits that flip inside of compressed pixels cannot all be noticed; what must never happen is anything
else than a photograph or an error of :mod:`tintype.errors` in one line.
"""

import random
from collections import Counter

import numpy as np
import pytest

from tests.damage import BOMBS, MUTATIONS
from tintype.errors import ImageTooLarge, InputError, UnreadableImage
from tintype.imaging.files import encode, read
from tintype.imaging.formats import FORMATS
from tintype.imaging.photograph import Photograph

FILES_OF_EACH = 80
MAX_PIXELS = 4_000_000


@pytest.fixture(scope="module")
def intact(samples, opacity, exif_block, xmp_packet, iptc_records) -> dict[str, list[bytes]]:
    """By format: files of every depth, with all the metadata that they can hold."""
    files: dict[str, list[bytes]] = {}
    for row in FORMATS:
        for dtype in row.depths:
            photograph = Photograph(
                pixels=samples(dtype)[:40, :50],
                alpha=opacity(dtype)[:40, :50] if row.alpha else None,
                exif=exif_block(6, thumbnail=b"\xff\xd8\xff\xd9"),
                xmp=xmp_packet,
                iptc=iptc_records,
                dpi=(300.0, 300.0),
                text=(("Comment", "ein Hund"), ("Title", "größer")),
            )
            files.setdefault(row.name, []).append(encode(photograph, format=row.name))
    return files


@pytest.mark.parametrize("name", [row.name for row in FORMATS])
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # of damaged EXIF in AVIF
def test_mutated_files_are_refused_or_read(intact, name):
    chance = random.Random(f"damage to {name}")  # noqa: S311  (the same files every time)
    outcomes = Counter()
    messages = set()
    for number in range(FILES_OF_EACH):
        data = bytearray(chance.choice(intact[name]))
        MUTATIONS[number % len(MUTATIONS)](data, chance)
        try:
            photograph = read(bytes(data), max_pixels=MAX_PIXELS)
        except InputError as error:
            messages.add(str(error))
            outcomes[type(error).__name__] += 1
        else:
            assert min(photograph.size) >= 1
            outcomes["read"] += 1
    assert not [message for message in messages if "\n" in message or not message]
    assert outcomes["UnreadableImage"] >= FILES_OF_EACH // 8  # the mutations do bite
    assert outcomes["read"] >= 1  # and do not bite always


@pytest.mark.parametrize("name", [row.name for row in FORMATS])
def test_every_beginning_of_a_file_is_refused_or_read(intact, name):
    data = intact[name][0]
    for size in range(0, len(data), max(1, len(data) // 40)):
        try:
            read(data[:size], max_pixels=MAX_PIXELS)
        except InputError:
            continue


@pytest.mark.parametrize("name", BOMBS)
def test_a_few_bytes_that_promise_billions_of_pixels_are_refused(name):
    # The decoder of WebP makes room for its canvas at once, and may be the first to refuse.
    with pytest.raises((ImageTooLarge, UnreadableImage) if name == "webp" else ImageTooLarge):
        read(BOMBS[name])


def test_long_and_thin_photographs_are_read():
    thin = np.random.default_rng(0).integers(0, 256, (1, 30_000, 3), np.uint8)
    for row in FORMATS:
        if row.name in ("webp", "heif"):  # which count to 16383, or pad to whole blocks
            continue
        for pixels in (thin, np.ascontiguousarray(thin.swapaxes(0, 1))):
            assert read(encode(Photograph(pixels=pixels), format=row.name)).size == pixels.shape[:2]
