# SPDX-License-Identifier: Apache-2.0
"""What learning a few photographs by heart has shown, as a record and as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from tintype.errors import RecordError
from tintype.learn.network import Network
from tintype.learn.recipe import Recipe
from tintype.learn.trials import Check, OverfitOptions
from tintype.records import markdown

KIND = "overfitting"
_SHOWN = 12  # looks in a table


@dataclass(frozen=True, slots=True, kw_only=True)
class Overfitting:
    """One network that was to learn its own training photographs."""

    recipe: str  # its name
    network: str  # its description
    optimizer: str
    batch_size: int
    parameters: int
    imagenet: str | None  # file of the weights that the encoder started from
    photographs: int
    side: int  # pixels
    target: float
    checks: Sequence[Check]

    @property
    def reached(self) -> bool:
        """Whether the last look found the target in both Acc.U and Acc.V."""
        return bool(self.checks) and self.checks[-1].reaches(self.target)

    def to_markdown(self) -> str:
        """The first looks, the last ones, and a sentence before them."""
        looks = self.checks if len(self.checks) <= _SHOWN else _thinned(self.checks)
        rows = [(c.step, c.accuracy_u, c.accuracy_v, c.l2) for c in looks]
        start = f"the encoder from {self.imagenet}" if self.imagenet else "all weights new"
        return (
            f"**{self.recipe}: {self.photographs} photographs by heart**\n\n"
            f"{self.parameters:,} parameters, {self.side} × {self.side} pixels, batches of "
            f"{self.batch_size}, {start}; {self.target:.0%} of both "
            f"{'reached' if self.reached else 'not reached'}.\n\n"
            f"{markdown.table(('step', 'Acc.U', 'Acc.V', 'ℓ2'), rows, digits=3)}"
        )

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Self:
        """What a record's content says.

        Raises:
            RecordError: it is not that of such a trial.
        """
        try:
            return cls(**{**content, "checks": [Check(**check) for check in content["checks"]]})
        except (KeyError, TypeError) as error:
            raise RecordError(f"an overfitting's record has other content: {error}") from error

    def to_content(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)


def describe_overfitting(
    recipe: Recipe, options: OverfitOptions, checks: Sequence[Check], *, imagenet: Path | None
) -> Overfitting:
    """Put together what a trial was and what it found."""
    network = Network(recipe.network)
    return Overfitting(
        recipe=recipe.name,
        network=repr(recipe.network),
        optimizer=repr(recipe.optimizer),
        batch_size=recipe.batch_size,
        parameters=sum(parameter.numel() for parameter in network.parameters()),
        imagenet=imagenet.name if imagenet is not None and recipe.imagenet_start else None,
        photographs=options.photographs,
        side=options.side or recipe.side,
        target=options.target,
        checks=list(checks),
    )


def _thinned(checks: Sequence[Check]) -> list[Check]:
    """So many of the looks, evenly spaced, the first and the last among them."""
    last = len(checks) - 1
    return [checks[round(index * last / (_SHOWN - 1))] for index in range(_SHOWN)]
