# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.load``: many clients at once, for minutes, on loopback.

Each client has an address of its own (127.0.0.2 and on), posts one photograph after another, and
comes again when it is told to. It is bounded in clients and time, and stops by itself. What may
come back is a coloured photograph, 429 or 503; all else is an error and is counted as one.
"""

import argparse
import asyncio
import io
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import httpx

from benchmarks.command import make_photograph
from benchmarks.result import Result, save
from tintype.records.provenance import collect_provenance

_SIDES = (120, 400, 816)  # pixels, of the photographs' short sides
_SAMPLES = 5.0  # seconds between two looks at the server's memory
_TURNED_AWAY = (429, 503)


@dataclass(slots=True)
class Count:
    """What clients met."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)  # MB, of the server


def main() -> None:
    """Load a server, and write a record of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--out", type=Path, default=Path("out/bench/load.json"))
    asked = parser.parse_args()
    result = load_server(clients=asked.clients, minutes=asked.minutes)
    save(result, asked.out, collect_provenance())
    print(result.to_markdown())


def load_server(*, clients: int, minutes: float) -> Result:
    """Start a server with its own limits, load it, end it."""
    command = [sys.executable, "-m", "tintype", "web", "--port", "0", "--device", "cpu"]
    before = _folders()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # it was asked for
        address = server.stdout.readline().strip()
        count = asyncio.run(_load(address, server.pid, clients=clients, seconds=60 * minutes))
        colored = _photographs(httpx.get(f"{address}metrics", trust_env=False).text)
        server.terminate()
        code = server.wait(200)
    return _report(count, colored, clients, minutes, code=code, left=len(_folders() - before))


async def _load(address: str, pid: int, *, clients: int, seconds: float) -> Count:
    count, end = Count(), perf_counter() + seconds
    photographs = _photographs_to_send()
    watching = asyncio.create_task(_watch(pid, count))
    async with asyncio.TaskGroup() as group:
        for number in range(clients):
            group.create_task(_visit(address, f"127.0.0.{2 + number}", photographs, count, end))
    watching.cancel()
    return count


async def _visit(
    address: str, own: str, photographs: list[bytes], count: Count, end: float
) -> None:
    transport = httpx.AsyncHTTPTransport(local_address=own, retries=3)
    async with httpx.AsyncClient(transport=transport, timeout=180, trust_env=False) as client:
        turn = int(own.rpartition(".")[2])
        while perf_counter() < end:
            turn += 1
            began = perf_counter()
            try:
                answer = await client.post(
                    f"{address}v1/colorize", content=photographs[turn % len(photographs)]
                )
            except httpx.HTTPError as error:
                count.statuses[type(error).__name__] += 1
                continue
            count.statuses[str(answer.status_code)] += 1
            if answer.status_code == 200:
                count.seconds.append(perf_counter() - began)
            elif answer.status_code in _TURNED_AWAY:
                await asyncio.sleep(float(answer.headers["Retry-After"]))


async def _watch(pid: int, count: Count) -> None:
    while True:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        resident = next(line for line in lines if line.startswith("VmRSS:"))
        count.memory.append(int(resident.split()[1]) / 1000)
        await asyncio.sleep(_SAMPLES)


def _report(
    count: Count, colored: int, clients: int, minutes: float, *, code: int, left: int
) -> Result:
    answered = count.statuses.pop("200", 0)
    turned = {status: count.statuses.pop(str(status), 0) for status in _TURNED_AWAY}
    quantiles = statistics.quantiles(count.seconds, n=20)
    third = max(1, len(count.memory) // 3)
    rows = [
        ("photographs coloured", colored),
        ("of these answered", answered),
        *(
            (f"turned away with {status}, told when to come again", n)
            for status, n in turned.items()
        ),
        ("errors", count.statuses.total()),
        ("median, s", quantiles[9]),
        ("p95, s", quantiles[18]),
        ("memory, first third, MB", statistics.median(count.memory[:third])),
        ("memory, last third, MB", statistics.median(count.memory[-third:])),
        ("memory, most, MB", max(count.memory)),
        ("exit code after SIGTERM", code),
        ("folders left behind", left),
    ]
    return Result(
        title="Under load",
        method=f"{clients} clients for {minutes:g} minutes over loopback on the server's own "
        f"machine, which the clients load too; grey JPEGs of {', '.join(map(str, _SIDES))} pixels "
        f"short side in turn; the server's own limits. Times are of answered photographs, from "
        f"the first byte sent to the last one back.",
        header=("what", "value"),
        rows=rows,
    )


def _photographs_to_send() -> list[bytes]:
    whole = make_photograph()
    made = []
    for side in _SIDES:
        buffer = io.BytesIO()
        whole.resize((side * 3 // 2, side)).save(buffer, "JPEG", quality=90)
        made.append(buffer.getvalue())
    return made


def _photographs(metrics: str) -> int:
    name = "tintype_photograph_seconds_count "
    return next(int(line.removeprefix(name)) for line in metrics.splitlines() if name in line)


def _folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("tintype-web-*"))


if __name__ == "__main__":
    main()
