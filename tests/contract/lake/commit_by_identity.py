"""Creates and commits to a table by the identity of this process; prints the version and what it reached.

A program of its own, because an SSL context trusts what the environment said when the SDK was imported.
"""

import asyncio
import json
import sys

from shared.ingestion.commit_ports import TableChange
from shared.ingestion.table_names import TableName
from shared.kernel.clock import SystemClock
from shared.platform.blob.account import BlobAccount
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
    await account.close()
    await process_identity().close()
    sys.stdout.write(json.dumps([fresh.version, reached]))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
