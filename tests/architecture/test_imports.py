# SPDX-License-Identifier: Apache-2.0
"""Who may import whom, and what a start of the program loads."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What the lowest floors lean on beside the standard library and each other.
LEAN_ON = {
    "errors": set(),
    "color": {"array_api_compat", "numpy"},
    "records": set(),
}
HEAVY = {"cv2", "lightning", "numpy", "onnx", "onnxruntime", "PIL", "torch"}


def imported(tree: ast.Module) -> set[str]:
    """Top-level names of all that a module imports, in its functions too."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_the_contracts_of_the_floors_hold():
    program = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([program, "--no-logo"], cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("floor", LEAN_ON)
def test_the_lowest_floors_lean_on_little(package, floor):
    allowed = LEAN_ON[floor] | set(sys.stdlib_module_names) | {"tintype"}
    found = {
        f"{module} imports {name}"
        for module in package
        if module.floor == floor
        for name in imported(module.tree) - allowed
    }
    assert not found


def test_no_import_is_relative(python):
    found = [
        f"{module}:{node.lineno}"
        for module in python
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not found


def loaded_by(statements: str) -> set[str]:
    """What of HEAVY a fresh interpreter has loaded after ``statements``."""
    report = f"\nprint('loaded:', *sorted({HEAVY} & set(sys.modules)))"
    command = [sys.executable, "-c", f"import sys\n{statements}{report}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("loaded:")[2].split())


def test_importing_tintype_loads_nothing_heavy():
    assert not loaded_by("import tintype")


def test_asking_for_help_loads_no_runtime():
    asked = "from tintype.cli.main import main\nassert main(['--help']) == 0"
    assert not loaded_by(asked) & {"cv2", "lightning", "onnx", "onnxruntime", "torch"}
