"""The command line: arguments in, exit code out, a plain sentence when the host cannot start."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import uvloop

from infra.local.functions.errors import AppNotIndexed, HostError
from infra.local.functions.host import Host, HostOptions
from infra.local.functions.logs import configure_logging
from infra.local.functions.workers import FURTHER
from infra.local.topology import TopologyError

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str]) -> int:
    """Serve an app until SIGTERM or SIGINT. Returns 1 for a faulty configuration, 2 for a taken port."""
    options = _options(arguments)
    configure_logging()
    try:
        # Functions find files of their app by relative paths, as on the platform.
        os.chdir(options.app)
        finished = uvloop.run(_serve_until_signalled(options))
    except HostError as failure:
        trace = failure.trace if isinstance(failure, AppNotIndexed) else ""
        _log.critical("%s", failure, extra={"exception": trace} if trace else {})
        return failure.exit_code
    except TopologyError as failure:
        _log.critical("%s", failure)
        return 1
    if not finished:
        _log.warning("some functions did not end in time and are cut off")
    return _leave()


def _options(arguments: Sequence[str]) -> HostOptions:
    parser = argparse.ArgumentParser(prog="python -m infra.local.functions", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, required=True, help="port to listen on")
    parser.add_argument("--app", type=Path, required=True, help="folder with function_app.py and host.json")
    parser.add_argument(
        "--data", type=Path, default=Path(".local/functions"), help="folder for keys and receipts"
    )
    parser.add_argument("--topology", type=Path, help="topology file with the event subscriptions")
    parser.add_argument(FURTHER, action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--behind", help="URL of a host that is asked what this one has no function for")
    given = parser.parse_args(arguments)
    topology = None if given.topology is None else given.topology.resolve()
    return HostOptions(
        given.host,
        given.port,
        given.app.resolve(),
        given.data.resolve(),
        topology,
        given.behind,
        is_further=given.further,
        started_in=Path.cwd(),
    )


async def _serve_until_signalled(options: HostOptions) -> bool:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return await Host(options, os.environ).serve(stop)


def _leave() -> NoReturn:
    # As the platform ends a worker: nothing of the app is torn down in order. A thread that a function never
    # gave back would hold an ordinary end for ever, and clients that the app keeps open would complain.
    sys.stdout.flush()
    os._exit(0)
