# SPDX-License-Identifier: Apache-2.0
"""The door: who may ask, and what every answer tells the browser.

A page that anyone has open in their browser may send requests to a server on their own machine. So
a request from another site is refused (the browser tells, by Fetch Metadata and Origin), and a
server that listens on the machine itself answers only to the machine's own names, lest another
name be made to point at it. A token, where one is asked for, guards the API; the page itself holds
no secret, and asks for the token.

The policy of content allows what the page is made of and nothing from anywhere else.

Source: W3C Content Security Policy 3; W3C Fetch Metadata Request Headers; RFC 6750 (Bearer).
"""

import hmac
import ipaddress
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tintype.web.problems import Refusal, answer_error
from tintype.web.tally import Tally

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_API = "/v1/"
_METRICS = "/metrics"
_OWN_SITES = ("same-origin", "none")  # none: typed by hand, or no page at all


def is_local(host: str) -> bool:
    """Whether only this machine itself can reach ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Guard:
    """ASGI middleware around the whole application.

    Args:
        app: what is guarded.
        token: what clients of the API must know; None to ask for none.
        local: whether the server listens on the machine itself and has no other name.
        tally: counts the answers.
    """

    def __init__(self, app: ASGIApp, *, token: str | None, local: bool, tally: Tally) -> None:
        self._app = app
        self._token = token
        self._local = local
        self._tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                self._tally.add_request(scope["method"], _pattern(scope), message["status"])
            await send(message)

        try:
            self._check(scope)
        except Refusal as refusal:
            await answer_error(refusal)(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)

    def _check(self, scope: Scope) -> None:
        """Raise :class:`Refusal` for who must not ask."""
        headers, path = Headers(scope=scope), scope["path"]
        own = headers.get("host", "")
        if self._local and not is_local(_name(own)):
            raise Refusal(
                HTTPStatus.MISDIRECTED_REQUEST,
                f"this server is localhost, or a loopback address such as 127.0.0.1, and not "
                f"{_name(own) or 'nameless'}",
            )
        if scope["method"] not in ("GET", "HEAD") and not _same_site(headers, own):
            raise Refusal(HTTPStatus.FORBIDDEN, "pages of other sites may not use this server")
        guarded = path.startswith(_API) or path == _METRICS
        if self._token is not None and guarded and not _knows(headers, self._token):
            raise Refusal(
                HTTPStatus.UNAUTHORIZED,
                "this server asks for a token; send it as `Authorization: Bearer TOKEN`",
            )


def _same_site(headers: Headers, own: str) -> bool:
    origin = headers.get("origin")
    return headers.get("sec-fetch-site", "none") in _OWN_SITES and (
        origin is None or urlsplit(origin).netloc == own
    )


def _name(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _knows(headers: Headers, token: str) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode())


def _pattern(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", None) or "other"
