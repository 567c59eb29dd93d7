"""Files that come in by SFTP become dashboards' facts on the whole local cloud, each once."""

import asyncio
import io

import asyncssh
import pytest

from scripts.lib.demo_files import write_gradebook
from scripts.lib.development_access import DevelopmentAccess
from scripts.lib.seeding import District
from shared.ingestion.model import Ingest, IngestState, Way
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.cross_tenant import CrossTenant
from shared.tenancy.ways import SftpKey
from tests.fixtures.local_cloud import RunningCloud

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]

TENANT = "ways-sftp"
FINAL = {IngestState.FOLDED, IngestState.FAILED, IngestState.DUPLICATE}


@pytest.fixture
async def scope(access: DevelopmentAccess) -> TenantScope:
    """A seeded district."""
    await access.seed(District(TENANT, TENANT))
    services = access.services
    scopes = CrossTenant(services.settings.stamp, "test", services.tenants, on_use=services.audit.allowed)
    return await scopes.tenant(TENANT)


async def ended(access: DevelopmentAccess, scope: TenantScope) -> list[Ingest]:
    """Return the ingests of a district once there are any and all have ended."""
    while True:
        page = await access.services.ingests.page(scope, 10, None)
        if page.items and all(ingest.state in FINAL for ingest in page.items):
            return list(page.items)
        await asyncio.sleep(0.1)


async def test_a_file_that_is_put_by_sftp_is_folded_once(
    cloud: RunningCloud, access: DevelopmentAccess, scope: TenantScope
) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    listed = SftpKey(name="sis", public=key.export_public_key().decode())
    await access.services.tenancy.set_ways(scope, lambda ways: ways.with_key(listed))
    gradebook = io.BytesIO()
    write_gradebook(gradebook, seed=5, rows=30, course="SFTP_1")
    port = cloud.options.endpoints.ports["sftp"]
    async with (
        asyncssh.connect("127.0.0.1", port, username=TENANT, client_keys=[key], known_hosts=None) as server,
        server.start_sftp_client() as client,
    ):
        name = "2026-03-05T1200_Grades-SFTP_1.csv"
        async with client.open(f"{name}.part", "wb") as file:
            await file.write(gradebook.getvalue())
        await client.rename(f"{name}.part", name)
        (ingest,) = await ended(access, scope)
        assert (ingest.state, ingest.way, ingest.file_name) == (IngestState.FOLDED, Way.SFTP, name)
        assert sorted(await client.listdir("/")) == [".", ".."]
