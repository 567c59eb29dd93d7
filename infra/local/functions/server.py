"""The HTTP server: connections on the host's own event loop."""

import asyncio
import socket

from infra.local.functions.errors import PortTaken
from infra.local.functions.http.application import HttpApplication
from infra.local.functions.http.connection import HttpConnection

_BACKLOG = 1024


def refuse_taken_port(host: str, port: int) -> None:
    """Raise `PortTaken` when another process listens on the port.

    Listening itself would not tell: it lets several processes share a port.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise PortTaken(f"port {port} of {host} is taken by another process: {taken.strerror}") from taken


class HttpServer:
    """Serves the application on one address until it is stopped. Further processes may serve there too."""

    def __init__(self, listener: asyncio.Server, connections: set[HttpConnection]) -> None:
        self._listener = listener
        self._connections = connections

    @classmethod
    async def start(cls, application: HttpApplication, host: str, port: int) -> "HttpServer":
        """Listen."""
        connections = set[HttpConnection]()
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(
            lambda: HttpConnection(application, connections), host, port, backlog=_BACKLOG, reuse_port=True
        )
        return cls(listener, connections)

    def stop(self) -> None:
        """Stop listening and close the connections."""
        self._listener.close()
        for connection in tuple(self._connections):
            connection.close()
