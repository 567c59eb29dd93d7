import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import pytest

from infra.local.functions.engine import Call, Outcome, text
from infra.local.functions.host_json import HttpOptions
from infra.local.functions.http.application import HttpApplication
from infra.local.functions.http.keys import KeyRing
from infra.local.functions.http.requests import BODY_LIMIT_BYTES, path_of
from infra.local.functions.http.responses import Response
from infra.local.functions.http.routes import RouteTable
from tests.unit.local_functions.samples import ScriptedEngine, a_function, an_invoker

type Event = MutableMapping[str, Any]


def _application(
    answer: Callable[[Call], Awaitable[Outcome]], options: HttpOptions | None = None
) -> tuple[HttpApplication, ScriptedEngine]:
    engine = ScriptedEngine(answer)
    functions = [
        a_function("anything", route="{*path}", authLevel="ANONYMOUS"),
        a_function("guarded", route="guarded", authLevel="FUNCTION"),
    ]
    application = HttpApplication(
        routes=RouteTable(functions, "api"),
        keys=KeyRing("master", ("host",), {}),
        invoker=an_invoker(engine),
        options=options or HttpOptions(),
        host_paths={"/admin/host/ping": lambda: Response(200)},
    )
    return application, engine


async def _succeed(_call: Call) -> Outcome:
    return Outcome(text("done"))


async def _ask(
    application: HttpApplication,
    path: str,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    query: str = "",
    chunks: Iterator[bytes] | None = None,
) -> tuple[int, bytes]:
    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
    }
    sent: list[Event] = []

    async def receive() -> Event:
        chunk = next(chunks or iter(()), None)
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

    async def send(event: Event) -> None:
        sent.append(event)

    await application(scope, receive, send)
    assert len(sent) == 2, "one start and one body"
    return sent[0]["status"], sent[1]["body"]


async def test_a_function_that_exceeds_the_limit_is_answered_for_and_runs_on() -> None:
    released, finished = asyncio.Event(), asyncio.Event()

    async def hang(_call: Call) -> Outcome:
        await released.wait()
        finished.set()
        return Outcome(text("too late"))

    application, _ = _application(hang)
    application.answer_within = 0.02
    asyncio.get_running_loop().call_later(0.06, released.set)

    status, _ = await _ask(application, "/api/x")

    assert status == 504
    assert finished.is_set()


async def test_a_declared_body_beyond_the_limit_is_refused_unread() -> None:
    application, engine = _application(_succeed)
    headers = {"content-length": str(BODY_LIMIT_BYTES + 1)}

    assert await _ask(application, "/api/x", method="POST", headers=headers) == (413, b"")
    assert engine.calls == []


async def test_a_streamed_body_is_refused_as_soon_as_it_exceeds_the_limit() -> None:
    application, engine = _application(_succeed)
    megabyte = bytes(1 << 20)
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield megabyte

    headers = {"transfer-encoding": "chunked"}
    status, _ = await _ask(application, "/api/x", method="POST", headers=headers, chunks=endless())

    assert (status, engine.calls) == (413, [])
    assert read == BODY_LIMIT_BYTES // len(megabyte) + 1


async def test_requests_beyond_the_outstanding_limit_are_refused() -> None:
    released = asyncio.Event()

    async def hold(_call: Call) -> Outcome:
        await released.wait()
        return Outcome(text("done"))

    application, _ = _application(hold, HttpOptions.model_validate({"maxOutstandingRequests": 2}))
    held = [asyncio.create_task(_ask(application, "/api/x")) for _ in range(2)]
    await asyncio.sleep(0.01)

    assert await _ask(application, "/api/x") == (429, b"")
    assert await _ask(application, "/admin/host/ping") == (200, b"")
    released.set()
    assert await asyncio.gather(*held) == [(200, b"done")] * 2


async def test_requests_beyond_the_concurrent_limit_wait() -> None:
    running = most = 0

    async def count(_call: Call) -> Outcome:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1
        return Outcome(text("done"))

    application, _ = _application(count, HttpOptions.model_validate({"maxConcurrentRequests": 2}))
    answers = await asyncio.gather(*(_ask(application, "/api/x") for _ in range(6)))

    assert [status for status, _ in answers] == [200] * 6
    assert most == 2


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({}, "", 401),
        ({"x-functions-key": "wrong"}, "", 401),
        ({"x-functions-key": "host"}, "", 200),
        ({}, "code=host", 200),
        ({}, "code=wrong", 401),
        ({"x-functions-key": "wrong"}, "code=host", 401),
    ],
)
async def test_a_key_comes_in_the_header_or_else_in_the_query(
    headers: dict[str, str], query: str, status: int
) -> None:
    application, _ = _application(_succeed)

    assert (await _ask(application, "/api/guarded", headers=headers, query=query))[0] == status


async def test_a_path_outside_of_every_route_is_not_found() -> None:
    application, engine = _application(_succeed)

    assert await _ask(application, "/elsewhere") == (404, b"")
    assert await _ask(application, "/admin/host/ping", method="POST") == (404, b"")
    assert engine.calls == []


async def test_idle_waits_for_requests_that_are_being_answered() -> None:
    released = asyncio.Event()

    async def hold(_call: Call) -> Outcome:
        await released.wait()
        return Outcome(text("done"))

    application, _ = _application(hold)
    asking = asyncio.create_task(_ask(application, "/api/x"))
    await asyncio.sleep(0.01)
    idle = asyncio.create_task(application.idle())
    await asyncio.sleep(0.01)
    assert not idle.done()

    released.set()

    await asyncio.gather(asking, idle)


def test_an_encoded_slash_does_not_separate_segments() -> None:
    assert path_of({"raw_path": b"/api/a%2Fb%20c/d", "path": "/api/a/b c/d"}) == "/api/a%2Fb c/d"
    assert path_of({"raw_path": b"/api/a%20b", "path": "/api/a b"}) == "/api/a b"
