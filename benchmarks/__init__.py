# SPDX-License-Identifier: Apache-2.0
"""How long users wait, and what the parts cost: ``python -m benchmarks [NAME...] [--out DIR]``.

A benchmark is a module here with ``run() -> Result``; its docstring says what is timed, against
what, and why that is fair. Each prints a table and leaves a record with the command, the commit and
the machine. Times differ from machine to machine, so what matters is given as a ratio of two times
taken in turn within the same run. To add a benchmark, write its module and add its row to
``BENCHMARKS`` in ``__main__.py``.
"""
