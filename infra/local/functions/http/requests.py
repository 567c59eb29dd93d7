"""Turns an ASGI request into the value that the engine decodes, as the platform's host writes it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from infra.local.functions.engine import TypedValue, binary, http_request, text

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT_BYTES = 104_857_600


class BodyTooLarge(Exception):
    """The request's body exceeds the platform's 100 MB."""


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers in lower case; repeated ones are joined with a comma."""
    return _joined(
        (name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in scope["headers"]
    )


def query_of(scope: Scope) -> dict[str, str]:
    """Return the query; repeated names are joined with a comma, and empty values are dropped."""
    raw = scope["query_string"]
    return _joined(parse_qsl(raw.decode("latin-1"))) if raw else {}


def path_of(scope: Scope) -> str:
    """Return the decoded path, in which an encoded slash stays encoded: it separates no segments."""
    raw: bytes = scope["raw_path"]
    if b"%2" not in raw:
        return str(scope["path"])
    kept = raw.decode("latin-1").replace("%2F", "%252F").replace("%2f", "%252f")
    return unquote(kept)


async def read_body(headers: Mapping[str, str], receive: Receive) -> bytes:
    """Read the whole body; `BodyTooLarge` as soon as it is known to exceed the limit."""
    declared = headers.get("content-length", "0")
    if int(declared) > BODY_LIMIT_BYTES:
        raise BodyTooLarge
    if declared == "0" and "transfer-encoding" not in headers:
        return b""
    chunks: list[bytes] = []
    received = 0
    while True:
        event = await receive()
        chunk = event.get("body", b"")
        received += len(chunk)
        if received > BODY_LIMIT_BYTES:
            raise BodyTooLarge
        chunks.append(chunk)
        if not event.get("more_body"):
            return b"".join(chunks)


def request_value(
    scope: Scope,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    route: Mapping[str, str],
    body: bytes,
) -> TypedValue:
    """Build the request that the function receives."""
    raw_query = scope["query_string"].decode("latin-1")
    url = f"{scope['scheme']}://{headers.get('host', '')}{scope['raw_path'].decode('latin-1')}"
    return http_request(
        {
            "method": text(scope["method"]),
            "url": text(f"{url}?{raw_query}" if raw_query else url),
            "headers": {name: text(value) for name, value in headers.items()},
            "query": {name: text(value) for name, value in query.items()},
            "params": {name: text(value) for name, value in route.items()},
            "body": binary(body),
        }
    )


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
