"""`python -m infra.local.cosmos --port N --data DIR`: serve until SIGTERM; exit code 2 if it cannot start."""

import argparse
import asyncio
import sys
from pathlib import Path

import uvloop

from infra.local.cosmos.authorization import EMULATOR_KEY, decode_key
from infra.local.cosmos.server import CannotStart, Options, Server


def parse_options(arguments: list[str]) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="infra.local.cosmos", description="A Cosmos-DB-compatible server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of the durable state")
    parser.add_argument(
        "--key", default=EMULATOR_KEY, help="account key, base64; default: the emulators' key"
    )
    given = parser.parse_args(arguments)
    try:
        key = decode_key(given.key)
    except ValueError as error:
        parser.error(str(error))
    return Options(given.host, given.port, given.data, key)


async def serve(options: Options) -> int:
    """Run the server to its end."""
    return await Server(options).run()


def main() -> int:
    """Serve and return the exit code."""
    options = parse_options(sys.argv[1:])
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(serve(options))
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
