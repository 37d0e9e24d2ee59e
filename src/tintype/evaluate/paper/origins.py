# SPDX-License-Identifier: Apache-2.0
"""Where the runs of a reproduction were trained, which need not be where it is published.

A grid that goes on from slice to slice may change machines, packages and commits in between. So
every finished run keeps its own origin in the journal. A record names each origin once.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tintype.evaluate.paper.tables import Results, Table
from tintype.records.provenance import collect_provenance

ORIGIN = "trained"  # where an entry of the journal keeps it
_TELLING = ("torch", "lightning")  # packages that a figure of training depends on most
Origin = Mapping[str, Any]


def describe_origin(*, imagenet: Path | None) -> dict[str, Any]:
    """The machine, the packages, the code and the encoder's weights that a run has just had."""
    provenance = asdict(collect_provenance())
    packages = {name: provenance["packages"].get(name, "") for name in _TELLING}
    kept = {name: provenance[name] for name in ("python", "version", "commit", "dirty")}
    hardware = provenance["hardware"]
    hardware["accelerators"] = list(hardware["accelerators"])  # as it comes back from the journal
    start = None if imagenet is None else imagenet.name
    return {"hardware": hardware, "packages": packages, "imagenet": start, **kept}


def list_origins(results: Results) -> list[tuple[Origin, list[str]]]:
    """Each origin once, with the names of the runs that were trained there."""
    found: list[tuple[Origin, list[str]]] = []
    for name, result in results.items():
        origin = result.get(ORIGIN)
        if origin is None:
            continue
        same = next((names for other, names in found if other == origin), None)
        if same is None:
            found.append((origin, [name]))
        else:
            same.append(name)
    return found


def origin_table(results: Results) -> Table:
    """One row an origin."""
    rows = [
        (
            str(len(names)),
            f"{origin['hardware']['processor']}, {origin['hardware']['cores']} cores, "
            f"{origin['hardware']['system']}",
            ", ".join(origin["hardware"]["accelerators"]) or "none",
            ", ".join(f"{name} {version}" for name, version in origin["packages"].items()),
            origin.get("imagenet") or "none noted",
            _name_code(origin),
        )
        for origin, names in list_origins(results)
    ]
    header = (
        "runs",
        "machine",
        "accelerators used",
        "packages",
        "ImageNet weights",
        "tintype's commit",
    )
    return Table("Where the runs were trained", header, tuple(rows))


def _name_code(origin: Origin) -> str:
    if origin["commit"] is None:
        return f"not known, version {origin['version']}"
    return f"{origin['commit'][:12]}{', changed since' * bool(origin['dirty'])}"
