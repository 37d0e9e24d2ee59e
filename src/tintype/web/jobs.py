# SPDX-License-Identifier: Apache-2.0
"""Jobs: many photographs, or films, sent one after another and worked off while the client watches.

A job is a private folder and a list of entries. One entry of a job is at work at a time, and the
photographs of all jobs together leave one thread of the bench free, so that jobs of hundreds never
stand between a single photograph and the bench. Whoever watches is told by a
count of changes: each entry knows at which count it last changed, so a client that was away asks
for what is newer than the last that it saw.

A job that nobody asks for is removed with its results after a while. All that is here belongs to
the event loop's thread, but for the work itself.
"""

import asyncio
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from threading import Event
from time import monotonic

from tintype.imaging.formats import replace_suffix
from tintype.web.limits import Limits
from tintype.web.names import clean_name, distinct_names
from tintype.web.problems import Problem, Refusal, describe
from tintype.web.workshop import Workshop

_SWEEPS = 4  # of the house in a job's lifetime
_TELLS = 0.2  # seconds between two words of how far a film is


class State(StrEnum):
    """What has become of an entry."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A result: where it is, what it is, and what its owner should know of it."""

    path: Path
    media_type: str
    notices: tuple[str, ...] = ()


Tell = Callable[[float], None]  # how far the work is, 0 to 1; any thread may call it
Work = Callable[[Tell, Event], Made]  # the event asks it to stop


@dataclass(slots=True, kw_only=True)
class Entry:
    """A file of a job.

    Attributes:
        number: in the job, from 1.
        name: the client's, cleaned; a label.
        film: whether it is one, and so worked on beside the photographs.
        sources: the files that came; removed once it was worked on.
        work: makes the result.
        changed: the job's count when it last changed.
    """

    number: int
    name: str
    film: bool
    sources: tuple[Path, ...]
    work: Work
    state: State = State.WAITING
    progress: float = 0.0
    changed: int = 0
    made: Made | None = None
    problem: Problem | None = None

    @property
    def result_name(self) -> str:
        """What the result is called, before it is told from others of that name."""
        suffix = self.made.path.suffix if self.made else ""
        name = PurePosixPath(self.name)
        if not self.film:
            return str(replace_suffix(name, suffix))
        dated = name.suffix[1:].isdecimal()  # reel 3.5.1944; any container's suffix may be there
        return f"{name if dated else name.with_suffix('')}{suffix}"


@dataclass(slots=True, kw_only=True)
class Job:
    """A job. From :meth:`Jobs.open`."""

    client: str
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="tintype-web-")))
    entries: list[Entry] = field(default_factory=list)
    changes: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    removed: bool = False
    stop: Event = field(default_factory=Event)
    touched: float = field(default_factory=monotonic)
    taken: int = 0  # numbers given out, to entries that are still being sent too
    bytes: int = 0  # of the files that came and have not been removed
    users: int = 0  # who has its files open
    runner: asyncio.Task[None] | None = None

    @property
    def open(self) -> int:
        """Entries that wait or are worked on."""
        return sum(entry.state in (State.WAITING, State.WORKING) for entry in self.entries)

    def mark(self, entry: Entry | None = None) -> None:
        """Count a change, of an entry or of the job as a whole, and wake who watches."""
        self.changes += 1
        if entry is not None:
            entry.changed = self.changes
        self.changed.set()
        self.changed = asyncio.Event()

    def drop(self, path: Path) -> None:
        """Remove a file that came, if it is there, and give its bytes back."""
        with suppress(FileNotFoundError):
            size = path.stat().st_size
            path.unlink()
            self.bytes -= size

    def results(self) -> list[tuple[str, Entry]]:
        """Names, none twice, and the entries that are done."""
        done = [entry for entry in self.entries if entry.made is not None]
        names = distinct_names(entry.result_name for entry in done)
        return list(zip(names, done, strict=True))

    @contextmanager
    def used(self) -> Iterator[None]:
        """Keep the job's files while they are sent or received."""
        self.users += 1
        try:
            yield
        finally:
            self.users -= 1
            self.touched = monotonic()


class Jobs:
    """All jobs of a server.

    Args:
        limits: how many, how large, for how long.
        workshop: where the work is done.
    """

    def __init__(self, limits: Limits, workshop: Workshop) -> None:
        self._limits = limits
        self._workshop = workshop
        self._jobs: dict[str, Job] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._jobs)

    def open(self, client: str) -> Job:
        """Begin a job.

        Raises:
            Refusal: the client has as many as one may have (429), or the house is full, or about
                to close (503).
        """
        self._workshop.refuse_if_closing()
        of_client = Counter(job.client for job in self._jobs.values())[client]
        if of_client >= self._limits.jobs_per_client:
            raise Refusal(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"{of_client} jobs of yours are in the house already, as many as one client may "
                f"have; fetch the results of one and delete it",
                retry_after=60,
            )
        if len(self._jobs) >= self._limits.jobs:
            raise Refusal(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"all places for {len(self._jobs)} jobs are taken; try again in a while",
                retry_after=60,
            )
        job = Job(client=client)
        self._jobs[job.id] = job
        return job

    def find(self, id: str) -> Job:
        """Look a job up by its id, which only who opened it knows.

        Raises:
            Refusal: there is none (404).
        """
        if id not in self._jobs:
            raise Refusal(HTTPStatus.NOT_FOUND, "there is no such job, or no longer")
        job = self._jobs[id]
        job.touched = monotonic()
        return job

    def take_number(self, job: Job) -> int:
        """Keep room for one more file.

        Raises:
            Refusal: the job has as many as it may have (413), was cancelled (409), or the server is
                about to stop (503).
        """
        self._workshop.refuse_if_closing()
        if job.stop.is_set():
            raise Refusal(HTTPStatus.CONFLICT, "the job was cancelled; begin another")
        if job.taken >= self._limits.job_files:
            raise Refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the job has {job.taken} files, as many as one may have; begin another",
            )
        job.taken += 1
        return job.taken

    def spend(self, job: Job, count: int) -> None:
        """Count bytes that have come for a job.

        Raises:
            Refusal: they are too many (413), or the job was removed meanwhile (404).
        """
        if job.removed:
            raise Refusal(HTTPStatus.NOT_FOUND, "the job was removed")
        if job.bytes + count > self._limits.job_bytes:
            raise Refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"with this one, the job's files that are not coloured yet have more than the "
                f"{self._limits.job_bytes} bytes that they may; send it when some are done, or "
                f"begin another job",
            )
        job.bytes += count

    def add(
        self,
        job: Job,
        *,
        number: int,
        name: str,
        film: bool,
        sources: tuple[Path, ...],
        work: Work,
    ) -> Entry:
        """Put a file that has come into a job's list; it is worked on when its turn has come.

        Args:
            job: whose list.
            number: from :meth:`take_number`.
            name: the client's.
            film: whether it is one.
            sources: the file, and what came with it.
            work: makes the result.

        Raises:
            Refusal: the job was cancelled or removed meanwhile (409).
        """
        if job.stop.is_set():
            raise Refusal(HTTPStatus.CONFLICT, "the job was cancelled; begin another")
        entry = Entry(number=number, name=clean_name(name), film=film, sources=sources, work=work)
        job.entries.append(entry)
        job.mark(entry)
        if job.runner is None or job.runner.done():
            job.runner = asyncio.create_task(self._run(job))
        return entry

    def cancel(self, job: Job) -> None:
        """Drop what waits, and ask a film to stop; results that are there stay."""
        job.stop.set()
        for entry in job.entries:
            if entry.state == State.WAITING:
                entry.state = State.CANCELLED
                job.mark(entry)
        job.mark()

    def remove(self, job: Job) -> None:
        """Cancel a job and forget it; its folder goes as soon as nothing works in it."""
        if not job.removed:
            self.cancel(job)
            job.removed = True
            del self._jobs[job.id]
            job.mark()
            leaving = asyncio.create_task(_clear(job))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def sweep(self) -> None:
        """Remove, for ever, jobs that nobody asks for any more."""
        while True:
            await asyncio.sleep(self._limits.lifetime_seconds / _SWEEPS)
            for job in list(self._jobs.values()):
                old = monotonic() - job.touched > self._limits.lifetime_seconds
                if old and not job.users and not job.open:
                    self.remove(job)

    async def finish(self) -> None:
        """Remove all jobs, and wait for what is at work in them."""
        for job in list(self._jobs.values()):
            self.remove(job)
        await asyncio.gather(*self._leaving)

    async def _run(self, job: Job) -> None:
        while waiting := [entry for entry in job.entries if entry.state == State.WAITING]:
            entry = waiting[0]
            async with nullcontext() if entry.film else self._workshop.turns:
                if entry.state == State.WAITING:  # nobody cancelled the job meanwhile
                    await self._do(job, entry)
            job.touched = monotonic()

    async def _do(self, job: Job, entry: Entry) -> None:
        entry.state = State.WORKING
        job.mark(entry)
        loop, told = asyncio.get_running_loop(), monotonic()

        def tell(progress: float) -> None:
            nonlocal told
            if monotonic() - told >= _TELLS:
                told = monotonic()
                loop.call_soon_threadsafe(_set_progress, job, entry, progress)

        start = self._workshop.start_film if entry.film else self._workshop.start
        try:
            future = asyncio.wrap_future(start(lambda: entry.work(tell, job.stop)))
        except RuntimeError:  # the workshop has closed its doors
            entry.state = State.CANCELLED
        else:
            _conclude(entry, (await asyncio.gather(future, return_exceptions=True))[0])
        for source in entry.sources:
            job.drop(source)
        job.mark(entry)


def _conclude(entry: Entry, outcome: Made | BaseException) -> None:
    """Note what the work came to."""
    if isinstance(outcome, Made):
        entry.made, entry.state, entry.progress = outcome, State.DONE, 1.0
    elif isinstance(outcome, Stopped | asyncio.CancelledError):
        entry.state = State.CANCELLED
    else:
        entry.state, entry.problem = State.FAILED, describe(outcome)


class Stopped(Refusal):
    """The work was stopped because its job was cancelled."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.CONFLICT, "the job was cancelled")


def _set_progress(job: Job, entry: Entry, progress: float) -> None:
    if entry.state == State.WORKING:
        entry.progress = progress
        job.mark(entry)


async def _clear(job: Job) -> None:
    if job.runner is not None:
        await asyncio.gather(job.runner, return_exceptions=True)
    while job.users:  # a request that sends or receives one of its files; it is bounded in time
        await asyncio.sleep(0.05)
    await asyncio.to_thread(shutil.rmtree, job.folder, ignore_errors=True)
