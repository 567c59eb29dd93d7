"""`scripts/audit` and `scripts/replay`, started as an operator would, over a store and a bus of the cloud."""

import json
import os
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest
from azure.servicebus.aio import ServiceBusClient

from infra.local.launcher.broker_config import broker_config
from infra.local.launcher.development_secrets import ensure_secrets
from shared.bootstrap import Services
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from shared.messaging.envelope import seal
from shared.messaging.messages import ReceivedMessage
from shared.messaging.quarantine import verified
from shared.settings import Settings
from shared.tenancy.model import Branding, Issuer, SigningAlgorithm, Tenant
from tests.contract.platform.conftest import TOPOLOGY
from tests.fixtures.messaging import an_event
from tests.fixtures.processes import ROOT
from tests.fixtures.servicebus import LocalBroker


@dataclass(frozen=True, slots=True)
class Ended:
    """What a script left behind."""

    code: int
    output: str
    complaint: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """A stamp of its own in the shared store, so that scripts which walk everybody see this test only."""

    environment: Mapping[str, str]
    services: Services
    scope: TenantScope

    async def run(self, script: str, *arguments: str) -> Ended:
        process = await create_subprocess_exec(
            *(sys.executable, "-m", f"scripts.lib.{script}", *arguments),
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=PIPE,
            stderr=PIPE,
        )
        output, complaint = await process.communicate()
        return Ended(process.returncode or 0, output.decode(), complaint.decode())

    async def hold(self) -> tuple[str, str]:
        """Put a message into quarantine; return the ids of its event and of its body."""
        event = an_event(self.scope.tenant_id)
        keys = await self.services.keys("envelope")()
        raw = ReceivedMessage("folds", event.id, seal(event, self.scope.stamp, keys), self.scope.tenant_id)
        now = self.services.clock.now()
        await self.services.quarantine.put(self.scope, verified(raw, event, "invalid-input", now))
        return event.id, raw.digest


@pytest.fixture(scope="module")
async def deployment(
    cosmos_endpoint: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    folder = tmp_path_factory.mktemp("deployment")
    broker = LocalBroker(folder, json.dumps(broker_config(TOPOLOGY.service_bus)))
    environment = _environment(cosmos_endpoint, broker.connection_string, folder / "secrets.json")
    services = Services(Settings.from_environment(environment))
    scope = TenantScope.authenticated(f"t-{new_id()[-12:]}", environment["TERMTIDE_STAMP"], "person:1", "c")
    await services.tenants.put(_tenant(scope))
    yield Deployment(environment, services, scope)
    await services.close()
    broker.server.stop()


def _environment(cosmos: str, bus: str, secrets: Path) -> dict[str, str]:
    ensure_secrets(secrets)
    return {
        "TERMTIDE_STAMP": f"stamp-{new_id()[-12:]}",
        "APP_ROLES": "http",
        "Storage": "UseDevelopmentStorage=true",
        "ServiceBus": bus,
        "Cosmos": cosmos,
        "Secrets": f"file:{secrets}",
        "TOKEN_AUDIENCE": "api://termtide",
        "SIGN_IN_ISSUER": "http://127.0.0.1:1",
        "SIGN_IN_CLIENT_ID": "dashboard",
    }


def _tenant(scope: TenantScope) -> Tenant:
    issuer = Issuer(url="https://issuer.example", algorithms=frozenset({SigningAlgorithm.RS256}))
    branding = Branding(name="T", accent="#000000")
    return Tenant(id=scope.tenant_id, name="T", home_stamp=scope.stamp, issuers=(issuer,), branding=branding)


async def test_a_held_message_is_listed_explained_tried_and_replayed(deployment: Deployment) -> None:
    event_id, digest = await deployment.hold()
    tenant = deployment.scope.tenant_id
    assert digest in (await deployment.run("replay", "list")).output
    explained = await deployment.run("replay", "explain", "--tenant", tenant, "--queue", "folds", digest)
    assert event_id in explained.output
    assert "verifies" in explained.output
    tried = await deployment.run("replay", "run", "--tenant", tenant, "--dry-run")
    assert (tried.code, tried.output.splitlines()[-1]) == (0, "1 would-send")
    replayed = await deployment.run("replay", "run", "--tenant", tenant)
    assert (replayed.code, replayed.output.splitlines()[-1]) == (0, "1 sent")
    assert await _message_ids(deployment) == [f"{event_id}:r1"]
    again = await deployment.run("replay", "run", "--tenant", tenant)
    assert (again.code, again.output.strip()) == (0, "nothing is held")


async def _message_ids(deployment: Deployment) -> list[str | None]:
    bus = deployment.environment["ServiceBus"]
    async with (
        ServiceBusClient.from_connection_string(bus) as client,
        client.get_queue_receiver("folds", session_id=deployment.scope.tenant_id) as receiver,
    ):
        return [message.message_id for message in await receiver.receive_messages(10, max_wait_time=5)]


async def test_an_unknown_tenant_is_said_to_be_unknown(deployment: Deployment) -> None:
    ended = await deployment.run("replay", "run", "--tenant", "nobody-here")
    assert ended.code == 2
    assert ended.complaint.startswith("termtide: ")


async def test_the_audit_is_walked_and_the_first_broken_entry_named(deployment: Deployment) -> None:
    services, scope = deployment.services, deployment.scope
    for number in range(3):
        await services.audit.allowed(scope, "upload.create", f"upload:{number}")
    await services.sealer.seal(scope)
    whole = await deployment.run("audit", "verify")
    assert whole.code == 0
    assert f"{scope.tenant_id}: whole" in whole.output
    assert "_stamp: whole" in whole.output
    segment = await _tamper(services, scope)
    broken = await deployment.run("audit", "verify", "--tenant", scope.tenant_id)
    assert broken.code == 1
    assert f"{scope.tenant_id}: BROKEN at {segment}/entries/0" in broken.output


async def _tamper(services: Services, scope: TenantScope) -> str:
    """Change the actor of an entry behind the back of the audit; return its segment."""
    container = services.scoped("audit", "month")
    page = await container.query(scope, "c.kind = 'segment' AND c.number = 1", {}, level=None, limit=1)
    document = page.items[0]
    document["entries"] = [{**entry, "actor": "person:2"} for entry in document["entries"]]  # type: ignore[dict-item, union-attr]  # an array of objects
    await container.upsert(scope, document, str(document["month"]))
    return str(document["id"])


async def test_settings_that_are_missing_are_named(deployment: Deployment) -> None:
    bare = Deployment({"TERMTIDE_STAMP": "stamp-1"}, deployment.services, deployment.scope)
    ended = await bare.run("audit", "verify")
    assert ended.code == 2
    assert "environment:Cosmos" in ended.complaint


@pytest.mark.parametrize("script", [("audit", "verify"), ("replay", "list")])
async def test_a_local_cloud_that_is_away_is_said_to_be(
    deployment: Deployment, tmp_path: Path, script: tuple[str, str]
) -> None:
    nowhere = {
        "Cosmos": "AccountEndpoint=http://127.0.0.1:1/;AccountKey=YQ==;",
        "Secrets": f"file:{tmp_path}/no",
    }
    ended = await Deployment(nowhere, deployment.services, deployment.scope).run(*script)
    assert ended.code == 2
    assert ended.complaint.startswith("termtide: ")
    assert ended.complaint.endswith("does it run? ./scripts/run starts it.\n")


async def test_a_key_is_added_listed_and_removed_and_the_audit_says_so(
    deployment: Deployment, tmp_path: Path
) -> None:
    tenant, file = deployment.scope.tenant_id, tmp_path / "id.pub"
    public = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    file.write_text(f"{public} sis@north\n")
    added = await deployment.run("ways", "add-key", "--tenant", tenant, "nightly", str(file))
    assert (added.code, added.output) == (0, f"sftp  nightly  {public}\n")
    assert (await deployment.run("ways", "list", "--tenant", tenant)).output == added.output
    removed = await deployment.run("ways", "remove-key", "--tenant", tenant, "nightly")
    assert (removed.code, removed.output) == (0, "")
    store = deployment.services.audit_store
    actions = [str(e["action"]) async for it in store.segments(deployment.scope) for e in it.segment.entries]
    assert [action for action in actions if action.startswith("ways.")] == ["ways.add-key", "ways.remove-key"]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("nightly", "ssh-dss AAAA", "termtide: a public key begins with one of"),
        ("Not A Name", "ssh-ed25519 AAAA", "termtide: String should match pattern"),
        ("nightly", None, "termtide: [Errno 2]"),
    ],
)
async def test_what_is_no_key_is_refused_in_a_sentence(
    deployment: Deployment, tmp_path: Path, name: str, content: str | None, complaint: str
) -> None:
    file = tmp_path / "id.pub"
    if content is not None:
        file.write_text(content)
    ended = await deployment.run("ways", "add-key", "--tenant", deployment.scope.tenant_id, name, str(file))
    assert (ended.code, ended.output) == (2, "")
    assert ended.complaint.startswith(complaint)


async def test_a_sender_is_added_listed_and_removed(deployment: Deployment) -> None:
    tenant, sender = deployment.scope.tenant_id, "Nightly@SIS.example"
    added = await deployment.run("ways", "add-sender", "--tenant", tenant, sender, "--feed", "canvas")
    assert (added.code, added.output) == (0, "mail  nightly@sis.example  canvas  proven\n")
    again = await deployment.run("ways", "add-sender", "--tenant", tenant, "@sis.example", "--unproven")
    assert again.output == f"{added.output}mail  @sis.example  -  unproven\n"
    removed = await deployment.run("ways", "remove-sender", "--tenant", tenant, sender)
    assert removed.output == "mail  @sis.example  -  unproven\n"
    refused = await deployment.run("ways", "add-sender", "--tenant", tenant, "everybody")
    assert (refused.code, refused.complaint[:30]) == (2, "termtide: a sender is an addre")
