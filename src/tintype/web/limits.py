# SPDX-License-Identifier: Apache-2.0
"""What a server lets its clients ask for, stated once, with defaults for a small machine.

A server that is open to others is asked for more than it has: by many at once, by photographs that
are too large, by clients who send slowly or never fetch what they asked for. Each of these has a
bound here, and each bound an answer of its own, which :mod:`tintype.web.problems` gives.
"""

from dataclasses import dataclass, fields

from tintype.spec.options import check_option, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one server.

    Raises:
        OptionError: a value is below its least; the message names both.
    """

    upload_bytes: int = number(200_000_000, "Bytes of one photograph's file (413).", low=1)
    pixels: int = number(100_000_000, "Pixels of one photograph (413).", low=1)
    network_size: int = number(
        1024, "Short side, in pixels, that the network may be asked to see (422).", low=64
    )
    concurrent: int = number(2, "Photographs coloured at the same time.", low=1)
    queue: int = number(32, "Photographs that may wait beside those (503).", low=0)
    per_client: int = number(16, "Photographs of one client in the house at a time (429).", low=1)
    transfer_seconds: float = number(
        60.0, "Time that sending a photograph, or fetching a result, may take (408).", low=0.1
    )
    work_seconds: float = number(
        120.0, "Time that a photograph may wait and be coloured in (503).", low=0.1
    )
    jobs: int = number(16, "Jobs in the house at a time (503).", low=1)
    jobs_per_client: int = number(4, "Jobs of one client in the house at a time (429).", low=1)
    job_files: int = number(500, "Files of one job (413).", low=1)
    job_bytes: int = number(
        4_000_000_000, "Bytes of one job's files that are not coloured yet (413).", low=1
    )
    film_bytes: int = number(4_000_000_000, "Bytes of one film's file (413).", low=1)
    lifetime_seconds: float = number(
        3600.0, "Time that a job is kept, with its results, after it was last asked for.", low=0.1
    )

    def __post_init__(self) -> None:
        for limit in fields(self):
            check_option(limit.name, getattr(self, limit.name), limit.metadata)


LIMITS = Limits()
