"""Starts the SFTP server on loopback. Its environment is that of a function app: stamp, Cosmos, Storage."""

import argparse
import asyncio
import os
import signal
import sys

import asyncssh

from infra.local.event_log import EventLog
from infra.local.serving import serving_arguments
from infra.local.sftp.server import ensure_host_key, listen
from shared.bootstrap import Services
from shared.kernel.errors import InvalidInput
from shared.settings import Settings

_log = EventLog("sftp")
_CONTAINER = "drops"


def main() -> int:
    """Run the server; 0 after SIGTERM, 2 when it can't start as asked."""
    arguments = serving_arguments("infra.local.sftp", __doc__, "folder of the host key")
    return asyncio.run(_serve(arguments))


async def _serve(arguments: argparse.Namespace) -> int:
    try:
        settings = Settings.from_environment(os.environ)
        host_key = ensure_host_key(arguments.data)
    except (InvalidInput, OSError, asyncssh.KeyImportError) as fault:
        _log("error", f"can't start: {fault}")
        return 2
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    services = Services(settings)
    drops = services.blobs.service.get_container_client(_CONTAINER)
    try:
        acceptor = await listen(arguments.host, arguments.port, host_key, services.tenancy, drops)
        async with acceptor:
            _log("info", "ready", port=arguments.port)
            await stop.wait()
    except OSError as taken:
        _log("error", f"can't listen on port {arguments.port} of {arguments.host}: {taken.strerror}")
        return 2
    finally:
        await services.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
