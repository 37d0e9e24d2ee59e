# SPDX-License-Identifier: Apache-2.0
"""Making parts: finished frames through the encoder into a file, until the journal can vouch."""

from dataclasses import asdict

from tintype.video.encoding import PartEncoder
from tintype.video.finishing import Finisher
from tintype.video.frames import Colored
from tintype.video.job import FilmJob
from tintype.video.parts import Part, PartWriter, Workshop
from tintype.video.pictures import Damage
from tintype.video.progress import Tally
from tintype.video.state import State, save_state


class PartMaker:
    """Makes one part after the other.

    Args:
        job: the plan.
        workshop: where the parts go.
        tally: of frames and time.
    """

    def __init__(self, job: FilmJob, workshop: Workshop, tally: Tally) -> None:
        self._job, self._workshop, self._tally = job, workshop, tally
        self._finisher = Finisher(job)
        self._tick = round(1 / (job.film.rate * job.film.time_base)) or 1
        self._known = Damage()  # of the parts before
        self._begin()

    def add(self, colored: Colored) -> None:
        """Finish a frame and give it to the encoder.

        Raises:
            OutputError: there is no room for its packets.
        """
        read, colors = colored.read, colored.colors
        with self._tally.time("compose"):
            frame = self._finisher.finish(
                read.luma, read.alpha, colors.chroma, read.sight.lightness
            )
        with self._tally.time("encode"):
            for packet in self._encoder.encode(frame, read.pts):
                self._writer.write(packet)
        self._frames += 1
        self._predictions += colors.predicted
        self._cuts += colors.cut and not colors.recalled
        self._end = read.pts + (read.duration or self._tick)
        self._damage = read.damage
        self._tally.add()

    def hand_in(self, following: int, state: State) -> None:
        """Finish a part, and begin the next.

        Args:
            following: pts of the next part's first frame.
            state: what is remembered before that frame.

        Raises:
            OutputError: there is no room for it.
        """
        save_state(state, self._workshop.state_path(self._number + 1))
        self._workshop.vouch(self._part(self._damage, following))
        self._known = self._damage
        self._begin()

    def close(self, damage: Damage, *, finished: bool) -> Part | None:
        """Finish the last part.

        Args:
            damage: of the whole film.
            finished: whether the film ends here, or was stopped.

        Returns:
            None if it is finished; otherwise the part, which the journal does not vouch for.
        """
        part = self._part(damage, None)
        if not finished:
            return part
        self._workshop.vouch(part)
        return None

    def abandon(self) -> None:
        """Leave the part in hand as it is."""
        self._writer.abandon()

    def _begin(self) -> None:
        self._number = len(self._workshop.parts)
        self._encoder = PartEncoder(self._job.settings)
        self._writer = PartWriter(self._workshop.path(self._number))
        self._frames = 0
        self._predictions = 0
        self._cuts = 0
        self._end = 0
        self._damage = self._known

    def _part(self, damage: Damage, following: int | None) -> Part:
        """Empty the encoder, and say what the part is."""
        with self._tally.time("encode"):
            for packet in self._encoder.finish() if self._frames else ():
                self._writer.write(packet)
            delay = self._writer.finish()
        return Part(
            number=self._number,
            frames=self._frames,
            next=following,
            end=self._end,
            delay=delay,
            predictions=self._predictions,
            cuts=self._cuts,
            damage=asdict(damage.since(self._known)),
            checksum=self._writer.checksum,
        )
