# SPDX-License-Identifier: Apache-2.0
import os
import re
import subprocess
import sys
from pathlib import Path

import tintype

_SUPPRESSED = {"CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_RUNNING_UNIT_TESTS"}  # would prove nothing


def test_opening_a_network_leaves_no_trace_of_telemetry(tmp_path):
    # What ONNX Runtime means to report, it first writes to a data base in the user's cache.
    kept = {k: v for k, v in os.environ.items() if k not in _SUPPRESSED and "TELEMETRY" not in k}
    places = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "TMPDIR"), str(tmp_path))
    opening = "import tintype; tintype.Colorizer(device='cpu')"
    subprocess.run([sys.executable, "-c", opening], check=True, env={**kept, **places})
    assert list(tmp_path.rglob("*")) == []


def test_only_one_module_imports_onnx_runtime():
    package = Path(tintype.__file__).parent
    imports = re.compile(r"^\s*(import|from) onnxruntime\b", re.MULTILINE)
    found = [path.name for path in package.rglob("*.py") if imports.search(path.read_text("utf-8"))]
    assert found == ["runtime.py"]
