"""Files that come in by SFTP and by mail are folded on the whole local cloud, each once."""

import asyncio
import io
import smtplib

import asyncssh
import pytest

from scripts.lib.demo_files import write_gradebook
from scripts.lib.development_access import DevelopmentAccess
from scripts.lib.seeding import District
from shared.ingestion.model import Ingest, IngestState, Way
from shared.kernel.scope import TenantScope
from shared.platform.blob.mailbox import MAIL
from shared.platform.cosmos.cross_tenant import CrossTenant
from shared.tenancy.ways import SenderRule, SftpKey
from tests.fixtures.letters import a_letter
from tests.fixtures.local_cloud import RunningCloud

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]

DROPPING, MAILING = "ways-sftp", "ways-mail"
FINAL = {IngestState.FOLDED, IngestState.FAILED, IngestState.DUPLICATE}


async def the_scope(access: DevelopmentAccess, tenant: str) -> TenantScope:
    services = access.services
    scopes = CrossTenant(services.settings.stamp, "test", services.tenants, on_use=services.audit.allowed)
    return await scopes.tenant(tenant)


async def ended(access: DevelopmentAccess, scope: TenantScope) -> list[Ingest]:
    """Return the ingests of a district once there are any and all have ended."""
    while True:
        page = await access.services.ingests.page(scope, 10, None)
        if page.items and all(ingest.state in FINAL for ingest in page.items):
            return list(page.items)
        await asyncio.sleep(0.1)


async def test_a_file_that_is_put_by_sftp_is_folded_once(
    cloud: RunningCloud, access: DevelopmentAccess
) -> None:
    await access.seed(District(DROPPING, DROPPING))
    scope = await the_scope(access, DROPPING)
    key = asyncssh.generate_private_key("ssh-ed25519")
    listed = SftpKey(name="sis", public=key.export_public_key().decode())
    await access.services.tenancy.set_ways(scope, lambda ways: ways.with_key(listed))
    gradebook = io.BytesIO()
    write_gradebook(gradebook, seed=5, rows=30, course="SFTP_1")
    port = cloud.options.endpoints.ports["sftp"]
    async with (
        asyncssh.connect("127.0.0.1", port, username=DROPPING, client_keys=[key], known_hosts=None) as server,
        server.start_sftp_client() as client,
    ):
        name = "2026-03-05T1200_Grades-SFTP_1.csv"
        async with client.open(f"{name}.part", "wb") as file:
            await file.write(gradebook.getvalue())
        await client.rename(f"{name}.part", name)
        (ingest,) = await ended(access, scope)
        assert (ingest.state, ingest.way, ingest.file_name) == (IngestState.FOLDED, Way.SFTP, name)
        assert sorted(await client.listdir("/")) == [".", ".."]


async def test_a_file_that_is_mailed_again_and_again_is_folded_once(
    cloud: RunningCloud, access: DevelopmentAccess
) -> None:
    await access.seed(District(MAILING, MAILING))
    scope = await the_scope(access, MAILING)
    rule = SenderRule(sender="@sis.example", proven=False)
    await access.services.tenancy.set_ways(scope, lambda ways: ways.with_sender(rule))
    gradebook = io.BytesIO()
    write_gradebook(gradebook, seed=6, rows=30, course="MAIL_1")
    name = "2026-03-05T1200_Grades-MAIL_1.csv"
    letter = a_letter({name: gradebook.getvalue()}).as_bytes()
    for _ in range(3):
        with smtplib.SMTP("127.0.0.1", cloud.options.endpoints.ports["mail"]) as client:
            client.sendmail("nightly@sis.example", [f"{MAILING}+canvas-gradebook@ingest.local"], letter)
    mailbox = access.services.blobs.service.get_container_client(MAIL)
    while [blob async for blob in mailbox.list_blobs(name_starts_with=f"{MAILING}/")]:  # noqa: ASYNC110
        await asyncio.sleep(0.1)  # other processes take it; nobody can notify
    (ingest,) = await ended(access, scope)
    assert (ingest.state, ingest.way, ingest.file_name) == (IngestState.FOLDED, Way.MAIL, name)
