"""HTTP/1.1 on the host's own event loop: one parser per connection, requests answered in their order.

A request costs no hop to another thread, which would take as long as all else that the host does for it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from time import time
from typing import Any, Final, cast
from urllib.parse import unquote

import httptools

from infra.local.functions.http.application import HttpApplication
from infra.local.functions.http.requests import Scope

_HEADER_BYTES: Final = 128 * 1024
_WAITING_BYTES: Final = 1024 * 1024
"""Beyond so much of a body that the function has not taken yet, the client is not listened to."""
_BODILESS: Final = frozenset({204, 304})
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_REASONS: Final = {status.value: status.phrase.encode() for status in HTTPStatus}
_log = logging.getLogger(__name__)


class Disconnected(Exception):
    """The client has gone before its request was whole."""


@dataclass(slots=True)
class _Request:
    """A request on its way in: its head is whole, its body may not be."""

    scope: Scope
    keeps_alive: bool
    expects_continue: bool
    parts: deque[bytes] = field(default_factory=deque)
    waiting: int = 0
    is_whole: bool = False
    arrived: asyncio.Event = field(default_factory=asyncio.Event)


class HttpConnection(asyncio.Protocol):
    """A client's connection, one of `connections` for as long as it is open."""

    def __init__(self, application: HttpApplication, connections: "set[HttpConnection]") -> None:
        self._application = application
        self._connections = connections
        self._transport: asyncio.Transport
        self._parser = httptools.HttpRequestParser(self)
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._header_bytes = 0
        self._requests: deque[_Request] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listens = True
        self._is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport, which is one for both directions also where its class does not say so."""
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let a function that waits for more of the body know that none comes."""
        self._is_lost = True
        self._connections.discard(self)
        for request in self._requests:
            request.arrived.set()

    def data_received(self, data: bytes) -> None:
        """Parse what came; what is not HTTP/1.1 is refused, and ends the connection."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            return  # no other protocol is spoken: the request is answered as it is
        except httptools.HttpParserError:
            self._refuse(431 if self._header_bytes > _HEADER_BYTES else 400)

    def close(self) -> None:
        """Close the connection once what was written has gone out."""
        self._transport.close()

    def on_message_begin(self) -> None:
        """Start a request."""
        self._target, self._headers, self._header_bytes = b"", [], 0

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target."""
        self._target += url
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._headers.append((name.lower(), value))
        self._count(len(name) + len(value))

    def on_headers_complete(self) -> None:
        """Begin to answer, unless an earlier request of the connection is not answered yet."""
        scope = _scope(self._parser.get_method(), self._target, self._headers)
        expects = (b"expect", b"100-continue") in self._headers
        self._requests.append(_Request(scope, self._parser.should_keep_alive(), expects))
        if len(self._requests) == 1:
            self._begin(self._requests[0])

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        request = self._requests[-1]
        request.parts.append(body)
        request.waiting += len(body)
        request.arrived.set()
        if request.waiting > _WAITING_BYTES:
            self._listen(False)

    def on_message_complete(self) -> None:
        """Note that the body is whole; while others wait, no further requests are taken in."""
        request = self._requests[-1]
        request.is_whole = True
        request.arrived.set()
        if len(self._requests) > 1:
            self._listen(False)

    def _count(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > _HEADER_BYTES:
            raise ValueError("the head is too long")  # which the parser passes on as its own error

    def _begin(self, request: _Request) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, request: _Request) -> None:
        async def receive() -> MutableMapping[str, Any]:
            return await self._more(request)

        async def send(event: MutableMapping[str, Any]) -> None:
            answer.take(event)
            if answer.is_whole:
                self._write(answer, request)

        answer = _Answer(request.scope["method"])
        try:
            await self._application(request.scope, receive, send)
        except Disconnected:
            _log.debug("a client has gone before its request was whole")
        finally:
            if not answer.is_whole:
                self._transport.close()

    def _write(self, answer: "_Answer", request: _Request) -> None:
        """Write an answer and go on to the next request, although what was asked may still be at work."""
        if self._transport.is_closing():
            return
        # What is left of a body that was not wanted would be taken for the next request.
        keeps_alive = request.keeps_alive and request.is_whole
        self._transport.write(answer.written(keeps_alive=keeps_alive))
        if not keeps_alive:
            self._transport.close()
            return
        self._requests.popleft()
        if self._requests:
            self._begin(self._requests[0])
        self._listen(len(self._requests) <= 1)

    def _listen(self, wanted: bool) -> None:
        if self._listens == wanted or self._transport.is_closing():
            return
        self._listens = wanted
        (self._transport.resume_reading if wanted else self._transport.pause_reading)()

    async def _more(self, request: _Request) -> MutableMapping[str, Any]:
        if request.expects_continue:
            request.expects_continue = False
            self._transport.write(_CONTINUE)
        while not (request.parts or request.is_whole):
            if self._is_lost:
                raise Disconnected
            request.arrived.clear()
            await request.arrived.wait()
        body = b"".join(request.parts)
        request.parts.clear()
        request.waiting = 0
        self._listen(request.is_whole or len(self._requests) <= 1)
        return {"type": "http.request", "body": body, "more_body": not request.is_whole}

    def _refuse(self, status: int) -> None:
        if not self._requests:
            answer = _Answer("GET")
            answer.take({"type": "http.response.start", "status": status, "headers": []})
            self._transport.write(answer.written(keeps_alive=False))
        self._transport.close()


class _Answer:
    """An answer as the application sends it: first the head, then the body as a whole."""

    def __init__(self, method: str) -> None:
        self._has_body = method != "HEAD"
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = b""
        self.is_whole = False

    def take(self, event: MutableMapping[str, Any]) -> None:
        """Take an event of ASGI."""
        if event["type"] == "http.response.start":
            self._status, self._headers = event["status"], event["headers"]
        else:
            self._body, self.is_whole = event["body"], True

    def written(self, *, keeps_alive: bool) -> bytes:
        """Return the answer as bytes (RFC 9112 section 4, RFC 9110 sections 6.6.1 and 8.6)."""
        lines = [b"HTTP/1.1 %d %s" % (self._status, _REASONS.get(self._status, b"")), b"date: " + _date()]
        lines += [_line(name, value) for name, value in self._headers]
        if self._status not in _BODILESS:
            lines.append(b"content-length: %d" % len(self._body))
        if not keeps_alive:
            lines.append(b"connection: close")
        body = self._body if self._has_body and self._status not in _BODILESS else b""
        return b"\r\n".join([*lines, b"", body])


def _line(name: bytes, value: bytes) -> bytes:
    if b"\r" in value or b"\n" in value:
        raise ValueError(f"the header {name.decode('latin-1')} holds a line break")
    return b"%s: %s" % (name.lower(), value)


def _scope(method: bytes, target: bytes, headers: list[tuple[bytes, bytes]]) -> Scope:
    # A target may be a whole URL (RFC 9112 section 3.2.2); nearly all are a path and a query.
    parsed = None if target.startswith(b"/") else httptools.parse_url(target)
    path, _, query = target.partition(b"?") if parsed is None else (parsed.path, b"", parsed.query or b"")
    path = path or b"/"
    plain = path.decode("latin-1")
    return {
        "type": "http",
        "method": method.decode("latin-1"),
        "scheme": "http",
        "path": unquote(plain) if "%" in plain else plain,
        "raw_path": path,
        "query_string": query,
        "headers": headers,
    }


def _date() -> bytes:
    return _date_at(int(time()))


@lru_cache(maxsize=1)
def _date_at(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()
