"""The two servers that a measured process talks to: Lambda's runtime API, and AWS with TLS.

Both listen on ports of 127.0.0.1 that the system chooses, and refuse what may come from a page in a browser.
"""

import asyncio
import contextlib
import dataclasses
import json
import pathlib
import re
import ssl
import time
import urllib.parse
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from xml.sax.saxutils import escape

from bench.account import Account, Entries, Refused, Unknown
from bench.functions import ACCOUNT, REGION
from browsers import REFUSAL, is_refused

RUNTIME_API = "/2018-06-01/runtime/"
CREDENTIALS = "/2021-04-23/credentials"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret" * 6, "AWS_SESSION_TOKEN": "token" * 100}
TRACE = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0"
REQUEST = "11111111-2222-3333-4444-555555555555"
NAMESPACES = {
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "ec2": "http://ec2.amazonaws.com/doc/2016-11-15/",
    "sns": "http://sns.amazonaws.com/doc/2010-03-31/",
}


@dataclasses.dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclasses.dataclass
class Response:
    status: int
    body: bytes = b""
    type: str = "application/json"
    headers: dict[str, str] = dataclasses.field(default_factory=dict)


class Measured(Protocol):
    """What the servers tell the measured process's observer, each at the moment at which the request arrives."""

    def asks_for_work(self) -> bytes | None:
        """Returns the input of the next call; None if there is none, so that the process waits until it is ended."""

    def waits_for_restore(self) -> None: ...
    def answers(self, body: bytes) -> None: ...
    def fails(self, what: str) -> None: ...
    def calls(self, action: str) -> None: ...


class Stubs:
    """Both servers: async with Stubs(account, certificate, key) as stubs."""

    def __init__(self, account: Account, certificate: pathlib.Path, key: pathlib.Path) -> None:
        self.account = account
        self.measured: Measured | None = None
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate, key)
        self.of_runtime: dict[asyncio.StreamWriter, asyncio.Task] = {}
        self.of_aws: dict[asyncio.StreamWriter, asyncio.Task] = {}
        self.invocations = 0

    async def __aenter__(self) -> "Stubs":
        self.runtime = await asyncio.start_server(served(self.lambda_, self.of_runtime), "127.0.0.1", 0)
        self.aws = await asyncio.start_server(served(self.answered, self.of_aws), "127.0.0.1", 0, ssl=self.tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in (self.runtime, self.aws):
            server.close()
        tasks = [*self.of_runtime.values(), *self.of_aws.values()]
        self.cut(self.of_runtime)
        self.cut(self.of_aws)
        await asyncio.gather(*tasks, return_exceptions=True)

    @staticmethod
    def cut(connections: dict[asyncio.StreamWriter, asyncio.Task]) -> None:
        for connection in list(connections):
            connection.transport.abort()

    @staticmethod
    def port(server: asyncio.Server) -> int:
        return server.sockets[0].getsockname()[1]

    # https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
    async def lambda_(self, request: Request) -> Response | None:
        measured = self.measured
        asked = request.path.removeprefix(RUNTIME_API)
        if asked == CREDENTIALS:
            return Response(200, credentials())
        if asked == "invocation/next":
            work = measured.asks_for_work()
            if work is None:
                return None
            self.invocations += 1
            headers = {
                "Lambda-Runtime-Aws-Request-Id": f"{self.invocations:08d}-0000-0000-0000-000000000000",
                "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 60_000),
                "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:spawn-bench",
                "Lambda-Runtime-Trace-Id": TRACE,
            }
            return Response(200, work, headers=headers)
        if asked == "restore/next":
            self.cut(self.of_aws)  # no connection outlives a snapshot
            measured.waits_for_restore()
            return Response(200)
        if asked.endswith("/response"):
            measured.answers(request.body)
        else:
            measured.fails(request.body.decode("utf-8", "replace"))
        return Response(202, b'{"status":"OK"}')

    async def answered(self, request: Request) -> Response:
        target = request.headers.get("x-amz-target")
        if target:
            service, _, action = target.partition(".")
            asked: dict[str, Any] = json.loads(request.body)
        else:
            scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", request.headers.get("authorization", ""))
            service = scope[1] if scope else "nothing"
            asked = dict(urllib.parse.parse_qsl(request.body.decode(), keep_blank_values=True))
            action = asked.get("Action", "nothing")
        self.measured.calls(action)
        try:
            answer = self.account.answer(service, action, asked)
        except Refused as refused:
            return refusal(service, refused)
        except Unknown as unknown:
            self.measured.fails(f"bench/account.py does not know {unknown}.")
            return refusal(service, Refused(400, "InvalidAction", str(unknown)))
        if target:
            return Response(200, json.dumps(answer).encode(), "application/x-amz-json-1.0")
        return Response(200, response(service, action, answer).encode(), "text/xml")


def credentials() -> bytes:
    """Returns what Lambda answers where a function of a snapshot asks for its credentials, which no snapshot may hold.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
    """
    names = {
        "AWS_ACCESS_KEY_ID": "AccessKeyId",
        "AWS_SECRET_ACCESS_KEY": "SecretAccessKey",
        "AWS_SESSION_TOKEN": "Token",
    }
    given = {names[name]: value for name, value in KEYS.items()}
    return json.dumps(given | {"Expiration": "2099-01-01T00:00:00Z"}).encode()


def refusal(service: str, refused: Refused) -> Response:
    if service == "ec2":
        error = {"Errors": {"Error": {"Code": refused.code, "Message": refused.message}}, "RequestID": REQUEST}
        return Response(refused.status, f"<Response>{xml(error, 'item')}</Response>".encode(), "text/xml")
    if service in NAMESPACES:
        error = {"Error": {"Type": "Sender", "Code": refused.code, "Message": refused.message}, "RequestId": REQUEST}
        text = f'<ErrorResponse xmlns="{NAMESPACES[service]}">{xml(error, "member")}</ErrorResponse>'
        return Response(refused.status, text.encode(), "text/xml")
    error = {"__type": refused.code, "message": refused.message}
    return Response(refused.status, json.dumps(error).encode(), "application/x-amz-json-1.0")


def response(service: str, action: str, answer: dict[str, Any]) -> str:
    """Returns an answer as the service writes it: EC2's query protocol, or the one of IAM and SNS."""
    if service == "ec2":
        content = f"<requestId>{REQUEST}</requestId>" + xml(answer, "item")
    else:
        result = f"<{action}Result>{xml(answer, 'member')}</{action}Result>"
        content = f"{result}<ResponseMetadata><RequestId>{REQUEST}</RequestId></ResponseMetadata>"
    return f'<{action}Response xmlns="{NAMESPACES[service]}">{content}</{action}Response>'


def xml(value: Any, item: str) -> str:
    """Returns a value as XML; item is the name of a list's elements."""
    match value:
        case Entries():
            pairs = (f"<key>{xml(key, item)}</key><value>{xml(one, item)}</value>" for key, one in value.items())
            return "".join(f"<entry>{pair}</entry>" for pair in pairs)
        case dict():
            return "".join(f"<{name}>{xml(one, item)}</{name}>" for name, one in value.items())
        case list():
            return "".join(f"<{item}>{xml(one, item)}</{item}>" for one in value)
    return escape(str(value))


def served(
    handler: Callable[[Request], Awaitable[Response | None]], connections: dict[asyncio.StreamWriter, asyncio.Task]
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """Returns what serves HTTP/1.1 on a connection until the other side closes it.

    A request for which the handler has nothing waits as long. The open connections are kept, with what serves them.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections[writer] = asyncio.current_task()
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                request = await received(reader, writer)
                refused = is_refused(request.headers)
                answer = Response(403, REFUSAL, "text/plain") if refused else await handler(request)
                if not answer:
                    await reader.read()
                    break
                headers = {"Content-Type": answer.type, "Content-Length": str(len(answer.body)), **answer.headers}
                head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
                writer.write(f"HTTP/1.1 {answer.status} Answer\r\n{head}\r\n".encode() + answer.body)
                await writer.drain()
        del connections[writer]
        writer.close()

    return serve


async def received(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *lines = head.rstrip().split("\r\n")
    method, path, _ = line.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)}
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)
