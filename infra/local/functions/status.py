"""What the host tells about itself under `/admin/host`."""

import json
import os
from collections.abc import Sequence

from infra.local.functions.definitions import FunctionDefinition
from infra.local.functions.http.responses import Response
from infra.local.functions.supervision import ListenerState, Shutdown, Supervisor

_JSON = ((b"content-type", b"application/json"),)


def status_response(
    functions: Sequence[FunctionDefinition], supervisor: Supervisor, shutdown: Shutdown
) -> Response:
    """Return the health of the host: 200 while it serves, 503 when it stops."""
    body = {
        "state": "Stopping" if shutdown.announced else "Running",
        "processId": os.getpid(),
        "functions": [{"name": it.name, "trigger": it.trigger.type} for it in functions],
        "listeners": [_listener(state) for state in supervisor.states],
    }
    return Response(503 if shutdown.announced else 200, _JSON, json.dumps(body).encode())


def _listener(state: ListenerState) -> dict[str, str | None]:
    return {
        "function": state.function,
        "trigger": state.trigger,
        "state": state.state,
        "lastError": state.last_error,
    }
