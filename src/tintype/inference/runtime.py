# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime, told to keep what it sees to itself.

Since 1.29 its packages for Linux report to their maker too, as those for Windows do: the process,
each network that is opened and how it runs. What cannot be sent waits in the user's cache. tintype
promises that nothing leaves the machine, so this is the only module that imports ONNX Runtime.

Source: github.com/microsoft/onnxruntime, docs/Privacy.md and pull requests 27379 and 29843.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # is read while ONNX Runtime is imported

import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

ort.disable_telemetry_events()  # for a process that had imported it before

__all__ = ["ort", "ort_errors"]
