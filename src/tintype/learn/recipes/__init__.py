# SPDX-License-Identifier: Apache-2.0
"""One experiment a file: its docstring says command, cost and result."""
