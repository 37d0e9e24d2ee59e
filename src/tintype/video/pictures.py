# SPDX-License-Identifier: Apache-2.0
"""A film's frames, one after the other, with whatever is damaged bridged and put on record.

A damaged film must not get shorter than its sound. From a damaged packet until the next clean key
frame, each time stamp that a packet promised and no decoded frame came for is filled by the picture
before it. Outside of damage, a packet without a frame is the codec's own business (VP8's hidden
reference frames, for one) and nothing is filled in.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import av

from tintype.errors import UnreadableFilm
from tintype.video.source import FilmInfo, open_film

_READ_ATTEMPTS = 8  # at going on after an error of the file's, before it counts as ended
_SEEK_MARGIN = 5.0  # seconds: decoding begins so much before the frame that is wanted
_HELD = 4  # frames that are held back for one that should come before them
_REGULAR = 10  # frames one tick apart, after which a gap is taken for a fault
_GAP = 2.5  # ticks
_COUNTS = ("lost", "concealed", "unread", "missing", "restamped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One frame of a film.

    Attributes:
        frame: as decoded; its memory may be shared, so it must not be written to.
        pts: when it is shown; rises from picture to picture.
        duration: in units of pts; 0 if unknown.
        repeated: whether it stands in for one that was lost.
    """

    frame: av.VideoFrame
    pts: int
    duration: int
    repeated: bool = False


@dataclass(slots=True)
class Damage:
    """What was wrong with a film, summed up while it is read.

    Attributes:
        lost: frames that could not be decoded; the one before each was shown in its place.
        concealed: frames that the decoder mended from their neighbours.
        unread: errors of the file itself, after which some of it was skipped.
        missing: frames that are not in the file, by its head or by the gap that they leave.
        restamped: frames whose time stamps were out of order, and were moved.
        first: when the first of these was found, seconds; None if nothing was wrong.
    """

    lost: int = 0
    concealed: int = 0
    unread: int = 0
    missing: int = 0
    restamped: int = 0
    first: float | None = None

    def __bool__(self) -> bool:
        return self.first is not None

    def note(self, what: str, seconds: float, count: int = 1) -> None:
        """Add to one of the counts."""
        setattr(self, what, getattr(self, what) + count)
        if self.first is None or seconds < self.first:
            self.first = seconds

    def plus(self, later: "Damage") -> "Damage":
        """Both together."""
        sums = {name: getattr(self, name) + getattr(later, name) for name in _COUNTS}
        return Damage(**sums, first=later.first if self.first is None else self.first)

    def since(self, earlier: "Damage") -> "Damage":
        """What has come to it since an earlier look at the same film."""
        gains = {name: getattr(self, name) - getattr(earlier, name) for name in _COUNTS}
        return Damage(**gains, first=self.first if any(gains.values()) else None)

    def __str__(self) -> str:
        parts = [
            (self.lost, "could not be decoded and were bridged by the frame before"),
            (self.concealed, "were damaged and mended by the decoder"),
            (self.missing, "are missing from the file; the one before is held"),
            (self.restamped, "had time stamps out of order and were moved"),
        ]
        said = [f"{count} frames {what}" for count, what in parts if count]
        if self.unread:
            said.append(f"{self.unread} times the file itself could not be read")
        return "; ".join(said) + (f"; first at {self.first:.2f} s" if said else "")


def sum_damage(found: Iterable[Damage]) -> Damage:
    """All of it together."""
    return reduce(Damage.plus, found, Damage())


@dataclass(slots=True)
class PictureReader:
    """Reads a film's pictures.

    Attributes:
        film: from :func:`tintype.video.source.describe_film`.
        rate: frames a second, for a sequence of pictures.
        damage: what was wrong with what has been read so far.
        interlaced: how many of the frames read so far were interlaced.
    """

    film: FilmInfo
    rate: float = 24.0
    damage: Damage = field(default_factory=Damage)
    interlaced: int = 0
    _promised: list[tuple[int, bool]] = field(default_factory=list)  # a heap: pts, in damage?
    _damaged: bool = False  # in order of packets: from one that failed to the next clean key frame
    _hurt: bool = False  # whether any packet has failed so far
    _last: Picture | None = None
    _regular: int = 0  # frames so far, if each came one tick after the other; -1 if not

    @property
    def tick(self) -> int:
        """Units of pts from one frame to the next, on average."""
        return round(1 / (self.film.rate * self.film.time_base)) or 1

    def read(
        self, first: int | None = None, *, exactly: bool = False, seek: bool = True
    ) -> Iterator[Picture]:
        """Yield the pictures from a pts on.

        Args:
            first: skip pictures before this pts; by default none.
            exactly: whether a picture with that very pts must come first: when it does not after
                a seek, the film is read from its beginning.
            seek: whether to try a seek at all, rather than to read from the beginning.

        Raises:
            UnreadableFilm: the film is gone, or has no such picture.
        """
        jump = seek and first is not None and self.film.seconds(first) > _SEEK_MARGIN
        pictures = self._read_from(first, jump=jump)
        head = next(pictures, None)
        if jump and (head is None or (exactly and head.pts != first)):
            pictures = self._read_from(first, jump=False)
            head = next(pictures, None)
        if head is None or (exactly and head.pts != first):
            raise UnreadableFilm(
                f"{self.film.path} holds no picture that can be decoded"
                + (f" at {self.film.seconds(first):.2f} s" if first is not None else "")
            )
        yield head
        yield from pictures

    def _read_from(self, first: int | None, *, jump: bool) -> Iterator[Picture]:
        self.damage, self.interlaced = Damage(), 0
        self._promised, self._damaged, self._hurt = [], False, False
        self._last, self._regular = None, 0
        with open_film(
            self.film.path, rate=self.rate, max_pixels=self.film.max_pixels
        ) as container:
            stream = container.streams[self.film.stream]
            if jump and first is not None:
                margin = int(_SEEK_MARGIN / self.film.time_base)
                try:
                    container.seek(first - margin, stream=stream)
                except av.error.FFmpegError:
                    return
            reached = first is None
            for frame in _in_order(self._decode(container, stream)):
                for picture in self._bridge(frame):
                    if not reached and first is not None and picture.pts >= first:
                        reached = True
                        self.damage, self.interlaced = Damage(), 0  # before it: not ours to report
                    if reached:
                        yield picture
            if reached:
                yield from self._fill(None)
                self._check_end()

    def _decode(self, container: av.container.InputContainer, stream: Any) -> Iterator[Any]:
        """Yield every frame that comes out of the decoder, whatever is in its way."""
        for packet in self._demux(container, stream):
            failed, frames = packet.is_corrupt, []
            try:
                frames = packet.decode()
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                failed = True
                # which of those in the decoder's threads has failed, nobody knows
                self._promised = [(pts, True) for pts, _ in self._promised]
            if failed or packet.is_keyframe:
                self._damaged, self._hurt = failed, self._hurt or failed
            if packet.pts is not None and not packet.is_discard:
                heapq.heappush(self._promised, (packet.pts, self._damaged))
            yield from frames

    def _demux(self, container: av.container.InputContainer, stream: Any) -> Iterator[Any]:
        """Yield every packet; the last is empty, and empties the decoder."""
        for _ in range(_READ_ATTEMPTS):
            try:
                yield from container.demux(stream)
                return
            except av.error.FFmpegError:
                self._damaged = self._hurt = True
                self.damage.note("unread", self._now())

    def _bridge(self, frame: av.VideoFrame) -> Iterator[Picture]:
        """Yield what fills a gap before a frame, and the frame."""
        last, pts = self._last, frame.pts
        if self._hurt and last is not None and pts is not None and pts <= last.pts:
            return  # too late: its place has been filled
        picture = self._stamp(frame)
        yield from self._fill(picture.pts)
        if frame.is_corrupt:
            self.damage.note("concealed", self.film.seconds(picture.pts))
        self.interlaced += frame.interlaced_frame
        self._last = picture
        yield picture

    def _fill(self, end: int | None) -> Iterator[Picture]:
        """Yield the last picture again at each pts before ``end`` that was promised in damage."""
        while self._promised and (end is None or self._promised[0][0] <= end):
            promised, damaged = heapq.heappop(self._promised)
            last = self._last
            if not damaged or last is None or not last.pts < promised != end:
                continue
            self.damage.note("lost", self.film.seconds(promised))
            self._last = Picture(
                frame=last.frame, pts=promised, duration=last.duration, repeated=True
            )
            yield self._last

    def _stamp(self, frame: av.VideoFrame) -> Picture:
        """A frame with a time stamp that is later than the last one's."""
        pts = frame.pts if frame.pts is not None else frame.dts
        last = self._last
        if last is not None and (pts is None or pts <= last.pts or self._is_astray(pts)):
            if frame.pts is not None:  # else the file has none there, as old formats may
                self.damage.note("restamped", self._now())
            pts = last.pts + self.tick
        if pts is None:
            pts = self.film.start
        if last is not None:
            self._watch_gap(pts - last.pts)
        return Picture(frame=frame, pts=pts, duration=frame.duration or 0)

    def _is_astray(self, pts: int) -> bool:
        """Whether a pts leaps over those of many packets to come; then it is never believed."""
        if self._last is None or pts - self._last.pts < 1 / self.film.time_base:
            return False
        between = sum(self._last.pts < promised < pts for promised, _ in self._promised)
        if between:
            self._promised = [entry for entry in self._promised if entry[0] != pts]
            heapq.heapify(self._promised)
        return between > 0

    def _watch_gap(self, step: int) -> None:
        """Note frames that are missing between two, in a film that has been regular until then."""
        if abs(step - self.tick) <= 1:
            self._regular += self._regular >= 0
        elif self._regular >= _REGULAR and step >= _GAP * self.tick:
            self.damage.note("missing", self._now(), round(step / self.tick) - 1)
        else:
            self._regular = -1

    def _check_end(self) -> None:
        """Note what the head promised after the last frame."""
        if self._last is not None and self.film.length_is_said:
            left = self.film.duration - self.film.seconds(self._last.pts + self.tick)
            if left > _GAP * float(self.tick * self.film.time_base):
                self.damage.note("missing", self._now(), round(left * self.film.rate))

    def _now(self) -> float:
        return 0.0 if self._last is None else self.film.seconds(self._last.pts)


def _in_order(frames: Iterable[Any]) -> Iterator[Any]:
    """Put frames in order of pts that come a few places astray, as they do after damage."""
    held: list[tuple[int, int, Any]] = []  # pts, place; the place decides between equal pts
    latest = -(1 << 63)
    for place, frame in enumerate(frames):
        latest = latest if frame.pts is None else frame.pts
        held.append((latest, place, frame))
        if len(held) > _HELD:
            stale = held[0][1] < place - 2 * _HELD  # a pts far off must not be held for good
            yield held.pop(0 if stale else held.index(min(held, key=lambda h: h[:2])))[2]
    for _, _, frame in sorted(held, key=lambda h: h[:2]):
        yield frame
