# SPDX-License-Identifier: Apache-2.0
"""Hints in a film: a colour said of one place in one frame holds for the whole scene.

The place is followed along the motion from its frame to both ends of its scene, for a minute or so
either way, and until something comes before it. Wherever the network looks in between, it is given
the hint at the place where it has got to; what has been coloured by it then keeps its colour as
everything does (:mod:`tintype.video.steady`).

This takes a look at the film before the work, up to the end of the last scene with a hint.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from tintype.errors import OptionError
from tintype.spec.hints import Hint
from tintype.video.motion import Motion, MotionEstimator
from tintype.video.scenes import FLASH, Light, View, refuse_outside, walk
from tintype.video.source import FilmInfo

_LONGEST = 1500  # frames that a hint is followed over, either way
_SEEN = 0.2  # of the motion's trust: less, and something has come before the place

Place = tuple[float, float]  # y, x in [0, 1] of the picture as it is stored, edge to edge


@dataclass(frozen=True, slots=True)
class FilmHint:
    """A hint and when it is said.

    Attributes:
        seconds: from the film's beginning.
        hint: in pixels of the upright frame.

    Raises:
        OptionError: the time is negative, or not finite.
    """

    seconds: float
    hint: Hint

    def __post_init__(self) -> None:
        check_moment("a hint", self.seconds)


def check_moment(what: str, seconds: float) -> None:
    """Refuse a moment that no film has.

    Raises:
        OptionError: it is negative, or not finite.
    """
    if not 0 <= seconds < math.inf:  # also false for NaN
        raise OptionError(f"{what}'s time must be finite and at least 0 s, got {seconds}")


@dataclass(slots=True)
class Tracks:
    """Where hints have got to.

    Attributes:
        places: by pts, each hint that holds there and its place.
    """

    places: dict[int, list[tuple[Hint, Place]]] = field(default_factory=dict)

    def add(self, pts: int, hint: Hint, place: Place) -> None:
        """Put down where a hint is at a frame."""
        self.places.setdefault(pts, []).append((hint, place))

    def at(
        self, pts: int, film: FilmInfo, picture: tuple[int, int], shown: tuple[int, int]
    ) -> list[Hint]:
        """The hints that hold at a frame, as the network is to be told.

        Args:
            pts: of the frame.
            film: whose turns say how it stands upright.
            picture: (H, W) of its frames as stored, without bars.
            shown: (h, w) of the upright picture that the network is shown.
        """
        found = []
        scale = min(shown) / min(picture)
        for hint, place in self.places.get(pts, ()):
            y, x = turn(place, film.quarter_turns)
            found.append(
                Hint(
                    x=min(max(x * shown[1] - 0.5, 0), shown[1] - 1),  # of a pixel's centre
                    y=min(max(y * shown[0] - 0.5, 0), shown[0] - 1),
                    color=hint.color,
                    radius=None if hint.radius is None else hint.radius * scale,
                )
            )
        return found


def turn(place: Place, quarter_turns: int) -> Place:
    """Where a place is when the picture has been turned to the left."""
    y, x = place
    for _ in range(quarter_turns % 4):
        y, x = 1 - x, y
    return y, x


def follow_hints(view: View, hints: Sequence[FilmHint]) -> Tracks:
    """Follow hints through their scenes.

    Args:
        view: of the film.
        hints: what is said of it.

    Raises:
        OptionError: a hint lies outside of the picture, or of what is coloured of the film.
    """
    film = view.film
    placed = [(film.pts_at(each.seconds), _place(each.hint, view), each.hint) for each in hints]
    refuse_outside(view, [pts for pts, _, _ in placed if not view.covers(pts)])
    waiting = deque(sorted(placed, key=lambda entry: entry[0]))
    tracks, scene, motion = Tracks(), _Scene(), MotionEstimator()
    for pts, light, cut in walk(view):
        if cut:
            scene.follow(tracks, motion)
            if not waiting:
                return tracks
            scene = _Scene()
        scene.add(pts, light)
        while waiting and waiting[0][0] <= pts:
            _, place, hint = waiting.popleft()
            scene.hints.append((len(scene.frames) - 1, place, hint))
    scene.follow(tracks, motion)
    refuse_outside(view, [pts for pts, _, _ in waiting])
    return tracks


@dataclass(slots=True)
class _Scene:
    """The frames of a scene, as far as hints may be followed over them.

    Attributes:
        frames: pts and small light.
        hints: the number of a frame, the place there, and the hint.
    """

    frames: list[tuple[int, Light]] = field(default_factory=list)
    hints: list[tuple[int, Place, Hint]] = field(default_factory=list)

    def add(self, pts: int, light: Light) -> None:
        """Add a frame, unless it is too far from the last hint; forget what is too far before."""
        if not self.hints or len(self.frames) <= self.hints[-1][0] + _LONGEST:
            self.frames.append((pts, light))
        if not self.hints and len(self.frames) > _LONGEST:
            del self.frames[0]

    def follow(self, tracks: Tracks, motion: MotionEstimator) -> None:
        """Follow each hint to both ends."""
        for number, place, hint in self.hints:
            tracks.add(self.frames[number][0], hint, place)
            for way in (self.frames[number:], self.frames[number::-1]):
                at, here, unseen = place, way[0][1], 0
                for pts, there in way[1:]:
                    moved = _next_place(at, motion.between(there, here))
                    if moved is None:
                        unseen += 1
                        if unseen > FLASH:
                            break
                        continue
                    at, here, unseen = moved, there, 0
                    tracks.add(pts, hint, at)


def _next_place(place: Place, motion: Motion) -> Place | None:
    """Where a place of the later of two pictures is in the earlier; None if that is not to see."""
    height, width = motion.trust.shape
    y, x = place[0] * height, place[1] * width
    row, column = min(int(y), height - 1), min(int(x), width - 1)
    if motion.trust[row, column] < _SEEN:
        return None
    y, x = y + float(motion.back[row, column, 1]), x + float(motion.back[row, column, 0])
    return (y / height, x / width) if 0 <= y < height and 0 <= x < width else None


def _place(hint: Hint, view: View) -> Place:
    """A hint's place in the stored picture without its bars."""
    film = view.film
    height, width = film.size if film.quarter_turns % 2 == 0 else film.size[::-1]
    if hint.x > width - 1 or hint.y > height - 1:
        raise OptionError(
            f"a hint lies at {hint.x:g}, {hint.y:g}, outside of the film's {width} x {height}"
        )
    y, x = turn(((hint.y + 0.5) / height, (hint.x + 0.5) / width), -film.quarter_turns)
    rows, columns = view.picture
    y = (y * film.size[0] - rows.start) / (rows.stop - rows.start)
    x = (x * film.size[1] - columns.start) / (columns.stop - columns.start)
    if not (0 <= y < 1 and 0 <= x < 1):
        raise OptionError(f"a hint lies at {hint.x:g}, {hint.y:g}, in the film's black bars")
    return y, x
