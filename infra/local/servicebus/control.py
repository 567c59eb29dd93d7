"""The control endpoint: health and message counts over HTTP, for tests and progress displays."""

import contextlib
from collections.abc import AsyncIterator

from infra.local.servicebus.entities.namespace import Namespace
from infra.local.servicebus.ports import claiming


@contextlib.asynccontextmanager
async def control_endpoint(host: str, port: int | None, namespace: Namespace) -> AsyncIterator[None]:
    """Serve `GET /_local/health` and `GET /_local/entities` while the context lasts; nothing without a port.

    Raises `PortTaken` when it can't listen.
    """
    if port is None:
        yield
        return
    # The import takes longer than the broker's whole start, and most brokers run without this endpoint.
    from aiohttp import web  # noqa: PLC0415

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def entities(_request: web.Request) -> web.Response:
        return web.json_response(namespace.counts())

    application = web.Application()
    application.add_routes([web.get("/_local/health", health), web.get("/_local/entities", entities)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        with claiming(host, port):
            await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()
