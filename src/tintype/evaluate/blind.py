# SPDX-License-Identifier: Apache-2.0
"""A blind vote: pairs of colourings side by side, left and right by lot, and no name anywhere.

No measure says which colouring people prefer. The page shows each pair once, in an order drawn by
the seed; a click or a key says left, right or no difference. It keeps the votes in the browser and
gives them out as a file. What was left and what was right stands in a *key*, which is another file:
whoever has voted opens it in the page, or counts with :func:`count_votes`.

Source: two-alternative forced choice with ties left out of an exact two-sided sign test (W. J.
Dixon and A. M. Mood, J. American Statistical Association 41, 1946).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from math import comb
from typing import Any

import numpy as np

from tintype.errors import RecordError
from tintype.evaluate.pictures import Picture, encode_jpeg
from tintype.records import html

KEY_KIND = "blind-key"
LEFT, SAME, RIGHT = "left", "same", "right"

_LONGEST = 640  # pixels of a picture's long side on the page


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pair:
    """Two colourings of one photograph.

    Attributes:
        name: of the photograph; it stands in the key only.
        first: by the first of the two that are voted on.
        second: by the second, the same size.
    """

    name: str
    first: Picture
    second: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The votes, counted.

    Attributes:
        names: of the two that were voted on.
        first: votes for the first.
        second: votes for the second.
        same: votes for neither.
        p_value: of the exact two-sided sign test: how often a coin would be as one-sided.
    """

    names: tuple[str, str]
    first: int
    second: int
    same: int
    p_value: float


def make_blind_page(
    pairs: Sequence[Pair], *, names: tuple[str, str], seed: int, question: str
) -> tuple[str, dict[str, Any]]:
    """Make the page to vote on, and the key to it.

    Args:
        pairs: what to vote on.
        names: of the two; they stand in the key only.
        seed: of the order and of left and right; keep it from the voter.
        question: what the voter is asked.

    Returns:
        A whole HTML file, and the content of the key's record, of kind :data:`KEY_KIND`.

    Raises:
        ValueError: there is no pair.
    """
    if not pairs:
        raise ValueError("a vote needs one pair at least, got none")
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(pairs)).tolist()
    swapped = (generator.random(len(pairs)) < 0.5).tolist()
    blocks, shown = [], []
    for number, (index, swap) in enumerate(zip(order, swapped, strict=True)):
        pair = pairs[index]
        sides = (pair.second, pair.first) if swap else (pair.first, pair.second)
        files = [encode_jpeg(side, longest=_LONGEST) for side in sides]
        blocks.append(_show_pair(number, files))
        shown.append({"photograph": pair.name, LEFT: names[swap], RIGHT: names[not swap]})
    identity = hashlib.sha256("".join(blocks).encode()).hexdigest()[:16]
    page = html.page(
        question,
        html.paragraph(
            "Click the picture that you prefer, or press ← or →; press ↓ where you see no "
            "difference. Backspace goes back. Your votes stay in this browser until you save them."
        ),
        html.element("p", attributes={"id": "progress", "role": "status"}),
        html.element("div", *blocks, attributes={"id": "pairs"}),
        _make_end(),
        html.data_block("vote", {"page": identity, "pairs": len(pairs)}),
        style=_read_asset("blind.css"),
        script=_read_asset("blind.js"),
    )
    return page, {"page": identity, "names": list(names), "seed": seed, "pairs": shown}


def count_votes(votes: Mapping[str, Any], key: Mapping[str, Any]) -> Tally:
    """Count the votes that the page gave out.

    Args:
        votes: the file's JSON: ``page``, and ``votes`` with :data:`LEFT`, :data:`SAME`,
            :data:`RIGHT` or None for each pair.
        key: the content of the key's record.

    Raises:
        RecordError: they do not belong to one page, or are damaged.
    """
    try:
        if votes["page"] != key["page"]:
            raise RecordError(
                f"the votes are for page {votes['page']}, the key is to page {key['page']}; "
                "give the two that belong together"
            )
        said = [
            vote if vote in (None, SAME) else pair[vote]
            for vote, pair in zip(votes["votes"], key["pairs"], strict=True)
        ]
        first, second = (said.count(name) for name in key["names"])
        names = (str(key["names"][0]), str(key["names"][1]))
    except (KeyError, TypeError, ValueError) as error:
        raise RecordError(f"the votes or their key are damaged: {error!r}") from error
    return Tally(
        names=names,
        first=first,
        second=second,
        same=said.count(SAME),
        p_value=sign_test(first, second),
    )


def sign_test(first: int, second: int) -> float:
    """How probable it is that a fair coin falls at least as unevenly as ``first`` to ``second``."""
    trials, fewer = first + second, min(first, second)
    tail = sum(comb(trials, successes) for successes in range(fewer + 1))
    return float(min(1.0, 2 * tail / 2**trials))


def _show_pair(number: int, files: Sequence[bytes]) -> html.Markup:
    sides = [
        html.element(
            "button",
            html.image(file, alt=f"pair {number + 1}, {side}"),
            attributes={"type": "button", "data-vote": side},
        )
        for file, side in zip(files, (LEFT, RIGHT), strict=True)
    ]
    neither = html.element(
        "button", "no difference", attributes={"type": "button", "data-vote": SAME}
    )
    return html.element("div", *sides, neither, attributes={"class": "pair", "hidden": True})


def _make_end() -> html.Markup:
    """What stands below the last pair: saving the votes, and counting them with the key."""
    save = html.element("button", "Save the votes", attributes={"type": "button", "id": "save"})
    back = html.element("button", "Start again", attributes={"type": "button", "id": "restart"})
    picker = {"type": "file", "id": "key", "accept": ".json,application/json"}
    key = html.element(
        "label", "Count them with the key: ", html.element("input", attributes=picker)
    )
    tally = html.element("div", attributes={"id": "tally", "role": "status"})
    return html.element("div", html.paragraph(save, back), html.paragraph(key), tally)


def _read_asset(name: str) -> str:
    return resources.files("tintype.evaluate").joinpath(name).read_text(encoding="utf-8")
