"""Runs Termtide on this machine: two demo districts become dashboards, or one file of yours is ingested."""

import argparse
import dataclasses
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path

import aiohttp
from rich.console import Console

from infra.local.launcher.errors import LocalCloudError
from infra.local.launcher.interruption import run_until_interrupted
from infra.local.launcher.options import add_arguments, options_from
from infra.local.topology import TopologyError
from scripts.lib.api import ApiError
from scripts.lib.complaints import complain, told
from scripts.lib.demo import modes
from shared.kernel.errors import TermtideError
from shared.kernel.ids import is_tenant_id

_NO_TERMINAL_WIDTH = 140
_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Return 0, 1 with a plain sentence when something can't be done or is not as it has to be."""
    wish = _parse(arguments)
    try:
        return run_until_interrupted(_mode(wish), interrupted=_INTERRUPTED if wish.once or wish.file else 0)
    except TermtideError as failure:
        complain(told(failure))
    except (LocalCloudError, TopologyError, ApiError) as failure:
        complain(failure)
    except aiohttp.ClientError as failure:
        complain(f"the local cloud does not answer any more: {failure}")
    return 1


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/run", description=__doc__)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--once", action="store_true", help="load the demo, print it as JSON, stop everything")
    mode.add_argument("--file", type=Path, metavar="PATH", help="ingest this file and print what came of it")
    parser.add_argument("--tenant", metavar="T", help="whose file it is; made when it is not known")
    parser.add_argument("--verbose", action="store_true", help="show all logs, not only warnings and errors")
    add_arguments(parser)
    wish = parser.parse_args(arguments)
    if (wish.file is None) != (wish.tenant is None):
        parser.error("--file and --tenant belong together")
    if wish.file is not None and not wish.file.is_file():
        parser.error(f"there is no file {wish.file}")
    if wish.tenant is not None and not is_tenant_id(wish.tenant):
        parser.error(f"{wish.tenant!r} is no tenant id: 3 to 40 of a-z 0-9 -, a letter first")
    return wish


def _mode(wish: argparse.Namespace) -> Coroutine[None, None, int]:
    options = dataclasses.replace(options_from(wish), verbose=wish.verbose)
    # Standard output belongs to the JSON then.
    console = Console(stderr=wish.once)
    if not console.is_terminal:
        console.width = _NO_TERMINAL_WIDTH
    if wish.file is not None:
        return modes.one_file(options, console, wish.file, wish.tenant)
    return (modes.once if wish.once else modes.stay)(options, console)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
