"""Stands in for API Management: what no function of this host takes is asked of the host behind it.

In the cloud one address leads to the function apps of all roles. Here the host of the first role passes on
what it has no route for, unchanged, so that clients need to know one address here as well.
"""

import logging
from collections.abc import Iterable

import aiohttp
from yarl import URL

from infra.local.functions.http.requests import Receive, Scope, read_body
from infra.local.functions.http.responses import Response, plain

_log = logging.getLogger(__name__)

_OF_THE_CONNECTION = frozenset(
    {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}
)
_TIMEOUT = aiohttp.ClientTimeout(total=230)


class Gateway:
    """The host behind, at a URL without a path."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    async def forward(self, scope: Scope, headers: dict[str, str], receive: Receive) -> Response:
        """Ask the host behind and return its answer; 502 when it can't be reached."""
        body = await read_body(headers, receive)
        target = f"{self._url}{scope['raw_path'].decode('latin-1')}?{scope['query_string'].decode('latin-1')}"
        try:
            # The path is taken as it came: encoded slashes have to arrive encoded.
            async with self._opened().request(
                scope["method"],
                URL(target, encoded=True),
                headers=_kept(headers.items()),
                data=body or None,
                allow_redirects=False,
            ) as answer:
                kept = _kept(answer.headers.items())
                encoded = [(name.encode("latin-1"), value.encode()) for name, value in kept]
                return Response(answer.status, encoded, await answer.read())
        except (aiohttp.ClientError, TimeoutError) as failure:
            _log.warning("the host behind did not answer: %s", failure)
            return plain(502, "The host behind did not answer.")

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT, auto_decompress=False)
        return self._session


def _kept(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in _OF_THE_CONNECTION]
