# SPDX-License-Identifier: Apache-2.0
"""``python -m tintype`` is the command line, where the ``tintype`` script is not on the path."""

import sys

from tintype.cli.main import main

sys.exit(main())
