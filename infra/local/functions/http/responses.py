"""Turns what a function returned into a response."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie

from infra.local.functions.engine import TypedValue

type Headers = Sequence[tuple[bytes, bytes]]

_PLAIN_TEXT: Headers = ((b"content-type", b"text/plain; charset=utf-8"),)
_SET_BY_THE_SERVER = frozenset({"content-length", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Response:
    """A status, headers and a body."""

    status: int
    headers: Headers = ()
    body: bytes = b""


def plain(status: int, message: str) -> Response:
    """Return a response of one plain sentence."""
    return Response(status, _PLAIN_TEXT, message.encode())


def response_from(value: TypedValue) -> Response:
    """Return the response for a function's result: an `HttpResponse`, or a text with status 200."""
    if value.type != "http":
        return plain(200, str(value.value))
    parts = value.value
    headers = [
        (name.encode("latin-1"), header.value.encode("utf-8"))
        for name, header in parts["headers"].items()
        if name.lower() not in _SET_BY_THE_SERVER
    ]
    headers.extend(_cookie_headers(parts["cookies"] or ()))
    return Response(int(parts["status_code"].value), headers, parts["body"].value)


def _cookie_headers(cookies: "Iterable[SimpleCookie]") -> Headers:
    morsels = (morsel for cookie in cookies for morsel in cookie.values())
    return [(b"set-cookie", morsel.OutputString().encode("latin-1")) for morsel in morsels]
