"""What the host tells about itself under `/admin/host`."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict

from infra.local.functions.definitions import FunctionDefinition
from infra.local.functions.http.responses import Response
from infra.local.functions.supervision import Shutdown, Supervisor

_JSON = ((b"content-type", b"application/json"),)


def status_response(
    functions: Sequence[FunctionDefinition], supervisor: Supervisor, shutdown: Shutdown
) -> Response:
    """Return the health of the host: 200 while it serves, 503 when it stops."""
    listeners = [asdict(state) for state in supervisor.states]
    body = {
        "state": "Stopping" if shutdown.announced else "Running",
        "processId": os.getpid(),
        "functions": [{"name": it.name, "trigger": it.trigger.type} for it in functions],
        "listeners": listeners,
    }
    return Response(503 if shutdown.announced else 200, _JSON, json.dumps(body).encode())
