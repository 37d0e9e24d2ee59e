# SPDX-License-Identifier: Apache-2.0
"""A folder of photographs, coloured into another folder whose tree mirrors it.

    look through it → plan all results, refuse conflicts → recall earlier runs → work → report

Up to the work nothing is written but the journal. Then each photograph ends in exactly one of done,
failed or skipped, and the journal (:mod:`tintype.jobs.ledger`) knows it as soon as it is so. A run
can be stopped, or killed, at any moment; a run that resumes does what is missing or has changed.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event
from time import perf_counter

from tintype.errors import InputError, OutputError
from tintype.imaging.atomic import check_free, remove_parts
from tintype.imaging.photograph import Photograph
from tintype.inference.colorizer import Colorizer
from tintype.inference.progress import Pace, Progress
from tintype.jobs.finding import Found, find_photographs
from tintype.jobs.ledger import JOURNAL, Ledger, digest_wish
from tintype.jobs.plan import Task, plan_tasks, refuse_conflicts
from tintype.jobs.watch import Arrivals
from tintype.jobs.work import (
    Outcome,
    Status,
    color_file,
    make_folder,
    make_folders,
    share_cores,
    work_off,
)
from tintype.spec.models import find_model
from tintype.spec.options import (
    DEFAULTS,
    ENGINE_DEFAULTS,
    FILE_DEFAULTS,
    FOLDER_DEFAULTS,
    ColorizeOptions,
    EngineOptions,
    FileOptions,
    FolderOptions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderResult:
    """What became of a folder.

    Attributes:
        outcomes: one for each file in it, as they were settled; by a watch, one for each change.
        complete: whether all were settled.
        seconds: that this run took.
        pages: the report's, if one was asked for; the first leads to the others.
    """

    outcomes: tuple[Outcome, ...]
    complete: bool
    seconds: float
    pages: tuple[Path, ...] = ()

    def of(self, status: Status) -> tuple[Outcome, ...]:
        """The outcomes of one status."""
        return tuple(outcome for outcome in self.outcomes if outcome.status == status)


def colorize_folder(
    folder: Path | str,
    out: Path | str,
    options: ColorizeOptions = DEFAULTS,
    *,
    files: FileOptions = FILE_DEFAULTS,
    run: FolderOptions = FOLDER_DEFAULTS,
    engine: EngineOptions = ENGINE_DEFAULTS,
    reference: Photograph | None = None,
    overwrite: bool = False,
    on_outcome: Callable[[Outcome], None] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: Event | None = None,
) -> FolderResult:
    """Colour the photographs of a folder into another one.

    Ctrl-C finishes the photographs in hand before it is raised, and so does ``stop``, without
    raising.

    Args:
        folder: the photographs'.
        out: the results'; made if need be.
        options: how to colour.
        files: how to read and write.
        run: how to go through the folder.
        engine: which network, and where it runs.
        reference: a photograph in colour, whose palette leads.
        overwrite: whether results that are there already may be replaced. No photograph ever is.
        on_outcome: told of each file as it is settled, from the calling thread.
        on_progress: told after each file how far the run is, from the calling thread.
        stop: when set, no more photographs are begun. A watch goes on until then.

    Returns:
        What became of each file.

    Raises:
        InputError: there is no such folder, or an option cannot be.
        OutputError: results would collide, or replace what must stay; nothing has been done then.
            Or the journal cannot be written any more, for want of room perhaps.
        RecordError: another run is at work in ``out``, or its journal is damaged.
        ModelError: the network's file is missing or altered.
    """
    job = _Job(
        folder=Path(folder),
        out=Path(out),
        options=options,
        files=files,
        run=run,
        engine=engine,
        reference=reference,
        overwrite=overwrite,
        stop=stop or Event(),
        tell=_Telling(on_outcome, on_progress),
    )
    return job.do()


class _Telling:
    """Keeps what has become of the files, and tells of each."""

    def __init__(
        self,
        on_outcome: Callable[[Outcome], None] | None,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self.outcomes: list[Outcome] = []
        self.pace = Pace(None, on_progress)
        self._on_outcome = on_outcome

    def __call__(self, outcome: Outcome, *, worked: bool) -> None:
        self.outcomes.append(outcome)
        if self._on_outcome is not None:
            self._on_outcome(outcome)
        self.pace.count(outcome.status, worked=worked)


@dataclass(kw_only=True)
class _Job:
    """One run over a folder."""

    folder: Path
    out: Path
    options: ColorizeOptions
    files: FileOptions
    run: FolderOptions
    engine: EngineOptions
    reference: Photograph | None
    overwrite: bool
    stop: Event
    tell: _Telling
    waiting: int = field(default=1)  # photographs to be coloured at first

    def do(self) -> FolderResult:
        begun = perf_counter()
        found = find_photographs(self.folder, recursive=self.run.recursive, leave_out=self.out)
        tasks = self._plan(found.photographs)
        model = find_model(self.engine.model)
        wish = digest_wish(model, self.options, self.files, self.reference)
        if not os.path.exists(self.out / JOURNAL):  # refused before anything is written
            refuse_conflicts(tasks, overwrite=self.overwrite)
        make_folder(self.out)
        with Ledger(self.out, wish) as ledger:
            self._refuse(tasks, ledger)
            for parent in {self.out, *(path.parent for path in ledger.unfinished)}:
                remove_parts(parent)
            arrivals = Arrivals(
                self.folder, found, recursive=self.run.recursive, leave_out=self.out, stop=self.stop
            )
            complete = self._settle(found, tasks, ledger)
            if self.run.watch:
                complete = self._watch(arrivals, tasks, ledger) and complete
            pages = self._report() if self.run.report else []
        return FolderResult(
            outcomes=tuple(self.tell.outcomes),
            complete=complete,
            seconds=perf_counter() - begun,
            pages=tuple(pages),
        )

    def _report(self) -> list[Path]:
        from tintype.jobs.pages import write_pages  # a tenth of the start, for few runs

        return write_pages(self.tell.outcomes, self.out, max_pixels=self.files.max_pixels)

    @cached_property
    def colorizer(self) -> Colorizer:
        """The network, loaded when there is something to do."""
        _, threads = share_cores(self.run.jobs, self.waiting)
        network = Colorizer(self.engine.model, device=self.engine.device, threads=threads)
        return network if self.reference is None else network.led_by(self.reference)

    def _plan(self, photographs: list[Path]) -> list[Task]:
        if os.path.exists(self.out) and self.out.samefile(self.folder):
            raise OutputError(
                f"{self.out} is the folder of the photographs itself; choose another one"
            )
        return plan_tasks(photographs, self.out, format=self.files.format, base=self.folder)

    def _refuse(self, tasks: list[Task], ledger: Ledger) -> None:
        """Refuse what the plan would replace."""
        if not (ledger.is_new or self.run.resume or self.overwrite):
            raise OutputError(
                f"{self.out} holds an earlier run's work; resume it, or allow results to be "
                f"overwritten to do all of it again"
            )
        ours = {task.target for task in tasks if ledger.owns(task)} if self.run.resume else set()
        refuse_conflicts(tasks, overwrite=self.overwrite, ours=ours)
        if not self.overwrite:
            ledger.refuse_strangers(tasks)

    def _settle(self, found: Found, tasks: list[Task], ledger: Ledger) -> bool:
        """Settle every file; false if it was stopped before."""
        todo = []
        self.tell.pace.total = len(found.failed) + len(found.skipped) + len(tasks)
        for outcome in self._aside(found):
            self.tell(outcome, worked=False)
        for task in tasks:
            earlier = ledger.recall(task, retry=self.run.retry) if self.run.resume else None
            if earlier is None:
                todo.append(task)
            else:
                self.tell(earlier, worked=False)
        self.waiting = max(1, len(todo))
        return self._work(todo, ledger) == len(todo)

    def _aside(self, found: Found) -> Iterator[Outcome]:
        """The outcomes of what is no photograph."""
        for path, error in found.failed.items():
            yield Outcome(task=self._task_of(path), error=error)
        for path, why in found.skipped.items():
            yield Outcome(task=self._task_of(path), skipped=why)

    def _task_of(self, path: Path) -> Task:
        return Task(path, self.out / path.relative_to(self.folder))

    def _work(self, tasks: Iterable[Task], ledger: Ledger) -> int:
        """Do tasks; gives how many were done before the run was stopped."""
        tasks = list(tasks)
        if not tasks or self.stop.is_set():
            return 0
        colorizer = self.colorizer
        make_folders(tasks)

        def work(task: Task) -> Outcome:
            replace = self.overwrite or ledger.owns(task)
            try:
                check_free(task.target, overwrite=replace)  # else what is there would become ours
            except OutputError as error:
                return Outcome(task=task, error=error)
            ledger.begin(task)
            outcome = color_file(colorizer, task, self.options, self.files, overwrite=replace)
            ledger.end(outcome)
            return outcome

        jobs, _ = share_cores(self.run.jobs, len(tasks))
        count = 0
        for outcome in work_off(tasks, work, jobs=jobs, stop=self.stop):
            self.tell(outcome, worked=True)
            count += 1
        return count

    def _watch(self, arrivals: Arrivals, tasks: list[Task], ledger: Ledger) -> bool:
        """Colour what arrives, until the run is stopped; false if something was left then."""
        complete = True
        self.tell.pace.total = None
        taken = {task.target: task.source for task in tasks}
        for photographs in arrivals:
            ready = []
            for photograph in photographs:
                try:
                    ready.append(self._admit(photograph, taken, ledger))
                except InputError as error:
                    self.tell(Outcome(task=self._task_of(photograph), error=error), worked=False)
            complete = self._work(ready, ledger) == len(ready)
        return complete

    def _admit(self, photograph: Path, taken: dict[Path, Path], ledger: Ledger) -> Task:
        """Plan one that has arrived.

        Raises:
            OutputError: its result would take the place of another.
        """
        (task,) = self._plan([photograph])
        other = taken.setdefault(task.target, photograph)
        if other != photograph:
            raise OutputError(
                f"its result would take the place of that of {other}; rename one of them"
            )
        ours = [task.target] if ledger.owns(task) else []
        refuse_conflicts([task], overwrite=self.overwrite, ours=ours)
        if not self.overwrite:
            ledger.refuse_strangers([task])
        return task
