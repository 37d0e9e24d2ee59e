# SPDX-License-Identifier: Apache-2.0
"""The line of three threads along which a film's pictures pass: read, coloured, finished.

The thread that calls is the one that colours, so an interruption reaches it. A thread that fails
ends or leaves its channel, and the others hear of it in turn; the first error is what is raised.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from threading import Event, Thread

from tintype.imaging.film import Plane
from tintype.inference.engine import Engine
from tintype.video.channel import Broken, Channel
from tintype.video.coloring import Colorist
from tintype.video.frames import Colored, Read
from tintype.video.hindsight import Hindsight
from tintype.video.job import FilmJob
from tintype.video.making import PartMaker
from tintype.video.options import BOTH_WAYS
from tintype.video.parts import Part, Workshop
from tintype.video.pictures import Picture, PictureReader
from tintype.video.pixels import read_samples
from tintype.video.progress import Tally
from tintype.video.state import State, capture, load_state, restore

_ROOM = 6  # pictures that may wait between two threads


class Line:
    """Colours what is missing of a film's parts.

    Args:
        job: the plan.
        network: what predicts colours.
        workshop: where the parts are.
        tally: of frames and time.
        stop: when set, the frames in hand are finished and no more are read.
    """

    def __init__(
        self, job: FilmJob, network: Engine, workshop: Workshop, tally: Tally, stop: Event
    ) -> None:
        self._job, self._network, self._workshop = job, network, workshop
        self._tally, self._stop = tally, stop
        self._reader = PictureReader(job.film, job.options.rate)
        self._stopped = False
        self._error: BaseException | None = None

    def run(self) -> Part | None:
        """Colour until the film's end, or until stopped.

        Returns:
            None when the film is done; otherwise what there is of one more part, which no journal
            vouches for.

        Raises:
            TintypeError: whatever one of the threads failed with.
        """
        parts = self._workshop.parts
        if parts and parts[-1].next is None:
            return None  # all that was missing is the result
        colorist = Colorist(self._job, self._network)
        if parts and colorist.steadier is not None:
            restore(colorist.steadier, load_state(self._workshop.state_path(len(parts))))
        maker = PartMaker(self._job, self._workshop, self._tally)
        read: Channel[Read] = Channel(_ROOM)
        colored: Channel[Colored] = Channel(_ROOM)
        threads = [
            Thread(target=self._read, args=(colorist, read), name="reader"),
            Thread(target=self._finish, args=(colored, maker), name="finisher"),
        ]
        for thread in threads:
            thread.start()
        try:
            with suppress(Broken):  # then the finisher has failed, and says why
                self._color(colorist, read, colored)
        except BaseException as error:
            colored.end(error)
            raise
        else:
            colored.end()
        finally:
            read.leave()
            for thread in threads:
                thread.join()
            if self._error is not None:
                maker.abandon()
        if self._error is not None:
            raise self._error
        return maker.close(self._reader.damage, finished=not self._stopped)

    def _read(self, colorist: Colorist, out: Channel[Read]) -> None:
        """Read pictures, and see what moves in them; the first thread."""
        try:
            for picture in self._pictures():
                with self._tally.time("decode"):
                    luma, alpha = self._unpack(picture)
                with self._tally.time("watch"):
                    sight = colorist.look(luma)
                out.put(
                    Read(
                        pts=picture.pts,
                        duration=picture.duration,
                        luma=luma,
                        alpha=alpha,
                        sight=sight,
                        damage=replace(self._reader.damage),
                    )
                )
        except Broken:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again where it is heard of
            out.end(error)
        else:
            out.end()

    def _pictures(self) -> Iterator[Picture]:
        """Yield the pictures that are missing, until stopped."""
        parts, span = self._workshop.parts, self._job.span
        if parts:
            whole = all(part.damage["first"] is None for part in parts)
            pictures = self._reader.read(parts[-1].next, exactly=True, seek=whole)
        else:
            pictures = self._reader.read(span.first)
        while True:
            with self._tally.time("decode"):
                picture = next(pictures, None)
            if picture is None or (span.end is not None and picture.pts >= span.end):
                return
            if self._stop.is_set():
                self._stopped = True
                return
            yield picture

    def _unpack(self, picture: Picture) -> tuple[Plane, Plane | None]:
        film, frame = self._job.film, picture.frame
        if (frame.height, frame.width) != film.size:  # broadcasts may change it on the way
            frame = frame.reformat(width=film.size[1], height=film.size[0])
        return read_samples(frame, film.kind, film.coding)

    def _color(self, colorist: Colorist, source: Channel[Read], out: Channel[Colored]) -> None:
        """Find colours; the second thread, the one that calls."""
        first = len(self._workshop.parts) * self._job.part_frames
        for number, read in enumerate(source, start=first):
            before = None
            if number > first and number % self._job.part_frames == 0:
                before = State(None, ())
                if colorist.steadier is not None:
                    before = capture(colorist.steadier)
            with self._tally.time("color"):
                colors = colorist.color(read.luma, read.pts, read.sight)
            out.put(Colored(read=read, colors=colors, before=before))

    def _finish(self, source: Channel[Colored], maker: PartMaker) -> None:
        """Finish frames; the third thread."""
        both_ways = self._job.options.steady == BOTH_WAYS
        try:
            for colored in self._in_hindsight(source) if both_ways else source:
                if colored.before is not None:
                    maker.hand_in(colored.read.pts, colored.before)
                maker.add(colored)
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that calls
            self._error = error
            source.leave()

    def _in_hindsight(self, source: Channel[Colored]) -> Iterator[Colored]:
        """Yield frames with what later ones tell of them."""
        parts, part_frames = len(self._workshop.parts), self._job.part_frames
        hindsight = Hindsight(parts * part_frames, part_frames)
        for colored in source:
            with self._tally.time("hindsight"):
                known = list(hindsight.add(colored))
            yield from known
        yield from hindsight.finish(whole=not self._stopped)
