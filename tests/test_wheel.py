# SPDX-License-Identifier: Apache-2.0
"""What users install: the built wheel, in an environment that holds nothing else."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
LARGEST_WHEEL = 20_000_000  # bytes: the code, networks, and their weights for fine-tuning
LARGEST_NETWORK = 10_000_000  # bytes: of one that is inside the package
UNREACHABLE = (  # how pip says that it has no network; the versions it cannot find are named first
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Network is unreachable",
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    unreachable = any(sign in done.stderr for sign in UNREACHABLE)
    if done.returncode and unreachable and not os.environ.get("CI"):  # there it is a failure
        pytest.skip("pip cannot reach its packages")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built by the tools that are here: no index is asked."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("tintype-*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """The interpreter of a fresh environment with the wheel, got as pip here gets packages."""
    folder = tmp_path_factory.mktemp("clean") / "environment"
    run(sys.executable, "-m", "venv", folder)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    run(python, "-m", "pip", "install", "--no-compile", "--disable-pip-version-check", wheel)
    return python


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    assert {"tintype/py.typed", "tintype/models/tintype-s.onnx"} <= set(sizes)
    assert {name.partition("/")[0].partition("-")[0] for name in sizes} == {"tintype"}
    assert max(size for name, size in sizes.items() if name.endswith(".onnx")) <= LARGEST_NETWORK
    assert wheel.stat().st_size <= LARGEST_WHEEL


def test_the_default_install_brings_no_framework(python):
    listed = run(python, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check")
    installed = {package["name"].lower() for package in json.loads(listed)}
    assert "onnxruntime" in installed
    assert not installed & {"torch", "lightning", "onnx", "scipy", "scikit-image", "matplotlib"}


def test_it_colours_a_photograph_there(python, grey_jpeg, tmp_path):
    (tmp_path / "photograph.jpg").write_bytes(grey_jpeg)
    run(python, "-m", "tintype", "colorize", "photograph.jpg", "-o", "out", cwd=tmp_path)
    with Image.open(tmp_path / "out" / "photograph.jpg") as colored:
        assert colored.size == Image.open(io.BytesIO(grey_jpeg)).size
        _, blue, red = colored.convert("YCbCr").split()
    assert max(high - low for low, high in (blue.getextrema(), red.getextrema())) > 2
