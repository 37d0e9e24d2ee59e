# SPDX-License-Identifier: Apache-2.0
"""From a collection to shards: plan everything, pack shard by shard, then write the index.

The destination then holds what training reads and what an honest card needs::

    train/train-000.tar …   WebDataset shards: one picture a sample, source/label/number.ext
    val/val-000.tar …
    test/test-000.tar …
    index.csv               split, shard, key, source, label, width, height, bytes
    origins.csv             key, path and checksum of the original, author, title, licence, url
    skipped.csv             what could not be packed, and why
    SHA256SUMS              of all of these; check with `sha256sum --check`
    TERMS.md                what the photographs may be used for, and how they were prepared
    prepare.jsonl           the journal that an interrupted run continues from

Equal sources and options give equal bytes. Corrupt photographs are listed and skipped: they
never stop the rest, and never pass in silence.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tintype.errors import InputError, OptionError
from tintype.learn.prepare.collection import Candidate, Collection
from tintype.learn.prepare.index import write_index
from tintype.learn.prepare.journal import FinishedShard, PrepareJournal, Row, Skipped
from tintype.learn.prepare.options import DEFAULTS, PrepareOptions
from tintype.learn.prepare.pictures import SUFFIXES, Packed, pack
from tintype.learn.prepare.sources import open_source
from tintype.learn.prepare.split import split_names
from tintype.records.provenance import hash_file


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a preparation stands; photographs of shards found finished count as done."""

    done: int
    total: int
    skipped: int
    shard: str  # the one just finished


@dataclass(frozen=True, slots=True)
class Summary:
    """What a preparation left in its destination."""

    kept: dict[str, int]  # photographs by split
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class _Planned:
    """A photograph with its place: decided before any is decoded."""

    key: str
    candidate: Candidate


def prepare(
    collection: Collection,
    source: Path,
    destination: Path,
    options: PrepareOptions = DEFAULTS,
    *,
    labels: Sequence[str] = (),
    workers: int = 2,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Summary:
    """Turn one collection's archive or folder into shards, or finish what was begun.

    Args:
        collection: whose layout to read.
        source: the archive or folder, as published.
        destination: an empty folder, or one that an earlier run of the same plan left.
        options: see :class:`PrepareOptions`.
        labels: keep these labels only; all when empty.
        workers: photographs packed at a time; decides no result.
        on_progress: called after each shard.

    Returns:
        Counts by split, and every photograph that was skipped with the reason.

    Raises:
        InputError: the source is missing, damaged, or holds none of the collection's photographs.
        OptionError: a label that the source does not have.
        OutputError: the destination holds something else.
    """
    with open_source(source, descend=collection.descend) as members:
        candidates = _chosen(collection, collection.find(members), labels)
        plan = _plan(collection, candidates, options)
        fingerprint = _fingerprint(collection, candidates, options)
        with (
            PrepareJournal(destination, plan=fingerprint) as journal,
            ThreadPoolExecutor(max_workers=workers) as pool,
        ):
            for shard, planned in plan.items():
                if not _is_finished(journal, destination, shard):
                    journal.append(_write_shard(destination, shard, planned, options, pool))
                on_progress(_progress(journal, plan, shard))
    finished = [journal.finished[shard] for shard in plan]
    write_index(destination, finished, collection=collection, options=options)
    rows = [row for shard in finished for row in shard.rows]
    return Summary(
        kept={split: sum(row.split == split for row in rows) for split in ("train", "val", "test")},
        skipped=tuple(skip for shard in finished for skip in shard.skipped),
    )


def _chosen(
    collection: Collection, candidates: list[Candidate], labels: Sequence[str]
) -> list[Candidate]:
    if not candidates:
        raise InputError(f"no photograph of {collection.title} found; expected {collection.layout}")
    known = sorted({candidate.label for candidate in candidates})
    if missing := sorted(set(labels) - set(known)):
        raise OptionError(
            f"no photograph has the label {missing[0]!r}; there are {', '.join(known)}"
        )
    return [c for c in candidates if not labels or c.label in labels]


def _plan(
    collection: Collection, candidates: list[Candidate], options: PrepareOptions
) -> dict[str, list[_Planned]]:
    """Shard by shard, which photographs go where. Numbers count the source's own order."""
    planned = {
        str(candidate.member.path): _Planned(
            f"{collection.name}/{candidate.label}/{number:08d}", candidate
        )
        for number, candidate in enumerate(candidates)
    }
    splits = split_names(
        list(planned), seed=options.seed, validation=options.validation, test=options.test
    )
    return {
        f"{split}/{split}-{first // options.per_shard:03d}.tar": [
            planned[name] for name in names[first : first + options.per_shard]
        ]
        for split, names in splits.items()
        for first in range(0, len(names), options.per_shard)
    }


def _fingerprint(
    collection: Collection, candidates: list[Candidate], options: PrepareOptions
) -> str:
    names = [(str(candidate.member.path), candidate.label) for candidate in candidates]
    text = json.dumps([collection.name, asdict(options), names])
    return hashlib.sha256(text.encode()).hexdigest()


def _is_finished(journal: PrepareJournal, destination: Path, shard: str) -> bool:
    finished = journal.finished.get(shard)
    file = destination / shard
    return finished is not None and file.is_file() and hash_file(file) == finished.sha256


def _write_shard(
    destination: Path,
    shard: str,
    planned: list[_Planned],
    options: PrepareOptions,
    pool: ThreadPoolExecutor,
) -> FinishedShard:
    file = destination / shard
    file.parent.mkdir(exist_ok=True)
    partial = file.with_suffix(".partial")
    rows: list[Row] = []
    skipped: list[Skipped] = []
    with tarfile.open(partial, "w", format=tarfile.USTAR_FORMAT) as tar:
        for result in pool.map(lambda one: _pack_one(one, shard, options), planned):
            if isinstance(result, Skipped):
                skipped.append(result)
            else:
                row, packed = result
                _add(tar, f"{row.key}.{SUFFIXES[options.encoding]}", packed.data)
                rows.append(row)
    partial.replace(file)
    return FinishedShard(shard, hash_file(file), tuple(rows), tuple(skipped))


def _pack_one(
    planned: _Planned, shard: str, options: PrepareOptions
) -> tuple[Row, Packed] | Skipped:
    candidate = planned.candidate
    original = str(candidate.member.path)
    if candidate.refusal:
        return Skipped(original, candidate.refusal)
    try:
        data = candidate.member.read()
        packed = pack(data, options, rotation=candidate.rotation)
    except InputError as error:  # one bad photograph does not stop the others
        return Skipped(original, str(error))
    source, label, _ = planned.key.split("/")
    split, _, name = shard.partition("/")
    row = Row(
        split=split,
        shard=name,
        key=planned.key,
        source=source,
        label=label,
        width=packed.width,
        height=packed.height,
        bytes=len(packed.data),
        original=original,
        original_sha256=hashlib.sha256(data).hexdigest(),
        author=candidate.author,
        title=candidate.title,
        license=candidate.license,
        url=candidate.url,
    )
    return row, packed


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    """Add one file whose header says nothing of this machine or this minute."""
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    tar.addfile(entry, io.BytesIO(data))


def _progress(journal: PrepareJournal, plan: dict[str, list[_Planned]], shard: str) -> Progress:
    finished = [journal.finished[name] for name in plan if name in journal.finished]
    skipped = sum(len(one.skipped) for one in finished)
    return Progress(
        done=sum(len(one.rows) for one in finished) + skipped,
        total=sum(len(planned) for planned in plan.values()),
        skipped=skipped,
        shard=shard,
    )
