# SPDX-License-Identifier: Apache-2.0
"""Where a figure comes from: the command, the day, the code, the packages, the machine, the data.

A record of a measurement is worth what somebody else can check of it. So its provenance says which
commit the code was at and whether the code had been changed since, and names the data by their
hashes. It names no place on the machine: paths outside the working folder are cut down to their
last part, since where somebody keeps photographs proves nothing and is nobody's business.
"""

import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path, PurePath

from tintype.imaging.strips import usable_cpus

_CODE = (":/src", ":/benchmarks", ":/scripts", ":/pyproject.toml")  # what a figure depends on
_NVIDIA = Path("/proc/driver/nvidia/gpus")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """The machine that a command ran on."""

    processor: str  # the maker's name of it
    cores: int  # that the process may use
    memory: int | None  # bytes; None where the system does not say
    accelerators: tuple[str, ...] = ()  # one name a device
    system: str  # operating system and architecture


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a figure comes from. Everything is text or numbers, ready for JSON."""

    command: str  # as typed in a shell, paths shortened
    date: str  # ISO 8601, UTC, to the second
    version: str  # of tintype
    commit: str | None  # None where tintype runs from a wheel and not from its repository
    dirty: bool | None  # whether the code differs from that commit; None as above
    python: str
    packages: Mapping[str, str]  # version of each installed dependency
    hardware: Hardware
    data: Mapping[str, str] = field(default_factory=dict)  # name of each data set → its SHA-256


def collect_provenance(
    *,
    data: Mapping[str, str] | None = None,
    command: Sequence[str] | None = None,
    accelerators: Sequence[str] | None = None,
) -> Provenance:
    """Say where the figures of the running command come from.

    Args:
        data: name of each data set → its hash, by :func:`hash_file` or :func:`hash_files`.
        command: the words of the command; by default those that started this process.
        accelerators: names of the devices; by default those that NVIDIA's driver lists.
    """
    commit, dirty = _describe_code()
    return Provenance(
        command=_shorten_command(sys.orig_argv if command is None else command),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        version=metadata.version("tintype"),
        commit=commit,
        dirty=dirty,
        python=platform.python_version(),
        packages=_list_packages(),
        hardware=describe_hardware(accelerators=accelerators),
        data=dict(data or {}),
    )


def describe_hardware(*, accelerators: Sequence[str] | None = None) -> Hardware:
    """Describe this machine; ``accelerators`` as in :func:`collect_provenance`."""
    return Hardware(
        processor=_name_processor(),
        cores=usable_cpus(),
        memory=_measure_memory(),
        accelerators=tuple(_list_accelerators() if accelerators is None else accelerators),
        system=f"{platform.system()} {platform.machine()}",
    )


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_files(paths: Iterable[Path], *, root: Path) -> str:
    """SHA-256 that stands for several files: their names below ``root`` and their bytes.

    The order of ``paths`` does not matter. It is the hash of lines like those of ``sha256sum``,
    sorted, so that it can be checked without this program.

    Raises:
        OSError: a file cannot be read.
        ValueError: a path is not below ``root``.
    """
    lines = sorted(
        f"{hash_file(path)}  {path.relative_to(root).as_posix()}\n".encode(errors="surrogateescape")
        for path in paths
    )
    return hashlib.sha256(b"".join(lines)).hexdigest()


def hash_names(names: Iterable[str]) -> str:
    """SHA-256 of names, sorted, a line each: which samples a set has, without a look at them."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def _shorten_command(words: Sequence[str]) -> str:
    """A command line without the machine's paths: ``tintype evaluate --data test``."""
    program, *rest = words
    interpreter = PurePath(program)
    if rest and Path(rest[0]).absolute().parent == interpreter.parent:
        interpreter, *rest = PurePath(rest[0]), *rest[1:]  # a script that pip put beside Python
    return shlex.join([interpreter.name, *map(_shorten_word, rest)])


def _shorten_word(word: str) -> str:
    """A word with the path in it cut down: ``--data=/a/b`` to ``--data=b``, ``x=/a`` to ``x=a``."""
    here = Path.cwd()
    for start in (0, *(match.end() for match in re.finditer("=", word))):
        path = PurePath(word[start:])
        if path.is_absolute():
            short = path.relative_to(here).as_posix() if path.is_relative_to(here) else path.name
            return word[:start] + short
    return word


def _describe_code() -> tuple[str | None, bool | None]:
    """The commit, and whether the code differs from it; Nones outside tintype's repository."""
    if _ask_git("ls-files", "--error-unmatch", Path(__file__).name) is None:
        return None, None  # a wheel, perhaps inside another project's repository
    commit, changes = _ask_git("rev-parse", "HEAD"), _ask_git("status", "--porcelain", "--", *_CODE)
    return (commit or "").strip() or None, None if changes is None else bool(changes.strip())


def _ask_git(*arguments: str) -> str | None:
    """What git answers about the folder of this file; None where it has no answer."""
    program = shutil.which("git")
    if program is None:
        return None
    command = [program, "-C", str(Path(__file__).parent), *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # fixed words
    return answer.stdout if answer.returncode == 0 else None


def _list_packages() -> dict[str, str]:
    """Versions of tintype's dependencies, those of its extras too, where they are installed."""
    found = {}
    for requirement in metadata.requires("tintype") or ():
        match = re.match(r"[\w.-]+", requirement)
        if match is None or match[0] == "tintype" or re.search(r"extra\s*==\s*.dev", requirement):
            continue
        try:
            found[match[0]] = metadata.version(match[0])
        except metadata.PackageNotFoundError:
            continue  # an extra that nobody asked for
    return dict(sorted(found.items()))


def _name_processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _measure_memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf, others not every name
        return None


def _list_accelerators() -> list[str]:
    names = []
    for path in sorted(_NVIDIA.glob("*/information")):
        match = re.search(r"^Model:\s*(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        names.append(match[1].strip() if match else "NVIDIA device")
    return names
