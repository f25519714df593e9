"""Keeps web pages out of the local servers, which run code and trust every caller.

A page in a browser on this machine can send requests to 127.0.0.1: some kinds without asking first, and any under a
name of its own that it lets resolve to 127.0.0.1. AWS's tools name themselves otherwise, know this machine by these
names only, and send none of the headers that browsers add to what a page sends.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

NAMES_OF_THIS_MACHINE = ("127.0.0.1", "localhost")

# https://fetch.spec.whatwg.org/#origin-header and https://www.w3.org/TR/fetch-metadata/
SENT_BY_BROWSERS = ("origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest")

REFUSAL = b"This server is for programs of this machine, not for pages in a browser.\n"

Asgi = Callable[[dict[str, Any], Callable, Callable], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable], Iterable[bytes]]


def is_refused(headers: Mapping[str, str]) -> bool:
    """Returns whether a request with these headers, whose names are in lower case, may be a page's."""
    host = headers.get("host", "").rsplit(":", 1)[0]
    return (
        host not in NAMES_OF_THIS_MACHINE
        or any(name in headers for name in SENT_BY_BROWSERS)
        or headers.get("user-agent", "").startswith("Mozilla/")
    )


def kept_out_of_asgi(app: Asgi) -> Asgi:
    async def call(scope: dict[str, Any], receive: Callable, send: Callable) -> None:
        if scope["type"] in ("http", "websocket"):
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
            if is_refused(headers):
                await send({"type": "http.response.start", "status": HTTPStatus.FORBIDDEN.value, "headers": []})
                await send({"type": "http.response.body", "body": REFUSAL})
                return
        await app(scope, receive, send)

    return call


def kept_out_of_wsgi(app: Wsgi) -> Wsgi:
    def call(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        if is_refused(headers):
            start_response(f"{HTTPStatus.FORBIDDEN.value} {HTTPStatus.FORBIDDEN.phrase}", [])
            return [REFUSAL]
        return app(environ, start_response)

    return call
