# SPDX-License-Identifier: Apache-2.0
"""From a photograph to its coloured version, on ONNX Runtime."""
