"""The local issuer as a process: production authentication accepts what it signs, and nothing else."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar
from pytest import CaptureFixture

from infra.local.issuer.keys import FILE
from scripts.lib import development_token
from scripts.lib.seeding import District, seed_tenant
from shared.kernel.clock import SystemClock
from shared.kernel.errors import NotFound
from shared.platform.outbound.documents import GuardedDocuments
from shared.tenancy.model import Role
from shared.tenancy.service import Tenancy
from shared.web.authentication import Authenticator
from shared.web.call import Caller
from shared.web.tokens.issuer_keys import IssuerKeys
from shared.web.tokens.refusal import TokenRefused
from tests.fixtures.processes import PATIENCE_SECONDS, ROOT, Server, free_port, start_server
from tests.fixtures.tenancy import STAMP, MemoryMemberships, MemoryTenants
from tests.unit.local_issuer.test_codes import CHALLENGE, VERIFIER

NORTH = District("north", "North Valley", courses=frozenset({"algebra"}), learners=frozenset({"l1"}))
REDIRECT = "http://127.0.0.1:7071/api/dashboard"


@dataclass(frozen=True)
class Issuer:
    """A running issuer."""

    url: str
    port: int
    data: Path
    server: Server


def _start(port: int, data: Path) -> Server:
    url = f"http://127.0.0.1:{port}"
    args = [sys.executable, "-m", "infra.local.issuer", "--port", str(port), "--data", str(data)]
    return start_server(args, f"{url}/_local/health")


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    port, data = free_port(), tmp_path_factory.mktemp("issuer")
    server = _start(port, data)
    yield Issuer(f"http://127.0.0.1:{port}", port, data, server)
    assert server.stop() == 0


@pytest.fixture
async def authenticator(issuer: Issuer) -> Authenticator:
    """Authentication as in production, but for the stores in memory, with one seeded district."""
    clock = SystemClock()
    tenancy = Tenancy(stamp=STAMP, tenants=MemoryTenants(), memberships=MemoryMemberships(), clock=clock)
    await seed_tenant(tenancy, NORTH, issuer_url=issuer.url, issuer_folder=issuer.data)
    documents = GuardedDocuments(frozenset({f"127.0.0.1:{issuer.port}"}))
    return Authenticator(tenancy=tenancy, keys=IssuerKeys(documents), audience="api://termtide", clock=clock)


@pytest.fixture
async def browser() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=CookieJar()) as session:
        yield session


async def _authenticate(authenticator: Authenticator, token: str) -> Caller:
    return await authenticator.authenticate({"authorization": f"Bearer {token}"}, "c-12345678")


def _printed(issuer: Issuer, capsys: CaptureFixture[str], *wish: str) -> str:
    place = ("--issuer", issuer.url, "--data", str(issuer.data))
    assert development_token.main([*wish, *place]) == 0
    return capsys.readouterr().out.strip()


@pytest.mark.parametrize("role", Role)
async def test_a_printed_token_passes_for_every_role(
    issuer: Issuer, authenticator: Authenticator, capsys: CaptureFixture[str], role: Role
) -> None:
    caller = await _authenticate(authenticator, _printed(issuer, capsys, "--tenant", "north", "--role", role))
    assert caller.principal.roles == {role}
    assert caller.principal.courses == (NORTH.courses if role is Role.INSTRUCTOR else frozenset())
    assert caller.principal.learners == (NORTH.learners if role is Role.LEARNER else frozenset())


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        (("--tenant", "north", "--expired"), "expired"),
        (("--tenant", "north", "--audience", "api://other"), "audience"),
        (("--tenant", "south"), "unknown tenant"),
    ],
)
async def test_a_wrong_token_on_purpose_is_refused(
    issuer: Issuer,
    authenticator: Authenticator,
    capsys: CaptureFixture[str],
    wish: tuple[str, ...],
    reason: str,
) -> None:
    with pytest.raises(TokenRefused) as refusal:
        await _authenticate(authenticator, _printed(issuer, capsys, *wish, "--role", "Learner"))
    assert refusal.value.reason == reason


async def test_an_unknown_subject_is_nobody(
    issuer: Issuer, authenticator: Authenticator, capsys: CaptureFixture[str]
) -> None:
    token = _printed(issuer, capsys, "--tenant", "north", "--role", "Learner", "--subject", "eve")
    with pytest.raises(NotFound):
        await _authenticate(authenticator, token)


async def test_before_the_issuer_has_run_the_verb_says_what_to_do(
    tmp_path: Path, capsys: CaptureFixture[str]
) -> None:
    assert development_token.main(["--tenant", "n", "--role", "Learner", "--data", str(tmp_path)]) == 2
    assert "start ./scripts/run" in capsys.readouterr().err


async def test_signing_in_on_the_page_gives_a_token_that_passes(
    issuer: Issuer, authenticator: Authenticator, browser: ClientSession
) -> None:
    discovery = await (await browser.get(f"{issuer.url}/.well-known/openid-configuration")).json()
    asked = {
        "response_type": "code",
        "client_id": "page",
        "redirect_uri": REDIRECT,
        "state": "s&1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "scope": "openid",
    }
    page = await browser.get(discovery["authorization_endpoint"], params=asked)
    html = await page.text()
    assert page.headers["Content-Security-Policy"].endswith("form-action 'self' http://127.0.0.1:7071")
    fields = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html.replace("&amp;", "&"))
    )
    assert '<option value="north">North Valley</option>' in html
    back = await browser.post(
        discovery["authorization_endpoint"],
        data=fields | {"tenant": "north", "role": "Instructor"},
        allow_redirects=False,
    )
    assert back.status == 303
    code = re.fullmatch(re.escape(REDIRECT) + r"\?code=([\w-]+)&state=s%261", back.headers["Location"])
    assert code
    exchange = {
        "grant_type": "authorization_code",
        "code": code[1],
        "client_id": "page",
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    reply = await browser.post(discovery["token_endpoint"], data=exchange)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    token = (await reply.json())["access_token"]
    assert (await _authenticate(authenticator, token)).principal.roles == {Role.INSTRUCTOR}
    again = await browser.post(discovery["token_endpoint"], data=exchange)
    assert (again.status, (await again.json())["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changes", [{"redirect_uri": "https://evil.example/"}, {"response_type": "token"}, {"code_challenge": ""}]
)
async def test_a_request_that_could_leak_a_code_never_redirects(
    issuer: Issuer, browser: ClientSession, changes: dict[str, str]
) -> None:
    asked = {
        "response_type": "code",
        "client_id": "page",
        "redirect_uri": REDIRECT,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    for reply in (
        await browser.get(f"{issuer.url}/authorize", params=asked | changes),
        await browser.post(f"{issuer.url}/authorize", data={**asked, **changes, "role": "nobody"}),
    ):
        assert (reply.status, "Location" in reply.headers) == (400, False)


async def test_the_key_survives_a_kill_and_is_its_owners_only(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/jwks"
    documents = GuardedDocuments(frozenset({f"127.0.0.1:{port}"}))
    first = await asyncio.to_thread(_start, port, tmp_path)
    before = await documents.read(url, 10_000)
    first.kill9()
    second = await asyncio.to_thread(_start, port, tmp_path)
    assert await documents.read(url, 10_000) == before
    assert b'"d"' not in before
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert second.stop() == 0


def test_a_taken_port_is_named(issuer: Issuer, tmp_path: Path) -> None:
    args = [sys.executable, "-m", "infra.local.issuer", "--port", str(issuer.port), "--data", str(tmp_path)]
    ended = subprocess.run(
        args, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert ended.returncode == 2
    assert f"port {issuer.port}" in ended.stdout
