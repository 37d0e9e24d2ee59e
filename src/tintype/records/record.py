# SPDX-License-Identifier: Apache-2.0
"""A record: what one command found, with where it comes from, in one JSON file.

::

    {"format": "tintype-record/1", "kind": "benchmark",
     "provenance": {"command": "...", "date": "...", "commit": "...", "hardware": {...}, ...},
     "content": {...}}

``kind`` says what the content is; its maker defines it. Records are committed beside the documents
that quote them, so they are indented for a readable difference and written atomically.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from tintype.errors import RecordError
from tintype.records.files import write_text
from tintype.records.provenance import Hardware, Provenance

FORMAT = "tintype-record/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one command found."""

    kind: str  # "benchmark", "evaluation", ...
    provenance: Provenance
    content: Mapping[str, Any]  # JSON values; NumPy's numbers and arrays are taken too


def write_record(record: Record, path: Path) -> None:
    """Write a record, replacing an older one at ``path``.

    Raises:
        RecordError: the content holds NaN or infinity, which JSON has no word for.
        OutputError: the file cannot be written there.
    """
    document = {"format": FORMAT, **asdict(record)}
    try:
        text = json.dumps(document, indent=1, allow_nan=False, default=_to_json)
    except ValueError as error:
        raise RecordError(
            f"{path}: a record holds neither NaN nor infinity; write None for what is missing"
        ) from error
    write_text(text + "\n", path)


def read_record(path: Path, *, kind: str | None = None) -> Record:
    """Read a record.

    Args:
        path: a file that :func:`write_record` made.
        kind: the kind that it must be of; by default any.

    Raises:
        RecordError: the file is missing, is no record, or is of another kind.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecordError(f"cannot read the record {path}: {error.strerror}") from error
    except ValueError as error:  # UnicodeDecodeError too
        raise RecordError(f"{path} is no JSON file: {error}") from error
    found = document.get("format") if isinstance(document, dict) else None
    if found != FORMAT:
        raise RecordError(f"{path} is no record of format {FORMAT!r}; its format is {found!r}")
    if kind is not None and document.get("kind") != kind:
        raise RecordError(f"{path} must be a record of kind {kind!r}, is {document.get('kind')!r}")
    try:
        provenance = _to_provenance(document["provenance"])
        return Record(kind=document["kind"], provenance=provenance, content=document["content"])
    except (KeyError, TypeError) as error:
        raise RecordError(f"{path} is a damaged record: {error} is missing or unknown") from error


def _to_provenance(document: Mapping[str, Any]) -> Provenance:
    """Rebuild what :func:`dataclasses.asdict` took apart; fields of later versions are left out."""
    hardware = {f.name: document["hardware"][f.name] for f in fields(Hardware)}
    hardware["accelerators"] = tuple(hardware["accelerators"])
    rest = {f.name: document[f.name] for f in fields(Provenance)}
    return Provenance(**{**rest, "hardware": Hardware(**hardware)})


def _to_json(value: Any) -> Any:
    """Turn NumPy's numbers and arrays into Python's; this floor does not know NumPy itself."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a record holds JSON values; got {type(value).__name__}: {value!r}")
