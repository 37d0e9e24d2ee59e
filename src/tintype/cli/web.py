# SPDX-License-Identifier: Apache-2.0
"""``tintype web``: the page and the API, on this machine."""

import secrets
from typing import Annotated

import typer

from tintype.cli.unfold import unfold
from tintype.errors import OptionError
from tintype.inference.colorizer import Colorizer
from tintype.spec.options import EngineOptions
from tintype.web.app import create_app
from tintype.web.guard import is_local
from tintype.web.limits import Limits
from tintype.web.memory import share_arenas
from tintype.web.server import listen, serve

app = typer.Typer(add_completion=False)

_NEW = "new"


@app.command()
@unfold
def web(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes any free one.")] = 8008,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="TINTYPE_TOKEN",
            help=f"Ask clients for this token; {_NEW!r} makes one and prints it.",
        ),
    ] = None,
    engine: EngineOptions,
    limits: Limits,
) -> None:
    """Open a page to colour photographs on, and an API.

    Nothing leaves the machine: the page comes whole from here, and photographs are removed once
    their results are fetched, or after a while.
    """
    token = secrets.token_urlsafe(18) if token == _NEW else token
    if token is not None and not token.strip():
        raise OptionError(f"--token is empty, and would let everyone in; --token {_NEW} makes one")
    local = is_local(host)
    opened = listen(host, port)
    share_arenas()
    colorizer = Colorizer(engine.model, device=engine.device)
    if not local and token is None:
        typer.echo(
            f"tintype: anyone who can reach {host} can use this server; "
            f"ask for a token with --token {_NEW}",
            err=True,
        )
    typer.echo(_address(host, opened.getsockname()[1], token))
    serve(create_app(colorizer, limits=limits, token=token, local=local), opened, limits)


def _address(host: str, port: int, token: str | None) -> str:
    """Where the page is; a token stands behind the #, which no browser sends anywhere."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/" + (f"#token={token}" if token else "")
