# SPDX-License-Identifier: Apache-2.0
"""What lies beside the shards: index, origins, the list of the skipped, terms and checksums."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

from tintype import __version__
from tintype.learn.prepare.collection import Collection
from tintype.learn.prepare.journal import FinishedShard
from tintype.learn.prepare.options import PrepareOptions

INDEX_COLUMNS = ("split", "shard", "key", "source", "label", "width", "height", "bytes")
ORIGIN_COLUMNS = ("key", "original", "original_sha256", "author", "title", "license", "url")


def write_index(
    destination: Path,
    shards: Sequence[FinishedShard],
    *,
    collection: Collection,
    options: PrepareOptions,
) -> None:
    """Write ``index.csv``, ``origins.csv``, ``skipped.csv``, ``TERMS.md`` and ``SHA256SUMS``."""
    rows = [row for shard in shards for row in shard.rows]
    skipped = [skip for shard in shards for skip in shard.skipped]
    _write_csv(destination / "index.csv", INDEX_COLUMNS, rows)
    _write_csv(destination / "origins.csv", ORIGIN_COLUMNS, rows)
    _write_csv(destination / "skipped.csv", ("original", "reason"), skipped)
    (destination / "TERMS.md").write_text(_terms(collection, options), encoding="utf-8")
    sums = {shard.shard: shard.sha256 for shard in shards}
    for name in ("index.csv", "origins.csv", "skipped.csv", "TERMS.md"):
        sums[name] = hashlib.sha256((destination / name).read_bytes()).hexdigest()
    listing = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    (destination / "SHA256SUMS").write_text(listing, encoding="utf-8")


def _write_csv(file: Path, columns: Sequence[str], rows: Iterable[object]) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([getattr(row, column) for column in columns] for row in rows)


def _terms(collection: Collection, options: PrepareOptions) -> str:
    settings = "\n".join(f"- {f.name}: {getattr(options, f.name)}" for f in fields(options))
    cite = f"\nCite: {collection.citation}\n" if collection.citation else ""
    return (
        f"# {collection.title}\n\n{collection.terms}\n{cite}\n"
        f"Prepared by tintype {__version__} with\n\n{settings}\n"
    )
