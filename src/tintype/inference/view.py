# SPDX-License-Identifier: Apache-2.0
"""What the network sees of a page: its picture proper, small and clean, and what is known of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tintype.imaging.frame import Frame, whole
from tintype.imaging.photograph import Photograph
from tintype.imaging.tone import Tone, read_tone
from tintype.inference.engine import Engine
from tintype.spec.hints import DEFAULT_RADIUS, Hint, hints_to_planes
from tintype.spec.options import DEFAULTS, ColorizeOptions


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A page as it is brought to the network.

    Attributes:
        tone: the page in black and white; its frame is what the network sees of it.
        greys: ``(h, w)`` float32 each, L* in [0, 100], at all sizes that the network sees.
        hints: ``(3, h, w)`` float32, at the first of them: u*, v* and mask; None without hints.
    """

    tone: Tone
    greys: tuple[NDArray[np.float32], ...]
    hints: NDArray[np.float32] | None

    def hinted(self, hints: Sequence[Hint]) -> "View":
        """The same with other hints, all of which lie in the frame."""
        return replace(self, hints=_draw(hints, self.tone, self.greys[0]) if hints else None)


def look(
    engine: Engine,
    page: Photograph,
    options: ColorizeOptions = DEFAULTS,
    hints: Sequence[Hint] = (),
) -> View:
    """Bring a page to the network.

    Args:
        engine: that will see it.
        page: a photograph; pages that follow are not looked at.
        options: how it will be coloured.
        hints: places whose colour is known, in pixels of the page.

    Raises:
        OptionError: a hint lies outside the page.
    """
    tone = read_tone(page, tone=options.tone)
    if any(not _holds(tone.frame, hint) for hint in hints):  # so there is picture outside too
        tone = replace(tone, frame=whole(page.size))
    return View(tone, make_greys(engine, tone, options.size), None).hinted(hints)


def make_greys(
    engine: Engine, tone: Tone, size: int | None = None
) -> tuple[NDArray[np.float32], ...]:
    """The small grey copies of a page's picture proper that the network sees.

    Args:
        engine: that will see them.
        tone: the page in black and white.
        size: as of :meth:`tintype.inference.engine.Engine.sizes`.

    Returns:
        ``(h, w)`` float32 each, L* in [0, 100].
    """
    return tuple(map(tone.clean_lightness, engine.sizes(tone.frame.size, size)))


def _holds(frame: Frame, hint: Hint) -> bool:
    """Whether a hint's centre lies in the frame."""
    return (
        0 <= hint.x - frame.left <= frame.width - 1 and 0 <= hint.y - frame.top <= frame.height - 1
    )


def _draw(hints: Sequence[Hint], tone: Tone, grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """The hints' planes over the frame, at the size of ``grey``."""
    frame, usual = tone.frame, DEFAULT_RADIUS * min(tone.size)  # of the page, not of the frame
    moved = [
        replace(
            hint,
            x=hint.x - frame.left,
            y=hint.y - frame.top,
            radius=usual if hint.radius is None else hint.radius,
        )
        for hint in hints
    ]
    return hints_to_planes(moved, grey, frame.size)
