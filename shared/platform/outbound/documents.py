"""The `RemoteDocuments` port over aiohttp, guarded against being turned on our own network."""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from shared.kernel.errors import Unavailable
from shared.platform.outbound.addresses import is_public
from shared.web.ports import UntrustedSource

if TYPE_CHECKING:
    from aiohttp import ClientResponse
    from aiohttp.abc import AbstractResolver

type Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host; `OSError` when it has none."""

_PLAIN = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[!-\[\]-~]*)?")
_SECONDS = 5
_BLOCK = 16 * 1024


class GuardedDocuments:
    """Reads over https from public addresses only.

    The name is resolved once, all its addresses are checked, and the connection goes to those very addresses:
    a second answer of the name server is never asked for. Redirects, proxies and cookies are not followed.
    `private_hosts` (`host:port`) are exempt, plain http included: for the issuer of a laptop or a test.
    """

    def __init__(self, private_hosts: frozenset[str] = frozenset(), resolve: Resolve | None = None) -> None:
        self._private_hosts = private_hosts
        self._resolve = resolve or _system_resolve

    async def read(self, url: str, limit: int) -> bytes:
        """Return the body of a GET; see the port. The whole exchange takes at most 5 seconds."""
        parts = _split(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        exempt = f"{parts.hostname}:{port}" in self._private_hosts
        if parts.scheme != "https" and not exempt:
            raise UntrustedSource("only https is read")
        try:
            async with asyncio.timeout(_SECONDS):
                addresses = await self._addresses(str(parts.hostname), port, exempt=exempt)
                return await _get(url, addresses, limit)
        except (OSError, TimeoutError) as fault:
            raise Unavailable from fault

    async def _addresses(self, host: str, port: int, *, exempt: bool) -> Sequence[str]:
        addresses = await self._resolve(host, port)
        if not exempt and not all(is_public(ipaddress.ip_address(address)) for address in addresses):
            raise UntrustedSource("the host has an address inside a private network")
        return addresses


def _split(url: str) -> SplitResult:
    # Only what every URL parser reads alike: the one below decides what the connection's parser will do.
    if not _PLAIN.fullmatch(url):
        raise UntrustedSource("not a plain URL")
    try:
        parts = urlsplit(url)
        if parts.port == 0:
            raise UntrustedSource("not a port")
    except ValueError as fault:
        raise UntrustedSource("not a URL") from fault
    return parts


async def _system_resolve(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


async def _get(url: str, addresses: Sequence[str], limit: int) -> bytes:
    from aiohttp import (  # noqa: PLC0415 - a cold start pays for it when it first needs keys
        ClientError,
        ClientSession,
        DummyCookieJar,
        TCPConnector,
    )

    connector = TCPConnector(resolver=_pinned(addresses), use_dns_cache=False, force_close=True)
    try:
        async with (
            ClientSession(connector=connector, cookie_jar=DummyCookieJar(), trust_env=False) as session,
            session.get(url, allow_redirects=False, headers={"Accept-Encoding": "identity"}) as answer,
        ):
            return await _body(answer, limit)
    except ClientError as fault:
        raise Unavailable from fault


async def _body(answer: "ClientResponse", limit: int) -> bytes:
    if answer.status >= 500 or answer.status == 429:
        raise Unavailable
    if answer.status != 200 or "Content-Encoding" in answer.headers:
        raise UntrustedSource(f"answered with status {answer.status} or compressed")
    body = bytearray()
    async for block in answer.content.iter_chunked(_BLOCK):
        body += block
        if len(body) > limit:
            raise UntrustedSource(f"the document has over {limit} bytes")
    return bytes(body)


def _pinned(addresses: Sequence[str]) -> "AbstractResolver":
    from aiohttp.abc import AbstractResolver, ResolveResult  # noqa: PLC0415 - as above

    class Pinned(AbstractResolver):
        """Answers with the addresses that were checked, whatever is asked."""

        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            return [
                ResolveResult(
                    hostname=host,
                    host=address,
                    port=port,
                    family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                    proto=0,
                    flags=socket.AI_NUMERICHOST,
                )
                for address in addresses
            ]

        async def close(self) -> None:
            """Nothing is held open."""

    return Pinned()
