"""The HTTP server: granian, embedded in the host's event loop."""

import asyncio
import socket

from granian.constants import Interfaces
from granian.server.embed import Server

from infra.local.functions.errors import PortTaken
from infra.local.functions.http.application import HttpApplication


def refuse_taken_port(host: str, port: int) -> None:
    """Raise `PortTaken` when another process listens on the port.

    The server itself would not tell: it lets several processes share a port.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise PortTaken(f"port {port} of {host} is taken by another process: {taken.strerror}") from taken


class HttpServer:
    """Serves the application on one address until it is stopped."""

    def __init__(self, application: HttpApplication, host: str, port: int) -> None:
        self._server = Server(
            application,
            address=host,
            port=port,
            interface=Interfaces.ASGINL,
            backlog=1024,
            websockets=False,
            log_enabled=False,
        )
        self._serving = asyncio.create_task(self._server.serve())

    async def stop(self) -> None:
        """Stop listening and close the connections."""
        self._server.stop()  # type: ignore[no-untyped-call] # granian leaves this one untyped
        await self._serving
