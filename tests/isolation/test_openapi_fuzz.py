"""A slice of the campaign over docs/openapi.yaml: as anybody, no error and nothing undocumented is found.

`scripts/campaign openapi` runs the long one.
"""

import asyncio
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from functions.http import route_table
from scripts.lib.development_access import DevelopmentAccess
from scripts.lib.openapi_fuzzing import PHASES, furnish, fuzz
from shared.tenancy.model import Role

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(240)]

TENANT = "iso-fuzzed"


@pytest.fixture(scope="module", autouse=True)
async def furnished(access: DevelopmentAccess) -> None:
    await furnish(access, TENANT)


# The calls of the other phases are the same for every role: who may do most makes them here, to every
# operation. Everybody else makes calls of their own, to what answers them: how the rest refuses each of them
# is shown row by row of the matrix.
CALLERS = {Role.TENANT_ADMIN: (PHASES, 4)} | dict.fromkeys(
    [role for role in (*Role, None) if role is not Role.TENANT_ADMIN], (("fuzzing",), 2)
)


def operations_of(role: Role | None) -> list[str]:
    """Return the operations that a caller of this slice calls."""
    return [
        route.operation
        for route in route_table()
        if role is Role.TENANT_ADMIN or (route.anonymous if role is None else role in route.roles)
    ]


@pytest.mark.parametrize("role", CALLERS)
async def test_no_call_finds_a_server_error_or_an_undocumented_answer(
    access: DevelopmentAccess, role: Role | None
) -> None:
    token = None if role is None else access.token(TENANT, role)
    (phases, examples), seed = CALLERS[role], [*CALLERS].index(role)
    url, operations = access.endpoints.url("http"), operations_of(role)
    verdict = await asyncio.to_thread(
        fuzz, url, token, examples=examples, seed=seed, phases=phases, operations=operations
    )
    assert verdict.passed, verdict.output
    assert verdict.operations == len(operations) > 0


class Failing(BaseHTTPRequestHandler):
    """Answers everything with a server error."""

    def do_GET(self) -> None:
        self.send_response(500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def failing_server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Failing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_a_server_error_is_found(failing_server: str) -> None:
    few = operations_of(Role.SUPER_ADMIN)
    verdict = await asyncio.to_thread(
        fuzz, failing_server, None, examples=1, seed=7, phases=["fuzzing"], operations=few
    )
    assert not verdict.passed
    assert "Server error" in verdict.output
