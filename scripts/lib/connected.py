"""The application's services for a script: of the environment it runs in, else of the local cloud."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from infra.local.launcher.local_settings import load_settings
from shared.bootstrap import Services
from shared.settings import Settings

_ROOT = Path(__file__).resolve().parents[2]
_GIVEN_BY = "TERMTIDE_STAMP"


@asynccontextmanager
async def connected() -> AsyncIterator[Services]:
    """Open the services and close them after the block; `InvalidInput` names what the environment lacks.

    An environment that names a stamp is taken as it is; otherwise `local.settings.json` is read.
    """
    environment = os.environ if _GIVEN_BY in os.environ else {**load_settings(_ROOT), **os.environ}
    services = Services(Settings.from_environment(environment))
    try:
        yield services
    finally:
        await services.close()
