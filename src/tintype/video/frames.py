# SPDX-License-Identifier: Apache-2.0
"""A frame on its way along the line: as it was read, and with its colours found."""

from dataclasses import dataclass

from tintype.imaging.film import Plane
from tintype.video.coloring import Alone, Sight
from tintype.video.pictures import Damage
from tintype.video.state import State
from tintype.video.steady import Colors


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Read:
    """A picture that has been read.

    Attributes:
        pts: when it is shown.
        duration: in units of pts; 0 if unknown.
        luma: ``(H, W)`` codes.
        alpha: ``(H, W)`` codes, or None.
        sight: what there is to see of it.
        damage: what was wrong with the film up to it.
    """

    pts: int
    duration: int
    luma: Plane
    alpha: Plane | None
    sight: Sight
    damage: Damage


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Colored:
    """A picture whose colours have been found.

    Attributes:
        read: the picture.
        colors: at a small size.
        before: if a part begins with it, what was remembered before it.
    """

    read: Read
    colors: Colors | Alone
    before: State | None
