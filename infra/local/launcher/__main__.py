"""Starts the local cloud, prints its endpoints, and streams its logs until Ctrl-C."""

import argparse
import asyncio
import sys
import time

from rich.console import Console

from infra.local.launcher.cloud import LocalCloud
from infra.local.launcher.errors import LocalCloudError
from infra.local.launcher.interruption import run_until_interrupted
from infra.local.launcher.options import Options, add_arguments, options_from
from infra.local.topology import TopologyError


async def serve(options: Options) -> int:
    """Run the local cloud until this task is cancelled."""
    console = Console()
    started = time.monotonic()
    async with LocalCloud(options, console) as cloud:
        console.print(cloud.table())
        console.print(f"ready after {time.monotonic() - started:.1f} s; Ctrl-C stops everything")
        await asyncio.Event().wait()
    return 0


def main() -> int:
    """Parse the command line and run; 1 with a plain sentence when the cloud can't start."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.launcher", description=__doc__)
    add_arguments(parser)
    try:
        return run_until_interrupted(serve(options_from(parser.parse_args())))
    except (LocalCloudError, TopologyError) as failure:
        print(f"termtide: {failure}", file=sys.stderr)  # noqa: T201 - the sentence for the person who started it
        return 1


if __name__ == "__main__":
    sys.exit(main())
