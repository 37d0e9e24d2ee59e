# SPDX-License-Identifier: Apache-2.0
"""The log of experiments as a document shows it."""

from collections.abc import Mapping
from typing import Any

from tintype.errors import RecordError
from tintype.records import markdown
from tintype.records.cells import Cell

KIND = "experiments"
_HEAD = ("asked", "changed", "seed", "below grey", "against the base", "as it is", "minutes")


def to_markdown(content: Mapping[str, Any]) -> str:
    """The log, with what was asked of the same network in other ways after it.

    Raises:
        RecordError: the content is no such log.
    """
    try:
        trials = content["trials"]
        bases = {one["seed"]: one["below"] for one in trials if one["change"] == "nothing"}
        rows: list[list[Cell]] = [
            [
                one["group"],
                one["change"],
                str(one["seed"]),
                f"{one['below']:.1%}",
                f"{100 * (one['below'] - bases.get(one['seed'], bases[0])):+.1f}",
                f"{one['own_below']:.1%} at {one['own_colorfulness']:.2f}",
                f"{one['seconds'] / 60:.0f}",
            ]
            for one in trials
        ]
        base = next(one for one in trials if "decodes" in one)
        decodes: list[list[Cell]] = [
            [
                text,
                f"{found['below']:.1%}",
                f"{100 * (found['below'] - base['below']):+.1f}",
                f"{found['own_below']:.1%} at {found['own_colorfulness']:.2f}",
            ]
            for text, found in base["decodes"].items()
        ]
        squares, side = content["squares"]
        return "\n\n".join(
            (
                f"Each run saw {content['photographs']:,} photographs. *Below grey*: how far mean "
                f"ΔE00 lies below constant grey's where chroma is scaled to {content['share']:.0%} "
                f"of the truth's colourfulness, on the middle squares of {squares} validation "
                f"photographs at {side} pixels; *as it is*: without scaling, at its own share of "
                f"the colourfulness. {content['waiting']} runs of the list are still to come.",
                markdown.table(_HEAD, rows).rstrip(),
                "The base, decoded in other ways:",
                markdown.table(("decode", "below grey", "against the base", "as it is"), decodes),
            )
        )
    except (KeyError, TypeError, ValueError, StopIteration) as error:
        raise RecordError(f"the record of experiments is damaged: {error!r}") from error
