# SPDX-License-Identifier: Apache-2.0
"""Jobs over the wire: sent, watched, fetched, cancelled, bounded, and gone when they are done."""

import io
import json
import shutil
import subprocess
import tempfile
import textwrap
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from tintype.inference.colorizer import Colorizer

ROOT = Path(__file__).parents[2]


def begin(running) -> str:
    answer = running.client.post("/v1/jobs")
    assert answer.status_code == 201, answer.text
    return f"/v1/jobs/{answer.json()['id']}"


def send(running, job: str, content: bytes, **query):
    return running.client.post(f"{job}/photographs", content=content, params=query)


def watch(running, job: str, seen: int = 0) -> list[tuple[str, int, dict]]:
    """Events of a job until it is settled, or removed."""
    told, kind, number = [], "", 0
    headers = {"Last-Event-ID": str(seen)}
    with running.client.stream("GET", f"{job}/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "id":
                number = int(value)
            elif name == "data":
                told.append((kind, number, json.loads(value)))
                if kind in ("settled", "removed"):
                    return told
    return told


def folders() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob("tintype-web-*"))


def test_a_job_of_photographs_comes_home_as_a_zip(house, grey_jpeg, grey_png):
    job = begin(house)
    options = {"vividness": "0.9"}
    assert send(house, job, grey_jpeg, name="a.jpg", **options).status_code == 201
    assert send(house, job, grey_jpeg, name="../A.jpg").status_code == 201
    assert send(house, job, grey_png, name="b.png", format="tiff").status_code == 201
    assert send(house, job, grey_jpeg, name="letter 3.5.1944").status_code == 201
    told = watch(house, job)
    assert told[-1][0] == "settled"
    assert [row["state"] for row in told[-1][2]["files"]] == ["done"] * 4
    names = [row["name"] for row in told[-1][2]["files"]]
    assert names == ["a.jpg", "A.jpg", "b.png", "letter 3.5.1944"]
    archive = zipfile.ZipFile(io.BytesIO(house.client.get(f"{job}/results.zip").content))
    assert archive.namelist() == ["a.jpg", "A-2.jpg", "b.tif", "letter 3.5.1944.jpg"]
    single = house.client.post("/v1/colorize", params=options, content=grey_jpeg).content
    assert archive.read("a.jpg") == single
    fetched = house.client.get(f"{job}/results/1")
    assert fetched.content == single
    assert fetched.headers["content-type"] == "image/jpeg"
    assert 'filename="a.jpg"' in fetched.headers["content-disposition"]
    assert house.client.delete(job).status_code == 204
    assert house.client.get(job).status_code == 404
    house.wait(lambda: not folders())


@pytest.mark.skipif(not all(map(shutil.which, ["bash", "curl", "jq"])), reason="no curl or jq")
def test_the_commands_of_the_document_bring_a_job_home(start, grey_jpeg, tmp_path):
    running = start()
    text = (ROOT / "docs/web.md").read_text(encoding="utf-8").partition("## Jobs\n")[2]
    commands = textwrap.dedent(text.partition("\n(in bash")[0])
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(grey_jpeg)
    words = ["bash", "-c", commands.replace("http://127.0.0.1:8008", running.address)]
    done = subprocess.run(words, cwd=tmp_path, stdout=subprocess.PIPE, timeout=30, check=True)
    running.app.state.workshop.close()  # so that who watches is sent home
    assert done.stdout.endswith(b"event: settled\n")
    assert zipfile.ZipFile(tmp_path / "results.zip").namelist() == ["a.jpg", "b.jpg"]


def test_what_fails_says_why_and_the_others_are_done(house, grey_jpeg, color_jpeg):
    job = begin(house)
    send(house, job, grey_jpeg[:-300], name="torn.jpg")
    send(house, job, color_jpeg, name="colour.jpg")
    assert send(house, job, b"no picture", name="c.jpg").status_code == 415
    files = watch(house, job)[-1][2]["files"]
    assert [row["state"] for row in files] == ["failed", "done"]
    assert files[0]["problem"]["error"] == "UnreadableImage"
    assert files[0]["problem"]["status"] == 422
    assert "colour already" in files[1]["notices"][0]
    assert house.client.get(f"{job}/results/1").status_code == 404
    house.client.delete(job)


def test_a_bug_fails_one_file_and_stays_in_the_log(start, grey_jpeg, monkeypatch, caplog):
    running = start()

    def fail(*_):
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(Colorizer, "__call__", fail)
    job = begin(running)
    send(running, job, grey_jpeg)
    (row,) = watch(running, job)[-1][2]["files"]
    assert row["state"] == "failed"
    assert row["problem"]["status"] == 500
    assert "secret" not in json.dumps(row)
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [
        ZeroDivisionError
    ]


def test_who_comes_back_is_told_what_is_new(house, grey_jpeg):
    job = begin(house)
    send(house, job, grey_jpeg, name="a.jpg")
    seen = watch(house, job)[-1][1]
    send(house, job, grey_jpeg, name="b.jpg")
    told = watch(house, job, seen)
    assert {row["name"] for kind, _, row in told if kind == "file"} == {"b.jpg"}
    assert all(number > seen for _, number, _ in told)
    house.client.delete(job)


def test_cancelling_drops_what_waits_and_keeps_results(start, bench, grey_jpeg):
    running = start()
    job = begin(running)
    for name in "abc":
        send(running, job, grey_jpeg, name=f"{name}.jpg")
    assert bench.reached.wait(20)
    states = [row["state"] for row in running.client.post(f"{job}/cancel").json()["files"]]
    assert states == ["working", "cancelled", "cancelled"]
    assert send(running, job, grey_jpeg).status_code == 409
    bench.go.set()
    files = watch(running, job)[-1][2]["files"]
    assert [row["state"] for row in files] == ["done", "cancelled", "cancelled"]
    assert running.client.get(f"{job}/results/1").status_code == 200


def test_a_removed_jobs_folder_goes_when_its_work_is_done(start, bench, grey_jpeg):
    running = start()
    job = begin(running)
    send(running, job, grey_jpeg)
    assert bench.reached.wait(20)
    assert running.client.delete(job).status_code == 204
    assert len(folders()) == 1
    bench.go.set()
    running.wait(lambda: not folders())


def test_a_job_has_one_photograph_at_work(start, grey_jpeg, bench):
    running = start(concurrent=2)
    job = begin(running)
    for _ in range(5):
        send(running, job, grey_jpeg)
    assert bench.reached.wait(20)
    states = [row["state"] for row in running.client.get(job).json()["files"]]
    assert states.count("working") == 1


@pytest.mark.parametrize(("concurrent", "jobs_at_work"), [(1, 1), (2, 1), (3, 2)])
def test_jobs_leave_a_place_for_a_single_photograph(
    start, grey_pixels, grey_jpeg, bench, concurrent, jobs_at_work
):
    running = start(concurrent=concurrent)
    jobs = [begin(running) for _ in range(3)]
    for job in jobs:
        assert send(running, job, grey_jpeg).status_code == 201
    running.wait(lambda: len(bench.sizes) == jobs_at_work)
    states = [running.client.get(job).json()["files"][0]["state"] for job in jobs]
    assert states == ["working"] * jobs_at_work + ["waiting"] * (3 - jobs_at_work)
    buffer = io.BytesIO()
    Image.fromarray(grey_pixels.T).save(buffer, "PNG")
    with ThreadPoolExecutor(1) as pool:
        posted = pool.submit(running.client.post, "/v1/colorize", content=buffer.getvalue())
        if concurrent > 1:
            running.wait(lambda: grey_pixels.T.shape in bench.sizes)
        else:  # it is next
            running.wait(lambda: running.occupied == 1)
        bench.go.set()
        assert posted.result().status_code == 200
    for job in jobs:
        assert watch(running, job)[-1][2]["files"][0]["state"] == "done"


def test_a_job_that_is_cancelled_before_its_turn_is_not_worked_on(start, grey_jpeg, bench):
    running = start(concurrent=2)
    jobs = [begin(running) for _ in range(2)]
    for job in jobs:
        send(running, job, grey_jpeg)
    assert bench.reached.wait(20)
    (row,) = running.client.post(f"{jobs[1]}/cancel").json()["files"]
    assert row["state"] == "cancelled"
    bench.go.set()
    assert watch(running, jobs[0])[-1][2]["files"][0]["state"] == "done"
    assert watch(running, jobs[1])[-1][2]["files"][0]["state"] == "cancelled"
    assert len(bench.sizes) == 1


def test_a_job_has_so_many_files_and_bytes(start, bench, grey_jpeg):
    running = start(job_files=2, job_bytes=len(grey_jpeg) + 10)
    job = begin(running)
    assert send(running, job, grey_jpeg).status_code == 201
    answer = send(running, job, grey_jpeg)
    assert answer.status_code == 413
    assert f"more than the {len(grey_jpeg) + 10} bytes" in answer.json()["detail"]
    answer = send(running, job, grey_jpeg)
    assert answer.status_code == 413
    assert "2 files, as many as one may have" in answer.json()["detail"]


def test_what_did_not_come_well_does_not_count(start, grey_jpeg):
    running = start(job_bytes=len(grey_jpeg))
    job = begin(running)
    assert send(running, job, b"no picture" * 9).status_code == 415
    assert send(running, job, grey_jpeg).status_code == 201


def test_what_is_coloured_makes_room_for_more(start, grey_jpeg, color_jpeg):
    network = Colorizer(device="cpu", threads=1)
    running = start(network=network, job_bytes=len(grey_jpeg) + len(color_jpeg))
    job = begin(running)
    form = {"photograph": grey_jpeg, "reference": color_jpeg}
    for _ in range(2):
        assert running.client.post(f"{job}/photographs", files=form).status_code == 201
        assert watch(running, job)[-1][2]["files"][-1]["state"] == "done"
    assert send(running, job, grey_jpeg[:-300]).status_code == 201
    assert watch(running, job)[-1][2]["files"][-1]["state"] == "failed"
    assert running.client.post(f"{job}/photographs", files=form).status_code == 201


def test_a_client_has_so_many_jobs_and_the_house_too(start):
    running = start(jobs_per_client=2)
    kept = [begin(running) for _ in range(2)]
    answer = running.client.post("/v1/jobs")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    running.client.delete(kept[0])
    begin(running)
    full = start(jobs=1)
    begin(full)
    answer = full.client.post("/v1/jobs")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


def test_a_job_that_nobody_asks_for_is_removed(start, grey_jpeg):
    running = start(lifetime_seconds=0.4)
    job = begin(running)
    send(running, job, grey_jpeg)
    running.wait(lambda: len(running.app.state.jobs) == 0)
    assert running.client.get(job).status_code == 404
    running.wait(lambda: not folders())


def test_a_server_that_closes_ends_jobs_and_who_watches_them(start, bench, grey_jpeg):
    running = start()
    job = begin(running)
    send(running, job, grey_jpeg)
    assert bench.reached.wait(20)
    running.app.state.workshop.close()
    assert running.client.post("/v1/jobs").status_code == 503
    assert send(running, job, grey_jpeg).status_code == 503
    assert watch(running, job)[-1][0] == "removed"
    bench.go.set()


@pytest.mark.parametrize("id", ["none", "..", "%2e%2e", "a" * 500])
def test_a_job_that_is_not_there_is_not_found(house, id):
    assert house.client.get(f"/v1/jobs/{id}/events").status_code == 404


def test_counts_tell_of_jobs(start):
    running = start()
    begin(running)
    assert "tintype_jobs 1" in running.client.get("/metrics").text
