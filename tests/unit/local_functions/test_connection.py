"""HTTP/1.1 as it goes over the wire: what comes in pieces, what comes too early, what is no request."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from infra.local.functions.engine import Call, Outcome, binary, text
from infra.local.functions.host_json import HttpOptions
from infra.local.functions.http.application import HttpApplication
from infra.local.functions.http.keys import KeyRing
from infra.local.functions.http.routes import RouteTable
from infra.local.functions.server import HttpServer
from tests.fixtures.processes import free_port
from tests.unit.local_functions.samples import ScriptedEngine, a_function, an_invoker

type Function = Callable[[Call], Awaitable[Outcome]]

_GET = b"GET /api/%s HTTP/1.1\r\nHost: here\r\n\r\n"
_POST = b"POST /api/x HTTP/1.1\r\nHost: here\r\n"


class _Client:
    """One connection, by its bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def answer(self) -> tuple[bytes, bytes]:
        """Read one answer: its head and its body."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        _, found, after = head.partition(b"content-length: ")
        size = int(after.partition(b"\r\n")[0]) if found else 0
        return head, await self.reader.readexactly(size)


@asynccontextmanager
async def _served(function: Function) -> AsyncIterator[tuple[_Client, HttpApplication]]:
    application = HttpApplication(
        routes=RouteTable([a_function("anything", route="{*path}", authLevel="ANONYMOUS")], "api"),
        keys=KeyRing("master", (), {}),
        invoker=an_invoker(ScriptedEngine(function)),
        options=HttpOptions(),
        host_paths={},
    )
    port = free_port()
    server = await HttpServer.start(application, "127.0.0.1", port)
    client = _Client(*await asyncio.open_connection("127.0.0.1", port))
    try:
        async with asyncio.timeout(30):
            yield client, application
    finally:
        client.writer.close()
        server.stop()


async def _path(call: Call) -> Outcome:
    return Outcome(text(call.value.value["params"]["path"].value))


async def _body(call: Call) -> Outcome:
    received: bytes = call.value.value["body"].value
    return Outcome(text(f"{len(received)} {received[:10]!r}"))


async def test_a_connection_serves_one_request_after_the_other() -> None:
    async with _served(_path) as (client, _):
        for path in (b"one", b"two"):
            client.writer.write(_GET % path)
            head, body = await client.answer()

            assert head.startswith(b"HTTP/1.1 200 OK\r\ndate: ")
            assert body == path


async def test_requests_that_come_at_once_are_answered_in_their_order() -> None:
    is_free = asyncio.Event()

    async def waits_for_the_first(call: Call) -> Outcome:
        path = call.value.value["params"]["path"].value
        if path == "0":
            await is_free.wait()
        return Outcome(text(path))

    async with _served(waits_for_the_first) as (client, _):
        client.writer.write(b"".join(_GET % b"%d" % n for n in range(5)))
        await client.writer.drain()
        is_free.set()

        assert [(await client.answer())[1] for _ in range(5)] == [b"%d" % n for n in range(5)]


async def test_a_request_in_single_bytes_is_the_same_request() -> None:
    async with _served(_path) as (client, _):
        for byte in _GET % b"in%20pieces":
            client.writer.write(bytes([byte]))
            await client.writer.drain()

        assert (await client.answer())[1] == b"in pieces"


async def test_a_body_in_chunks_arrives_whole() -> None:
    chunk = b"100000\r\n" + b"a" * 0x100000 + b"\r\n"
    async with _served(_body) as (client, _):
        client.writer.write(_POST + b"Transfer-Encoding: chunked\r\n\r\n" + 5 * chunk + b"0\r\n\r\n")

        assert (await client.answer())[1] == b"%d b'aaaaaaaaaa'" % (5 * 0x100000)


async def test_a_client_that_asks_first_is_told_to_go_on() -> None:
    async with _served(_body) as (client, _):
        client.writer.write(_POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert await client.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.writer.write(b"abc")

        assert (await client.answer())[1] == b"3 b'abc'"


async def test_a_body_that_is_refused_unread_ends_the_connection() -> None:
    async with _served(_body) as (client, _):
        client.writer.write(_POST + b"Content-Length: 999999999\r\n\r\n")

        head, _ = await client.answer()
        assert head.startswith(b"HTTP/1.1 413 ")
        assert b"connection: close" in head
        assert await client.reader.read() == b""


async def test_a_function_never_sees_a_body_that_was_cut_off() -> None:
    ran = list[Call]()

    async def function(call: Call) -> Outcome:
        ran.append(call)
        return Outcome(text("done"))

    async with _served(function) as (client, application):
        client.writer.write(_POST + b"Content-Length: 1000\r\n\r\nabc")
        await client.writer.drain()
        client.writer.close()
        await client.writer.wait_closed()
        await application.idle()

    assert ran == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"no request at all\r\n\r\n", b"400"),
        (b"GET /api/x HTTP/1.1\r\nHost: here\r\nA: " + b"a" * 200_000 + b"\r\n\r\n", b"431"),
    ],
)
async def test_what_is_no_request_is_refused_and_ends_the_connection(sent: bytes, status: bytes) -> None:
    async with _served(_path) as (client, _):
        client.writer.write(sent)

        assert (await client.answer())[0].startswith(b"HTTP/1.1 " + status)
        assert await client.reader.read() == b""


async def test_a_client_that_wants_to_close_is_answered_and_closed() -> None:
    async with _served(_path) as (client, _):
        client.writer.write(b"GET http://here/api/last HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")

        assert (await client.answer())[1] == b"last"
        assert await client.reader.read() == b""


async def test_a_late_answer_does_not_hold_up_the_next_request() -> None:
    never = asyncio.Event()

    async def hangs_first(call: Call) -> Outcome:
        path = call.value.value["params"]["path"].value
        if path == "slow":
            await never.wait()
        return Outcome(binary(path.encode()))

    async with _served(hangs_first) as (client, application):
        application.answer_within = 0.01
        client.writer.write(_GET % b"slow")
        assert (await client.answer())[0].startswith(b"HTTP/1.1 504 ")
        application.answer_within = 30
        client.writer.write(_GET % b"next")

        assert (await client.answer())[0].startswith(b"HTTP/1.1 200 ")
        never.set()
        await application.idle()
