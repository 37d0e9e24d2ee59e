# SPDX-License-Identifier: Apache-2.0
"""How strongly a lossy format may compress."""

from dataclasses import dataclass

from tintype.errors import OptionError

SUBSAMPLINGS = ("4:4:4", "4:2:0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the caller wants of a lossy format; lossless ones pass it over.

    Attributes:
        quality: 1 to 100; None for one at which nothing visible is lost.
        subsampling: "4:4:4" keeps chroma at every pixel, "4:2:0" at every fourth; None to leave it
            to the quality.

    Raises:
        OptionError: a value is outside its range.
    """

    quality: int | None = None
    subsampling: str | None = None

    def __post_init__(self) -> None:
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise OptionError(f"quality must be in [1, 100], got {self.quality}")
        if self.subsampling not in (None, *SUBSAMPLINGS):
            raise OptionError(
                f"subsampling must be one of {', '.join(SUBSAMPLINGS)}; got {self.subsampling!r}"
            )
