"""Starts a Service-Bus-compatible broker on loopback."""

import argparse
import asyncio
import sqlite3
import sys
from pathlib import Path

from infra.local.servicebus.config import ConfigError, load_config
from infra.local.servicebus.log import log
from infra.local.servicebus.ports import PortTaken
from infra.local.servicebus.protocol.tokens import SharedAccessKey
from infra.local.servicebus.server import Options, serve
from infra.local.servicebus.storage.errors import StorageError
from infra.local.servicebus.tiers import STANDARD, TIERS

# The policy and key in the connection string of Microsoft's emulator.
_KEY_NAME, _KEY = "RootManageSharedAccessKey", "SAS_KEY_VALUE"


def main() -> int:
    """Run the broker; 0 after SIGTERM, 2 when it can't start as asked, 1 when it had to give up."""
    arguments = _arguments()
    try:
        asyncio.run(serve(_options(arguments)))
    except (ConfigError, PortTaken, StorageError) as cause:
        log("error", str(cause))
        return 2
    except sqlite3.Error as cause:
        log("error", "gave up: a commit failed", cause=str(cause))
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.servicebus", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5672)
    parser.add_argument("--control-port", type=int, help="serve health and message counts over HTTP")
    parser.add_argument("--data", type=Path, required=True, help="folder of the broker's state")
    parser.add_argument(
        "--config", type=Path, required=True, help="entities, as in the emulator's Config.json"
    )
    parser.add_argument("--key-name", default=_KEY_NAME, help="the shared access policy")
    parser.add_argument("--key", default=_KEY, help="the key of the policy")
    parser.add_argument(
        "--tier", choices=sorted(TIERS), default=STANDARD.name, help="decides the message size"
    )
    return parser.parse_args()


def _options(arguments: argparse.Namespace) -> Options:
    return Options(
        host=arguments.host,
        port=arguments.port,
        control_port=arguments.control_port,
        data=arguments.data,
        namespace=load_config(arguments.config),
        key=SharedAccessKey(arguments.key_name, arguments.key),
        tier=TIERS[arguments.tier],
    )


if __name__ == "__main__":
    sys.exit(main())
