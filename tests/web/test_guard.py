# SPDX-License-Identifier: Apache-2.0
"""Who may ask, and what every answer tells the browser."""

import pytest

from tintype.web.guard import HEADERS, is_local


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/models", "/none", "/v1/colorize"])
def test_every_answer_has_the_policies(house, path):
    answer = house.client.get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


def test_the_policy_names_nothing_from_elsewhere():
    assert "http" not in HEADERS["Content-Security-Policy"]
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert "*" not in HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_pages_of_other_sites_are_refused(house, grey_jpeg, headers):
    answer = house.client.post("/v1/colorize", content=grey_jpeg, headers=headers)
    assert answer.status_code == 403


def test_the_servers_own_page_is_not_refused(house, grey_jpeg):
    headers = {"Origin": house.address, "Sec-Fetch-Site": "same-origin"}
    answer = house.client.post("/v1/colorize", content=grey_jpeg, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:80", 200),
        ("[::1]:9", 200),
        ("127.0.0.2:8008", 200),
        ("128.0.0.1", 421),
        ("evil.example", 421),
        ("[", 421),
    ],
)
def test_a_local_server_has_no_other_name(house, host, status):
    assert house.client.get("/v1/models", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("host", "status"), [("tintype.example:8443", 200), ("tintype.example", 403), ("10.0.0.9", 403)]
)
def test_a_proxy_must_pass_the_host_on(start, grey_jpeg, host, status):
    headers = {"Host": host, "Origin": "https://tintype.example:8443"}
    running = start(local=False)
    answer = running.client.post("/v1/colorize", content=grey_jpeg, headers=headers)
    assert answer.status_code == status


def test_a_token_guards_the_api_and_not_the_page(start, grey_jpeg):
    running = start(token="s3cret", local=False)  # noqa: S106 - of this test alone
    right, wrong = ({"Authorization": f"Bearer {word}"} for word in ("s3cret", "sécret"))
    assert running.client.get("/", headers={"Host": "tintype.example"}).status_code == 200
    assert running.client.get("/healthz").status_code == 200
    for path in ("/v1/models", "/metrics"):
        assert running.client.get(path, headers=right).status_code == 200
        for headers in ({}, {k: v.encode() for k, v in wrong.items()}):
            refused = running.client.get(path, headers=headers)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"] == "Bearer"
    assert running.client.post("/v1/colorize", content=grey_jpeg).status_code == 401
    assert running.client.post("/v1/colorize", content=grey_jpeg, headers=right).status_code == 200


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("box", False)],  # noqa: S104
)
def test_only_the_machine_itself_is_local(host, local):
    assert is_local(host) is local
