"""HTTP/1.1 over asyncio: one parser per connection, answers in the order of the requests."""

import asyncio
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import cast

import httptools

from infra.local.cosmos.errors import bad_request, too_large
from infra.local.cosmos.holding import Held, HeldAnswers
from infra.local.cosmos.messages import Request, Response, error_response

LARGEST_BODY = 8 * 1024 * 1024
REASONS = {status.value: status.phrase for status in HTTPStatus} | {449: "Retry With"}

type Answer = Callable[[Request], Response]
type Acknowledge = Callable[[Callable[[], None]], None]
type SessionToken = Callable[[], str]


def encode(response: Response, session_token: str, activity_id: str) -> bytes:
    """Write a response as bytes."""
    lines = [
        f"HTTP/1.1 {response.status} {REASONS[response.status]}",
        "content-type: application/json",
        f"content-length: {len(response.body)}",
        f"x-ms-request-charge: {response.charge:.2f}",
        f"x-ms-session-token: {session_token}",
        f"x-ms-activity-id: {activity_id}",
        "x-ms-gatewayversion: version=2.14.0",
        *(f"{name}: {value}" for name, value in response.headers.items()),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + response.body


class HttpConnection(asyncio.Protocol):
    """A client connection. `acknowledge` decides when an answer may leave, `held` keeps one that may wait."""

    def __init__(
        self, answer: Answer, acknowledge: Acknowledge, held: HeldAnswers, session_token: SessionToken
    ) -> None:
        self._answer = answer
        self._acknowledge = acknowledge
        self._holding = held
        self._held: Held | None = None
        self._session_token = session_token
        self._transport: asyncio.Transport
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._body_size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport, which is one for both directions also where its class does not say so."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Parse what came; a request that is not HTTP closes the connection."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            refusal = error_response(bad_request(f"The request is not HTTP/1.1: {error}."))
            self._transport.write(encode(refusal, self._session_token(), ""))
            self._transport.close()

    def on_message_begin(self) -> None:
        """Start a request."""
        self._url, self._headers, self._body, self._body_size = b"", {}, bytearray(), 0

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body; what goes beyond the limit is counted, not kept."""
        self._body_size += len(body)
        if self._body_size <= LARGEST_BODY:
            self._body += body

    def connection_lost(self, _exc: Exception | None) -> None:
        """Give up the answer that is held: nobody waits for it."""
        if self._held is not None:
            self._held.give_up()

    def on_message_complete(self) -> None:
        """Answer the request, after the one that is held: answers leave in the order of the requests."""
        if self._held is not None:
            self._held.end()
        method = self._parser.get_method().decode()
        path = self._url.decode("latin-1").partition("?")[0]
        request = Request(method, path, self._headers, bytes(self._body))
        is_whole = self._body_size <= LARGEST_BODY
        response = self._answer(request) if is_whole else error_response(too_large())
        keeps_alive = self._parser.should_keep_alive()
        if response.hold is None:
            self._reply(request, response, keeps_alive=keeps_alive)
        else:
            resume = partial(self._answer_held, request, keeps_alive=keeps_alive)
            self._held = self._holding.hold(response.hold, resume)

    def _answer_held(self, request: Request, *, keeps_alive: bool) -> None:
        self._held = None
        self._reply(request, self._answer(request), keeps_alive=keeps_alive)

    def _reply(self, request: Request, response: Response, *, keeps_alive: bool) -> None:
        data = encode(response, self._session_token(), request.headers.get("x-ms-activity-id", ""))
        self._acknowledge(lambda: self._send(data, keeps_alive=keeps_alive))

    def _send(self, data: bytes, *, keeps_alive: bool) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(data)
        if not keeps_alive:
            self._transport.close()
