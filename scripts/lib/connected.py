"""The application's services for an operator's script: of its environment, else of the local cloud."""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager

from infra.local.launcher.endpoints import Endpoints
from infra.local.launcher.errors import LocalCloudError
from infra.local.launcher.local_settings import load_settings
from infra.local.launcher.options import PORT_BASE, ROOT, Options, port_base
from scripts.lib.complaints import complain, told
from shared.bootstrap import Services
from shared.kernel.errors import TermtideError, Unavailable
from shared.settings import Settings

_GIVEN_BY = "TERMTIDE_STAMP"
_HINT = "\n  The settings are those of the local cloud: does it run? ./scripts/run starts it."


@asynccontextmanager
async def connected() -> AsyncIterator[Services]:
    """Open the services and close them after the block; `InvalidInput` names what the environment lacks.

    An environment that names a stamp is taken as it is; otherwise `local.settings.json` is read, and
    TERMTIDE_PORTS_BASE moves its endpoints as it moves the local cloud.
    """
    services = Services(Settings.from_environment(_environment()))
    try:
        yield services
    finally:
        await services.close()


def run_connected(work: Coroutine[None, None, int]) -> int:
    """Run what uses `connected` and return its exit code; 2 with a sentence that says what is wrong."""
    try:
        return asyncio.run(work)
    except TermtideError as error:
        complain(told(error) + (_HINT if isinstance(error, Unavailable) and _is_local() else ""))
    except LocalCloudError as error:
        complain(error)
    return 2


def _environment() -> Mapping[str, str]:
    if not _is_local():
        return os.environ
    settings = load_settings(ROOT)
    if PORT_BASE in os.environ:
        settings |= Endpoints.at(port_base(os.environ)).settings(Options().data / "secrets.json")
    return {**settings, **os.environ}


def _is_local() -> bool:
    return _GIVEN_BY not in os.environ
