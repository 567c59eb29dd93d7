"""Probes that tell whether a service answers in its own protocol."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp

from infra.local.launcher.endpoints import HOST

type Probe = Callable[[], Awaitable[bool]]

_PATIENCE = aiohttp.ClientTimeout(total=2)
_AMQP_SASL_HEADER = b"AMQP\x03\x01\x00\x00"  # OASIS AMQP 1.0, section 5.3.2


def answers_ok(url: str) -> Probe:
    """Return a probe for an HTTP service that reports its health at `url` with 200."""

    async def probe() -> bool:
        return await _status(url) == 200

    return probe


def answers_at_all(url: str) -> Probe:
    """Return a probe for an HTTP service without a health page: any answer will do."""

    async def probe() -> bool:
        return await _status(url) is not None

    return probe


def speaks_amqp(port: int) -> Probe:
    """Return a probe for a broker: it must answer the protocol header of AMQP with one of its own."""
    return _greets(port, b"AMQP", after=_AMQP_SASL_HEADER)


def speaks_ssh(port: int) -> Probe:
    """Return a probe for an SSH server: it must say first which version it speaks (RFC 4253 section 4.2)."""
    return _greets(port, b"SSH-")


def speaks_smtp(port: int) -> Probe:
    """Return a probe for a mail server: it must say first that it is ready (RFC 5321 section 3.1)."""
    return _greets(port, b"220 ")


def _greets(port: int, greeting: bytes, after: bytes = b"") -> Probe:
    async def probe() -> bool:
        try:
            async with asyncio.timeout(2):
                reader, writer = await asyncio.open_connection(HOST, port)
                try:
                    writer.write(after)
                    return await reader.readexactly(len(greeting)) == greeting
                finally:
                    writer.close()
        except (OSError, EOFError):
            return False

    return probe


async def _status(url: str) -> int | None:
    try:
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session, session.get(url) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError):
        return None
