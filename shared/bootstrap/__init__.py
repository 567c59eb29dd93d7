"""The one composition root: from settings to adapters to services, each built at its first use.

Nothing here reaches out to a service, and what only some functions need is imported when they ask for it:
the HTTP role never loads Polars or Delta Lake, and an ingest role never loads the gate.
"""

from functools import cache

from shared.bootstrap.edge import Edge
from shared.bootstrap.keeping import Keeping
from shared.bootstrap.messaging import Messaging
from shared.platform.telemetry.logs import configure_logs
from shared.settings import process_settings


class Services(Edge, Messaging, Keeping):
    """Everything that functions and scripts call, wired for one set of settings."""


@cache
def services() -> Services:
    """Return the services of this process; `InvalidInput` names what its environment lacks."""
    settings = process_settings()
    configure_logs(settings.log_level)
    return Services(settings)
