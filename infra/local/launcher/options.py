"""What can be chosen when the local cloud starts, and the command-line options for it."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.launcher.endpoints import DEFAULT_PORT_BASE, OFFSETS, Endpoints
from infra.local.launcher.errors import SettingsInvalid

ROOT = Path(__file__).resolve().parents[3]
TOPOLOGY = ROOT / "infra" / "topology.json"
PORT_BASE = "TERMTIDE_PORTS_BASE"

BULK_NICE = 10
"""A ninth of the weight of the others: pages come first, and bulk work takes what they leave."""
_MOST_WORKERS = 2
"""Half of what a request costs is spent by the servers beside the host: more would wait for them."""


def workers_of_this_machine() -> int:
    """Return how many processes answer HTTP unless somebody says otherwise.

    One core is left to all else: each process remembers for itself, so that more of them ask the stores more.
    """
    return max(1, min((os.process_cpu_count() or 1) - 1, _MOST_WORKERS))


@dataclass(frozen=True, slots=True)
class Options:
    """The choices for one local cloud.

    `data` holds all its state, which `fresh` clears first; `app` is the folder of `function_app.py`;
    `topology` is the file that names what is created. Unless `verbose`, the console shows only warnings and
    errors of the services. So many processes answer HTTP as `http_workers` says; bulk work runs at the nice
    value `bulk_nice`.
    """

    endpoints: Endpoints = field(default_factory=Endpoints.at)
    data: Path = ROOT / ".local"
    fresh: bool = False
    app: Path = ROOT
    topology: Path = TOPOLOGY
    verbose: bool = True
    http_workers: int = field(default_factory=workers_of_this_machine)
    bulk_nice: int = BULK_NICE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the local cloud to a command's parser."""
    parser.add_argument("--fresh", action="store_true", help="forget all local state first")
    parser.add_argument("--data", type=Path, default=ROOT / ".local", help="folder of the local state")
    parser.add_argument(
        "--port-base",
        type=_port,
        metavar="N",
        help=f"services listen at N+1 to N+20 (default {DEFAULT_PORT_BASE}, or {PORT_BASE})",
    )
    for service in OFFSETS:
        parser.add_argument(f"--{service}-port", type=_port, metavar="N", help=argparse.SUPPRESS)


def options_from(arguments: argparse.Namespace, env: Mapping[str, str] = os.environ) -> Options:
    """Build the options from parsed arguments and, where the port base is not among them, the environment.

    `SettingsInvalid` when the environment names no port.
    """
    base = arguments.port_base or port_base(env)
    given = {service: getattr(arguments, f"{service}_port") for service in OFFSETS}
    chosen = {service: port for service, port in given.items() if port is not None}
    return Options(Endpoints.at(base, **chosen), arguments.data.resolve(), arguments.fresh)


def port_base(env: Mapping[str, str]) -> int:
    """Return the port base that the environment asks for; `SettingsInvalid` when that is no port."""
    try:
        return _port(env.get(PORT_BASE, str(DEFAULT_PORT_BASE)))
    except argparse.ArgumentTypeError as invalid:
        raise SettingsInvalid(f"environment variable {PORT_BASE}: {invalid}") from invalid


def _port(text: str) -> int:
    if not text.isdecimal() or not 1024 <= int(text) <= 65500:
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 1024 to 65500")
    return int(text)
