# SPDX-License-Identifier: Apache-2.0
"""``tintype web``: what it prints, and whom it warns; serving itself is tested where it is."""

import re

import pytest

pytest.importorskip("fastapi", reason="the extra `web` is missing")

from tintype.cli import web
from tintype.cli.main import main


@pytest.fixture
def begin(monkeypatch, stand_in, capsys):
    """Run the command up to the point where it would serve; what it printed, and the address."""

    def begin_(*arguments: str):
        served = []

        def serve(app, opened, limits):
            served.append((opened.getsockname(), limits))
            opened.close()

        monkeypatch.setattr(web, "serve", serve)
        assert main(["web", "--port", "0", "--model", stand_in.file, *arguments]) == 0
        return capsys.readouterr(), *served[0]

    return begin_


def test_it_listens_on_this_machine_alone_and_prints_where(begin):
    said, (host, port), _ = begin()
    assert host == "127.0.0.1"
    assert said.out == f"http://127.0.0.1:{port}/\n"
    assert not said.err


def test_who_lets_others_in_is_warned_and_offered_a_token(begin):
    said, _, _ = begin("--host", "0.0.0.0")  # noqa: S104 - it is what the warning is for
    assert "anyone who can reach 0.0.0.0 can use this server" in said.err
    assert "--token new" in said.err
    said, (_, port), _ = begin("--host", "0.0.0.0", "--token", "new")  # noqa: S104
    assert not said.err
    assert re.fullmatch(rf"http://0\.0\.0\.0:{port}/#token=[\w-]{{24}}\n", said.out)


@pytest.mark.parametrize("token", ["", " "])
def test_an_empty_token_is_refused(token, stand_in, monkeypatch, capsys):
    monkeypatch.setattr(web, "serve", lambda _, opened, __: opened.close())
    assert main(["web", "--port", "0", "--model", stand_in.file, "--token", token]) == 2
    said = capsys.readouterr().err
    assert "--token is empty" in said
    assert "--token new" in said


def test_the_bounds_are_options(begin):
    assert begin("--upload-bytes", "12345", "--queue", "3")[2].upload_bytes == 12345
