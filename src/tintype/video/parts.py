# SPDX-License-Identifier: Apache-2.0
"""Parts: finished stretches of the coded film on the disk, and the journal that vouches for them.

While a film is coloured, its packets are kept in a folder beside the result, a file for each part,
and what the next part must know (the colours' memory) in another. A part counts once the journal
says so, which is after both are safely on the disk. Whatever else lies in the folder was being
written when the last run died, and is written again.

A part is a run of records: pts (8 bytes), key flag (1), length of the data (4), data. The journal
has its checksum.
"""

import json
import os
import shutil
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from tintype.errors import OutputError, RecordError
from tintype.records.journal import Journal
from tintype.video.encoding import Coded

_KIND = "film"
_JOURNAL = "journal.jsonl"
_RECORD = struct.Struct("<qBI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part, as the journal has it.

    Attributes:
        number: counted from 0.
        frames: in it.
        next: pts of the first frame of the next part; None after the last.
        end: pts at which its last frame ends.
        delay: how many packets late a packet may come for its pts, in order of decoding.
        predictions: frames that the network saw.
        cuts: new scenes that began in it.
        damage: what was wrong with its frames: the counts of
            :class:`tintype.video.pictures.Damage`.
        checksum: CRC-32 of the file.
    """

    number: int
    frames: int
    next: int | None
    end: int
    delay: int
    predictions: int
    cuts: int
    damage: dict[str, Any]
    checksum: int


class PartWriter:
    """Writes one part's packets."""

    def __init__(self, path: Path) -> None:
        """Begin a file; one that was left there is replaced.

        Raises:
            OutputError: it cannot be written there.
        """
        self.path = path
        self.checksum = 0
        self._stamps: list[int] = []
        try:
            self._file = open(path, "wb")  # noqa: SIM115 - closed by finish or abandon
        except OSError as error:
            raise OutputError(f"cannot write {path}: {error.strerror}") from error

    def write(self, packet: Coded) -> None:
        """Add a packet.

        Raises:
            OutputError: there is no room for it.
        """
        record = _RECORD.pack(packet.pts, packet.key, len(packet.data)) + packet.data
        try:
            self._file.write(record)
        except OSError as error:
            raise OutputError(f"cannot write {self.path}: {error.strerror}") from error
        self.checksum = zlib.crc32(record, self.checksum)
        self._stamps.append(packet.pts)

    def finish(self) -> int:
        """Bring the file to the disk, and say by how many packets its packets come late.

        Raises:
            OutputError: there is no room for it.
        """
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise OutputError(f"cannot write {self.path}: {error.strerror}") from error
        finally:
            self.abandon()
        rank = {pts: place for place, pts in enumerate(sorted(self._stamps))}
        return max((place - rank[pts] for place, pts in enumerate(self._stamps)), default=0)

    def abandon(self) -> None:
        """Close the file as it is."""
        with suppress(OSError):  # what could not be written before cannot be now
            self._file.close()


class Workshop:
    """The folder of a film's parts. One run at a time works in it.

    Attributes:
        folder: where it is.
        parts: those that are finished, in order.
    """

    def __init__(self, folder: Path, job: dict[str, Any], *, resume: bool) -> None:
        """Open the folder, or make it.

        Args:
            folder: beside the result.
            job: what is being made of what, as JSON values; a folder of another job is refused.
            resume: whether to go on with what is there, rather than to begin afresh.

        Raises:
            RecordError: another run is at work in it, or it is of another job.
            OutputError: it cannot be written there.
        """
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot make the folder {folder}: {error.strerror}") from error
        self._journal = Journal(folder / _JOURNAL, kind=_KIND)
        try:
            if not resume:
                self._empty()
            self._check_job(job)
            self.parts = [Part(**entry) for entry in self._journal.earlier[1:]]
        except BaseException:
            self._journal.close()
            raise

    def path(self, number: int) -> Path:
        """Where a part's packets are."""
        return self.folder / f"{number:05d}.part"

    def state_path(self, number: int) -> Path:
        """Where that is which must be known to make a part."""
        return self.folder / f"{number:05d}.npz"

    def vouch(self, part: Part) -> None:
        """Put a finished part on record; from here on it will not be made again."""
        self._journal.append(asdict(part))
        self.parts.append(part)
        self.state_path(part.number).unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()

    def close(self) -> None:
        """Let another run work here."""
        self._journal.close()

    def remove(self) -> None:
        """Remove the folder, when the film is done."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _empty(self) -> None:
        """Forget what an earlier run left."""
        self._journal.close()
        for path in self.folder.iterdir():
            path.unlink()
        self._journal = Journal(self.folder / _JOURNAL, kind=_KIND)

    def _check_job(self, job: dict[str, Any]) -> None:
        job = json.loads(json.dumps(job))  # tuples become lists, as they come back
        if not self._journal.earlier:
            self._journal.append({"job": job})
            self._journal.earlier.append({"job": job})
            return
        begun = self._journal.earlier[0].get("job", {})
        changed = [name for name in job if begun.get(name) != job[name]]
        if changed:
            raise RecordError(
                f"{self.folder} holds the parts of another job ({', '.join(changed)} differ); "
                f"run that one again with the same options, or begin afresh without resuming"
            )


def read_part(path: Path, part: Part) -> Iterator[Coded]:
    """Yield a part's packets, in order of decoding.

    Raises:
        RecordError: the file is not what the journal vouched for.
    """
    checksum = 0
    try:
        with open(path, "rb") as file:
            while head := file.read(_RECORD.size):
                pts, key, length = _RECORD.unpack(head)
                data = file.read(length)
                checksum = zlib.crc32(data, zlib.crc32(head, checksum))
                yield Coded(pts=pts, key=bool(key), data=data)
    except (OSError, struct.error) as error:
        raise RecordError(
            f"{path} cannot be read: {error}; begin afresh without resuming"
        ) from error
    if checksum != part.checksum:
        raise RecordError(f"{path} has been altered; begin afresh without resuming")
