# SPDX-License-Identifier: Apache-2.0
"""``tintype`` and ``python -m tintype``: the command line as a process of its own."""

import gc
import sys
from typing import NoReturn

from tintype.cli.main import main


def run() -> NoReturn:
    """Run the command line and leave, without looking for garbage in what the system takes back.

    Python collects several times on its way out, and finds modules. Frozen, they are passed over;
    all else happens as usual: what is registered for the exit, buffers, threads.
    """
    code = main()
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    run()
