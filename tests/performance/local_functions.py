"""How many requests a second the local Functions host serves.

One host process (one event loop) and one load generator process on the same machine,
32 connections kept alive, each sending its next request when the last answer is in.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import uvloop

from tests.fixtures.functions_host import APPS, LocalHost

type Figure = tuple[str, float, str, float | None]

CONNECTIONS = 32
WARM_UP_SECONDS = 0.5
MEASURED_SECONDS = 3.0

_PROCESSES = "1 host and 1 load generator process"
_PING = b"GET /api/ping HTTP/1.1\r\nHost: bench\r\n\r\n"
_THREAD = b"GET /api/ping-thread HTTP/1.1\r\nHost: bench\r\n\r\n"
_POST = (
    b"POST /api/echo/t1/7?verbose=1 HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\n"
    b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000
)


class _Client(asyncio.Protocol):
    """Sends one request again and again, and counts the answers that begin with 200."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._transport: asyncio.WriteTransport | None = None
        self._buffer = b""
        self.answers = 0
        self.failures = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports can write without being subclasses of asyncio's.
        self._transport = cast("asyncio.WriteTransport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < _content_length(head):
            return
        self._buffer = b""
        if head.startswith(b"HTTP/1.1 200 "):
            self.answers += 1
        else:
            self.failures += 1
        assert self._transport is not None
        self._transport.write(self._request)

    def close(self) -> None:
        assert self._transport is not None
        self._transport.close()


def run() -> list[Figure]:
    """Return name, value, unit and target of each figure; a target is the least value that is good enough."""
    with tempfile.TemporaryDirectory() as folder:
        host = LocalHost(APPS / "http", Path(folder))
        try:
            return [
                (f"Functions host, async function, {_PROCESSES}", _rate(host.port, _PING), "req/s", 8000.0),
                (f"Functions host, sync function, {_PROCESSES}", _rate(host.port, _THREAD), "req/s", None),
                (f"Functions host, POST of 1 kB, {_PROCESSES}", _rate(host.port, _POST), "req/s", None),
            ]
        finally:
            host.server.stop()


def _rate(port: int, request: bytes) -> float:
    return uvloop.run(_measure(port, request))


async def _measure(port: int, request: bytes) -> float:
    loop = asyncio.get_running_loop()
    clients = [
        (await loop.create_connection(lambda: _Client(request), "127.0.0.1", port))[1]
        for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(WARM_UP_SECONDS)
    before, started = _answers(clients), loop.time()
    await asyncio.sleep(MEASURED_SECONDS)
    rate = (_answers(clients) - before) / (loop.time() - started)
    failures = sum(client.failures for client in clients)
    for client in clients:
        client.close()
    if failures:
        raise RuntimeError(f"{failures} answers were not 200")
    return rate


def _answers(clients: Sequence[_Client]) -> int:
    return sum(client.answers for client in clients)


def _content_length(head: bytes) -> int:
    _, _, after = head.lower().partition(b"content-length: ")
    return int(after.partition(b"\r\n")[0])


def main() -> int:
    """Print the figures as a table; 1 when one misses its target."""
    figures = run()
    for name, value, unit, target in figures:
        wanted = "" if target is None else f"  target {target:,.0f}"
        sys.stdout.write(f"{name:<75} {value:>10,.0f} {unit}{wanted}\n")
    return int(any(target is not None and value < target for _, value, _, target in figures))


if __name__ == "__main__":
    sys.exit(main())
