# SPDX-License-Identifier: Apache-2.0
"""The options of a reproduction, stated once for Python and the command line."""

from dataclasses import dataclass, fields

from tintype.spec.options import check_option, number, switch

LARGEST_BATCH = 12  # of the batch sizes compared; each run sees one batch at least


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOptions:
    """What is run. They are kept with the run, and a run that goes on must have the same.

    Raises:
        OptionError: a value is outside its range; the message names both.
    """

    budget: float = number(
        360.0,
        "Minutes for the whole grid, all its runs alike; decides how many photographs each sees.",
        low=0.1,
        high=1_000_000.0,
    )
    photographs: int | None = number(
        None,
        "Photographs that each run sees, repeats counted (default: what the budget allows).",
        low=LARGEST_BATCH,
        high=1_000_000_000,
    )
    full: bool = switch(
        False, "The paper's own size: VGG16 at 224 x 224. It takes a GPU, and --imagenet vgg16."
    )
    seeds: int = number(3, "Seeds of the headline networks.", low=1, high=100)
    split_seed: int = number(0, "Draws training, validation and test photographs.", low=0)

    def __post_init__(self) -> None:
        for option in fields(self):
            value = getattr(self, option.name)
            if value is not None:
                check_option(option.name, value, option.metadata)


DEFAULTS = PaperOptions()
