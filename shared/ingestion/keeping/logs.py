"""Finds the entries of a table's log that a checkpoint stands for and whose versions nobody asks for.

A reader begins at the newest checkpoint up to the version that it wants (Delta protocol, "Checkpoints"):
before one that was written long ago, nothing is read for any version since.
"""

import re
from collections.abc import AsyncIterator
from typing import Final

from shared.ingestion.keeping.deleting import Dead
from shared.ingestion.keeping.horizons import LOG_FOR, Horizons
from shared.ingestion.keeping.ports import KeptBlobs
from shared.kernel.scope import TenantScope

_ENTRY: Final = re.compile(r"/(\d{20})\.(json|checkpoint\.parquet)$")


async def superseded_entries(
    blobs: KeptBlobs, scope: TenantScope, table: str, horizons: Horizons
) -> AsyncIterator[Dead]:
    """Go through the entries of a log that may go, oldest first.

    None go while an ingest is open that is as old: its plan may have pinned a version of then.
    """
    if horizons.log_is_needed:
        return
    folder, anchor = f"{table}/_delta_log/", -1
    async for blob in blobs.under(scope, folder):
        found = _ENTRY.search(blob.path)
        if found and found[2] != "json" and blob.age > LOG_FOR:
            anchor = max(anchor, int(found[1]))
    if anchor < 0:
        return
    async for blob in blobs.under(scope, folder):
        found = _ENTRY.search(blob.path)
        if found and int(found[1]) < anchor and blob.age > LOG_FOR:
            yield Dead(blob, f"log:{table}")
