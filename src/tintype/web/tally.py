# SPDX-License-Identifier: Apache-2.0
"""What the server counts of itself, in the text format that Prometheus reads.

Three counters and a histogram need no client library. No label holds what a client chose: routes
are told by their pattern, so that nobody can fill the memory with made-up addresses.

Source: the exposition format, version 0.0.4, prometheus.io/docs/instrumenting/exposition_formats.
"""

from bisect import bisect_left
from collections import Counter
from threading import Lock

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6)  # upper bounds of the histogram


class Tally:
    """Counts of requests and photographs; threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets = [0] * (len(_SECONDS) + 1)
        self._seconds = 0.0
        self._failed = 0

    def add_request(self, method: str, route: str, status: int) -> None:
        """Count an answer.

        Args:
            method: of the request, one of HTTP's own; others are counted as ``other``.
            route: the pattern of its path.
            status: of the answer.
        """
        with self._lock:
            self._requests[method if method in _METHODS else "other", route, status] += 1

    def add_photograph(self, seconds: float, *, failed: bool) -> None:
        """Count a photograph that was coloured, or could not be."""
        with self._lock:
            self._buckets[bisect_left(_SECONDS, seconds)] += 1
            self._seconds += seconds
            self._failed += failed

    def expose(self, *, places: int, jobs: int) -> str:
        """Write all counts down.

        Args:
            places: how many are taken now.
            jobs: how many there are now.
        """
        with self._lock:
            lines = [
                *_head("tintype_requests_total", "counter", "Answers, by route and status."),
                *(
                    f'tintype_requests_total{{method="{method}",route="{route}",'
                    f'status="{status}"}} {count}'
                    for (method, route, status), count in sorted(self._requests.items())
                ),
                *_head("tintype_photograph_seconds", "histogram", "Time a photograph took."),
                *self._histogram(),
                *_head("tintype_photographs_failed_total", "counter", "Could not be coloured."),
                f"tintype_photographs_failed_total {self._failed}",
                *_head("tintype_places_taken", "gauge", "Photographs in the house."),
                f"tintype_places_taken {places}",
                *_head("tintype_jobs", "gauge", "Jobs in the house."),
                f"tintype_jobs {jobs}",
            ]
        return "\n".join(lines) + "\n"

    def _histogram(self) -> list[str]:
        lines, total = [], 0
        for bound, count in zip((*map(str, _SECONDS), "+Inf"), self._buckets, strict=True):
            total += count
            lines.append(f'tintype_photograph_seconds_bucket{{le="{bound}"}} {total}')
        return [
            *lines,
            f"tintype_photograph_seconds_sum {self._seconds:.6f}",
            f"tintype_photograph_seconds_count {total}",
        ]


_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}


def _head(name: str, kind: str, help: str) -> tuple[str, str]:
    return f"# HELP {name} {help}", f"# TYPE {name} {kind}"
