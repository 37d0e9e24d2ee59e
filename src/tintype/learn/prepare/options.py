# SPDX-License-Identifier: Apache-2.0
"""The options of a preparation: how photographs are split, shrunk and packed.

Stated once, with default, range and help, as every option of tintype is; the command line reads
them from here.
"""

from dataclasses import dataclass, fields

from tintype.errors import OptionError
from tintype.spec.options import check_option, choice, number


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareOptions:
    """How to turn one collection into shards. Two runs with equal options write equal shards.

    Raises:
        OptionError: a value is outside its range or choices; the message names both.
    """

    seed: int = number(0, "Decides which photograph falls into which split.", low=0, high=2**31)
    validation: float = number(
        0.1, "Share held out for choosing between models.", low=0.0, high=0.9
    )
    test: float = number(0.1, "Share held out for reporting only.", low=0.0, high=0.9)
    short_side: int = number(
        256, "Shrink to this short side in pixels; never enlarges.", low=16, high=4096
    )
    encoding: str = choice(
        "jpeg",
        "File format in the shards: jpeg and avif are written without chroma subsampling.",
        among=("jpeg", "png", "avif"),
    )
    quality: int = number(92, "Quality of jpeg and avif files; png has none.", low=1, high=100)
    per_shard: int = number(1000, "Photographs in a shard at most.", low=1, high=1_000_000)
    least_color: float = number(
        2.0,
        "Skip and list photographs whose channels differ by less on average (0 to 255): they "
        "are black-and-white already.",
        low=0.0,
        high=255.0,
    )

    def __post_init__(self) -> None:
        for option in fields(self):
            check_option(option.name, getattr(self, option.name), option.metadata)
        if self.validation + self.test >= 1:
            raise OptionError(
                f"validation ({self.validation}) and test ({self.test}) leave nothing to train "
                "on; their sum must stay below 1"
            )


DEFAULTS = PrepareOptions()
