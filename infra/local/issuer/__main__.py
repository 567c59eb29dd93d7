"""Starts the issuer on loopback."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from aiohttp import web

from infra.local.event_log import EventLog
from infra.local.issuer.application import Identity, application
from infra.local.issuer.keys import ensure_signing_key
from infra.local.issuer.tokens import AUDIENCE

_log = EventLog("issuer")


def main() -> int:
    """Run the issuer; 0 after SIGTERM, 2 when it can't start as asked."""
    return asyncio.run(_serve(_arguments()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.issuer", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of the key and the demo districts")
    parser.add_argument("--audience", default=AUDIENCE, help="for whom the tokens are")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> int:
    try:
        key = ensure_signing_key(arguments.data)
    except (OSError, ValueError) as fault:
        _log("error", f"can't use the signing key in {arguments.data}: {fault}")
        return 2
    url = f"http://{arguments.host}:{arguments.port}"
    identity = Identity(url, key, arguments.audience, arguments.data)
    runner = web.AppRunner(application(identity), access_log=None)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await runner.setup()
    try:
        await web.TCPSite(runner, arguments.host, arguments.port).start()
        _log("info", "ready", issuer=url)
        await stop.wait()
    except OSError as taken:
        _log("error", f"can't listen on port {arguments.port} of {arguments.host}: {taken.strerror}")
        return 2
    finally:
        await runner.cleanup()
    return 0


if __name__ == "__main__":
    sys.exit(main())
