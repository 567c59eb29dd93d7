"""Commits to a table and reads a landed blob by the identity of this process; prints what came of it.

A program of its own, because an SSL context trusts what the environment said when the SDK was imported.
"""

import asyncio
import json
import sys

from shared.ingestion.committing.ports import TableChange
from shared.ingestion.table_names import TableName
from shared.kernel.clock import SystemClock
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.grants import LANDING
from shared.platform.blob.landing import AzureLandingBlobs
from shared.platform.identity import process_identity
from shared.platform.lake.access import LakeAccess
from shared.platform.lake.tables import DeltaTables
from shared.settings import Endpoint
from tests.fixtures.facts import scope_of


async def _main(address: str) -> None:
    scope, clock = scope_of("north-district"), SystemClock()
    account = BlobAccount(Endpoint(address=address))
    tables = DeltaTables(LakeAccess(account, clock), clock)
    snapshot = await tables.open(scope, TableName.RESULTS)
    await tables.commit(scope, snapshot, TableChange((), (), {"ingest:one": 1}))
    fresh = await tables.open(scope, TableName.RESULTS)
    reached = await fresh.transactions(["ingest:one"])
    landed = await _landed(scope, account)
    await account.close()
    await process_identity().close()
    sys.stdout.write(json.dumps([fresh.version, reached, landed]))


async def _landed(scope: TenantScope, account: BlobAccount) -> str:
    """Land a blob and return what a range of it is read as."""
    container = account.service.get_container_client(LANDING)
    await container.create_container()
    name = f"{scope.tenant_id}/upload/file.csv"
    await container.upload_blob(name, b"0123456789")
    landing = AzureLandingBlobs(account)
    etag = (await landing.facts(scope, name)).etag
    return (await landing.read(scope, name, 3, 4, etag)).decode()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
