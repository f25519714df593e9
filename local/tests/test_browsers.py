"""A hostile page, against both servers' guards: whatever it sends, nothing behind them hears of it."""

import asyncio
import unittest
from typing import Any

from browsers import is_refused, kept_out_of_asgi, kept_out_of_wsgi

TOOLS = [
    {"host": "127.0.0.1:4566", "user-agent": "aws-cli/2.31.0 md/awscrt#0.27.6"},
    {"host": "localhost:4567", "user-agent": "aws-sdk-java/2.41.28 md/io#sync"},
    {"host": "127.0.0.1:4566", "user-agent": "Python-urllib/3.11"},
    {"host": "127.0.0.1:4567", "user-agent": "curl/8.5.0"},
    {"host": "127.0.0.1"},
]

PAGES = [
    {"host": "127.0.0.1:4566", "origin": "https://evil.example"},
    {"host": "127.0.0.1:4566", "origin": "null"},
    {"host": "127.0.0.1:4566", "origin": "http://127.0.0.1:4566"},
    {"host": "rebind.evil.example"},
    {"host": "rebind.evil.example:4566"},
    {"host": "127.0.0.1.evil.example:4566"},
    {"host": "localhost.evil.example"},
    {"host": "0.0.0.0:4566"},
    {"host": ""},
    {},
    # An image, a script or a link sends no Origin; AWS's query protocol takes GET.
    {"host": "127.0.0.1:4566", "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
    {"host": "127.0.0.1:4566", "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/60.0"},
]


class Headers(unittest.TestCase):
    def test_the_tools_of_aws_are_served(self) -> None:
        for headers in TOOLS:
            with self.subTest(headers):
                self.assertFalse(is_refused(headers))

    def test_pages_are_refused(self) -> None:
        for headers in PAGES:
            with self.subTest(headers):
                self.assertTrue(is_refused(headers))


class Servers(unittest.TestCase):
    def asgi(self, kind: str, headers: dict[str, str], heard: list[str]) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []

        async def app(scope: dict[str, Any], _receive: Any, _send: Any) -> None:
            heard.append(scope["type"])

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {"type": kind, "headers": [(name.title().encode(), value.encode()) for name, value in headers.items()]}
        asyncio.run(kept_out_of_asgi(app)(scope, None, send))
        return sent

    def test_ministack_hears_of_tools_only(self) -> None:
        for headers in TOOLS:
            heard: list[str] = []
            self.assertEqual([], self.asgi("http", headers, heard))
            self.assertEqual(["http"], heard)
        for headers in PAGES:
            for kind in ("http", "websocket"):
                heard = []
                self.assertEqual(403, self.asgi(kind, headers, heard)[0]["status"])
                self.assertEqual([], heard)

    def test_the_life_of_the_server_is_no_request(self) -> None:
        heard: list[str] = []

        async def app(scope: dict[str, Any], _receive: Any, _send: Any) -> None:
            heard.append(scope["type"])

        asyncio.run(kept_out_of_asgi(app)({"type": "lifespan"}, None, None))
        self.assertEqual(["lifespan"], heard)

    def test_moto_hears_of_tools_only(self) -> None:
        for headers, served in [(headers, True) for headers in TOOLS] + [(headers, False) for headers in PAGES]:
            heard: list[str] = []
            answered: list[str] = []

            def app(environ: dict[str, Any], _start: Any, heard: list[str] = heard) -> list[bytes]:
                heard.append(environ["PATH_INFO"])
                return []

            environ = {"PATH_INFO": "/_edges"} | {
                "HTTP_" + name.replace("-", "_").upper(): value for name, value in headers.items()
            }
            kept_out_of_wsgi(app)(environ, lambda status, _headers, answered=answered: answered.append(status))
            self.assertEqual(["/_edges"] if served else [], heard)
            self.assertEqual([] if served else ["403 Forbidden"], answered)


if __name__ == "__main__":
    unittest.main()
