# SPDX-License-Identifier: Apache-2.0
"""The tree as the architecture's tests see it: every file, and every Python file parsed."""

import ast
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("benchmarks", "docs", "scripts", "src", "tests")  # walked where git cannot be asked


@dataclass(frozen=True)
class Module:
    """One Python file: where it stands, relative to the repository, and what it says."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def floor(self) -> str:
        """The name right under ``tintype``: ``color``, ``errors``, ``cli``..."""
        return self.path.with_suffix("").parts[2]

    def __str__(self) -> str:
        return self.path.as_posix()


def list_files() -> list[Path]:
    """Every file that is, or could be, committed, relative to the repository."""
    try:
        if not (ROOT / ".git").exists():
            raise FileNotFoundError
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        found = [Path(name) for name in listed.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # there is no git, or it serves its owner only
        found = [p.relative_to(ROOT) for p in ROOT.iterdir()]
        found += [p.relative_to(ROOT) for part in PARTS for p in (ROOT / part).rglob("*")]
    return sorted(p for p in set(found) if (ROOT / p).is_file() and "__pycache__" not in p.parts)


@pytest.fixture(scope="session")
def files() -> list[Path]:
    return list_files()


@pytest.fixture(scope="session")
def texts(files) -> dict[Path, str]:
    """Every file that is text, by path."""
    found = {}
    for path in files:
        with suppress(UnicodeDecodeError):  # then it is a picture, or another binary file
            found[path] = (ROOT / path).read_bytes().decode()
    return {path: text for path, text in found.items() if "\0" not in text}


@pytest.fixture(scope="session")
def python(texts) -> list[Module]:
    """Every Python file of the repository."""
    return [
        Module(path, text, ast.parse(text, str(path)))
        for path, text in texts.items()
        if path.suffix == ".py"
    ]


@pytest.fixture(scope="session")
def package(python) -> list[Module]:
    """Every Python file of the package."""
    return [module for module in python if module.path.parts[:2] == ("src", "tintype")]
