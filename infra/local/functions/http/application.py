"""The ASGI application: routes a request to its function under the platform's limits."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.functions.engine import Call
from infra.local.functions.host_json import HttpOptions
from infra.local.functions.http.keys import KeyRing
from infra.local.functions.http.requests import (
    BodyTooLarge,
    Receive,
    Scope,
    Send,
    headers_of,
    path_of,
    query_of,
    read_body,
    request_value,
)
from infra.local.functions.http.responses import Headers, Response, plain, response_from
from infra.local.functions.http.routes import Match, RouteTable
from infra.local.functions.invocations import Invoker

if TYPE_CHECKING:
    from infra.local.functions.http.gateway import Gateway

# The platform's load balancer gives up on an answer after this time; the function itself runs on.
ANSWER_WITHIN_SECONDS = 230.0

_NOT_FOUND = Response(404)
_UNAUTHORIZED = Response(401)
_TOO_LARGE = Response(413)
_TOO_MANY = Response(429)
_FAILED = Response(500)
_TIMED_OUT = plain(504, "The function did not answer within 230 seconds.")


@dataclass(slots=True)
class _Exchange:
    """One request and its one answer: the first that is sent, by the function or by the time limit."""

    send: Send
    extra_headers: Headers
    answered: bool = False

    async def answer(self, response: Response) -> None:
        """Send a response unless one was sent."""
        if self.answered:
            return
        self.answered = True
        headers = [*response.headers, *self.extra_headers]
        await self.send({"type": "http.response.start", "status": response.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": response.body})


class HttpApplication:
    """Serves the HTTP functions, and the host's own paths under `/admin/host`."""

    def __init__(  # noqa: PLR0913 - each is one part of the host, wired once
        self,
        *,
        routes: RouteTable,
        keys: KeyRing,
        invoker: Invoker,
        options: HttpOptions,
        host_paths: dict[str, Callable[[], Response]],
        behind: "Gateway | None" = None,
    ) -> None:
        self._routes = routes
        self._keys = keys
        self._invoker = invoker
        self._host_paths = host_paths
        self._behind = behind
        self.answer_within = ANSWER_WITHIN_SECONDS
        self._extra_headers = [
            (name.encode(), value.encode()) for name, value in options.custom_headers.items()
        ]
        self._outstanding_limit = options.max_outstanding_requests
        limit = options.max_concurrent_requests
        self._slots = None if limit is None else asyncio.Semaphore(limit)
        self._late_answers: set[asyncio.Task[None]] = set()
        self._active = 0
        self._became_idle = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3, HTTP only)."""
        exchange = _Exchange(send, self._extra_headers)
        deadline = asyncio.get_running_loop().call_later(self.answer_within, self._give_up, exchange)
        self._active += 1
        try:
            await exchange.answer(await self._respond(scope, receive))
        finally:
            deadline.cancel()
            self._active -= 1
            if not self._active:
                self._became_idle.set()

    async def idle(self) -> None:
        """Return as soon as no request is being answered."""
        while self._active:
            self._became_idle.clear()
            await self._became_idle.wait()

    def _give_up(self, exchange: _Exchange) -> None:
        task = asyncio.ensure_future(exchange.answer(_TIMED_OUT))
        self._late_answers.add(task)
        task.add_done_callback(self._late_answers.discard)

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        path = path_of(scope)
        match = self._routes.match(scope["method"], path)
        if match is None:
            return await self._respond_without_function(path, scope, receive)
        if self._outstanding_limit is not None and self._active > self._outstanding_limit:
            return _TOO_MANY
        if self._slots is None:
            return await self._call(match, scope, receive)
        async with self._slots:
            return await self._call(match, scope, receive)

    async def _respond_without_function(self, path: str, scope: Scope, receive: Receive) -> Response:
        own = self._host_paths.get(path) if scope["method"] == "GET" else None
        if own is not None:
            return own()
        if self._behind is None or path.startswith("/admin/"):
            return _NOT_FOUND
        try:
            return await self._behind.forward(scope, headers_of(scope), receive)
        except BodyTooLarge:
            return _TOO_LARGE

    async def _call(self, match: Match, scope: Scope, receive: Receive) -> Response:
        headers = headers_of(scope)
        query = query_of(scope)
        level = match.function.trigger.option("authLevel", "FUNCTION").upper()
        presented = headers.get("x-functions-key") or query.get("code", "")
        if level != "ANONYMOUS" and not self._keys.admits(level, match.function.name, presented):
            return _UNAUTHORIZED
        try:
            body = await read_body(headers, receive)
        except BodyTooLarge:
            return _TOO_LARGE
        value = request_value(scope, headers, query, match.parameters, body)
        trace_parent = headers.get("traceparent", "")
        outcome = await self._invoker.run(Call(match.function, value, trace_parent=trace_parent))
        if outcome.error is not None or outcome.returned is None:
            return _FAILED
        return response_from(outcome.returned)
