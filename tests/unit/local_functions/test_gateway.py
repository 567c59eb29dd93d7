"""What a host has no function for is asked of the host behind it, unchanged both ways."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from infra.local.functions.http.gateway import Gateway
from infra.local.functions.http.responses import Response
from tests.fixtures.processes import free_port


async def _echo(request: web.Request) -> web.Response:
    seen = {
        "method": request.method,
        "path": request.raw_path,
        "token": request.headers.get("Authorization"),
        "body": (await request.read()).decode(),
    }
    return web.json_response(seen, status=418, headers={"ETag": '"x"'})


@pytest.fixture
async def behind() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", _echo)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def _forwarded(url: str, body: bytes = b"") -> Response:
    scope: dict[str, Any] = {"method": "POST", "raw_path": b"/api/a%2Fb", "query_string": b"x=%7B1%7D&y="}
    headers = {"authorization": "Bearer t", "content-length": str(len(body)), "host": "front"}

    async def receive() -> dict[str, Any]:
        return {"body": body, "more_body": False}

    async with aclosing(Gateway(url)) as gateway:
        return await gateway.forward(scope, headers, receive)


async def test_a_request_and_its_answer_pass_unchanged(behind: str) -> None:
    answer = await _forwarded(behind, b"hello")
    assert answer.status == 418
    assert (b"etag", b'"x"') in [(name.lower(), value) for name, value in answer.headers]
    expected = b'{"method": "POST", "path": "/api/a%2Fb?x=%7B1%7D&y=", "token": "Bearer t", "body": "hello"}'
    assert answer.body == expected


async def test_a_host_that_is_down_is_a_bad_gateway() -> None:
    assert (await _forwarded(f"http://127.0.0.1:{free_port()}")).status == 502
