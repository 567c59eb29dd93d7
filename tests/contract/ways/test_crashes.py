"""A process that dies at any call of a way in, over real stores: nothing is lost, nothing is taken twice."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncssh
import pytest
from azure.storage.blob.aio import ContainerClient

from shared.bootstrap import Services
from shared.ingestion.ways.drops import DropWatch
from shared.ingestion.ways.intake import Intake
from shared.ingestion.ways.landing import Landing
from shared.ingestion.ways.mail import MailIntake
from shared.kernel.scope import TenantScope
from shared.platform.blob.copying import BlobCopies
from shared.platform.blob.drops import DROPS, AzureDrops
from shared.platform.blob.grants import LANDING
from shared.platform.blob.landing import AzureLandingBlobs
from shared.platform.blob.mailbox import MAIL, AzureMailbox
from shared.platform.cosmos.held_mail import QuarantinedMail
from shared.platform.cosmos.receipts import CosmosReceipts
from shared.tenancy.ways import SenderRule, WaysIn
from tests.contract.ways.conftest import NORTH, STAMP, Box, sftp_command, tenant_with
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.ingestion import FixedRules
from tests.fixtures.letters import a_letter
from tests.fixtures.mortal import Mortal
from tests.fixtures.processes import free_port, start_server
from tests.fixtures.ways import HeardRefusals

pytestmark = [pytest.mark.xdist_group("ways"), pytest.mark.timeout(240)]

CONTENT = b"any,thing\r\n1,2\r\n"


class MortalDrops(Mortal):
    """A box whose changes may be the last call of the process; it is listed undisturbed."""

    def __init__(self, drops: AzureDrops, power: Power) -> None:
        super().__init__(drops, power)
        self.of = drops.of


class Process:
    """The ways in of one tenant as a process has them, until its power is cut."""

    def __init__(self, services: Services, tenant: str, power: Power) -> None:
        self.services, self.power = services, power
        self.scope = TenantScope.of_iteration(tenant, STAMP, "test", "c")
        self._ingests: Any = Mortal(services.ingests, power)

    @property
    def intake(self) -> Intake:
        receipts: Any = Mortal(CosmosReceipts(self.services.scoped("ingests", "ingestId")), self.power)
        return Intake(receipts, self._ingests, FixedRules(), self.services.clock)

    @property
    def watch(self) -> DropWatch:
        drops: Any = MortalDrops(AzureDrops(self.services.blobs, self.services.clock), self.power)
        return DropWatch(drops, self.intake, HeardRefusals(), patience=timedelta(0))

    @property
    def mail(self) -> MailIntake:
        mailbox: Any = Mortal(AzureMailbox(self.services.blobs), self.power)
        landing: Any = Mortal(BlobCopies(self.services.blobs, self.services.clock), self.power)
        return MailIntake(
            mailbox=mailbox,
            senders=self.services.tenancy,
            intake=self.intake,
            landing=landing,
            held=QuarantinedMail(self.services.quarantine, self.services.clock),
            refusals=HeardRefusals(),
            clock=self.services.clock,
            authority=None,
        )

    async def land(self) -> None:
        """Deliver the event of every landing blob."""
        blobs, tenancy = AzureLandingBlobs(self.services.blobs), self.services.tenancy
        landing = Landing(self._ingests, blobs, tenancy, STAMP, self.services.clock)
        for name in await self.blobs(LANDING):
            await landing.receive(*name.split("/", 2))

    async def blobs(self, container: str) -> list[str]:
        """The names of the tenant's blobs."""
        client = self.services.blobs.service.get_container_client(container)
        return [it.name async for it in client.list_blobs(name_starts_with=f"{self.scope.tenant_id}/")]


async def survived(
    services: Services, power: Power, container: str, name: str, step: Callable[[Process], Awaitable[object]]
) -> None:
    """Run a step and the landing of its blobs until they are through; one file is one ingest by then."""
    process = Process(services, name.partition("/")[0], power)
    for _ in range(2):
        with suppress(PowerCut):
            await step(process)
            await process.land()
    (landed,) = await process.blobs(LANDING)
    content = await services.blobs.service.get_blob_client(LANDING, landed).download_blob()
    assert await content.readall() == CONTENT
    ingests = (await services.ingests.page(process.scope, 10, None)).items
    assert [ingest.blob for ingest in ingests] == [landed]
    assert await process.blobs(container) == []


async def onboarded(services: Services) -> str:
    """Make a tenant that takes mail of one sender, and return its id."""
    rules = WaysIn(senders=(SenderRule(sender="@sis.example", proven=False),))
    record = tenant_with(f"crash-{uuid4().hex[:12]}").model_copy(update={"ways": rules})
    await services.tenants.put(record)
    return record.id


async def test_a_watcher_that_dies_at_any_call_loses_and_doubles_nothing(services: Services) -> None:
    async def scenario(power: Power) -> None:
        name = f"{await onboarded(services)}/nightly/a.csv"
        await services.blobs.service.get_blob_client(DROPS, name).upload_blob(CONTENT)
        await survived(services, power, DROPS, name, lambda it: it.watch.look(it.scope))

    assert await at_every_crash_point(scenario) >= 8


async def test_a_taker_of_mail_that_dies_at_any_call_loses_and_doubles_nothing(services: Services) -> None:
    async def scenario(power: Power) -> None:
        name = f"{await onboarded(services)}/1.eml"
        letter = a_letter({"a.csv": CONTENT}).as_bytes()
        await services.blobs.service.get_blob_client(MAIL, name).upload_blob(letter)
        stamp = services.stamp_scope("test")
        await survived(services, power, MAIL, name, lambda it: it.mail.receive(stamp, name))

    assert await at_every_crash_point(scenario) >= 10


async def test_a_file_whose_server_died_while_it_was_written_is_taken_once_it_was_sent_again(
    services: Services, box: Box, drops: ContainerClient, tmp_path: Path
) -> None:
    port = free_port()
    command = sftp_command(port, tmp_path)
    server = start_server(command, port, env=box.environment)
    async with box.log_in(NORTH, port=port) as connection, connection.start_sftp_client() as client:
        file = await client.open("/died.csv", "wb")
        await file.write(CONTENT[:5])
        server.kill9()
        with pytest.raises((asyncssh.SFTPError, asyncssh.DisconnectError, OSError)):
            await file.close()
    again = start_server(command, port, env=box.environment)
    async with (
        box.log_in(NORTH, port=port) as connection,
        connection.start_sftp_client() as client,
        client.open("/died.csv", "wb") as file,
    ):
        await file.write(CONTENT)
    assert again.stop() == 0
    process = Process(services, NORTH, Power())
    assert await process.watch.look(process.scope) == 1
    (landed,) = [name for name in await process.blobs(LANDING) if name.endswith("/died.csv")]
    content = await services.blobs.service.get_blob_client(LANDING, landed).download_blob()
    assert await content.readall() == CONTENT
