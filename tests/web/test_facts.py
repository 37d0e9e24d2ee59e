# SPDX-License-Identifier: Apache-2.0
"""What a server tells of itself."""

from tintype import __version__
from tintype.spec.models import MODELS


def test_it_is_well(house):
    assert house.client.get("/healthz").json() == {"status": "ok", "version": __version__}


def test_it_lists_the_networks_and_its_own(house, stand_in):
    listed = {row["name"]: row for row in house.client.get("/v1/models").json()}
    assert listed.keys() == {*MODELS, stand_in.name}
    assert [name for name, row in listed.items() if row["used"]] == [stand_in.name]
    assert stand_in.file not in str(listed)


def test_it_counts_what_it_does(start, grey_jpeg):
    running = start()
    running.client.post("/v1/colorize", content=grey_jpeg)
    running.client.post("/v1/colorize", content=b"no picture")
    running.client.get("/made/up/address")
    lines = running.client.get("/metrics").text.splitlines()
    route = 'method="POST",route="/v1/colorize"'
    assert f'tintype_requests_total{{{route},status="200"}} 1' in lines
    assert f'tintype_requests_total{{{route},status="415"}} 1' in lines
    assert "tintype_photograph_seconds_count 1" in lines
    assert "tintype_photographs_failed_total 0" in lines
    assert not any("made" in line for line in lines)


def test_every_photograph_is_in_one_bucket_and_those_above(start, grey_jpeg):
    running = start()
    for _ in range(3):
        running.client.post("/v1/colorize", content=grey_jpeg)
    text = running.client.get("/metrics").text
    counts = [int(line.rpartition(" ")[2]) for line in text.splitlines() if "_bucket" in line]
    assert counts == sorted(counts)
    assert counts[-1] == 3
