"""Writes the parts of chunks, and notes what is known of them as long as nobody else writes there."""

import asyncio
from dataclasses import dataclass

import polars as pl

from shared.ingestion import commit_rules as rules
from shared.ingestion.lake_paths import part_path
from shared.ingestion.model import Ingest, Part, Written
from shared.ingestion.part_files import parquet
from shared.ingestion.part_looks import look_into
from shared.ingestion.ports import LakeBlobs
from shared.ingestion.table_names import TableName
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """A part that is there now. `written` is None when it was there before: nobody looked into that one."""

    part: Part
    written: Written | None


class PartWriter:
    """Writes parts into lakes."""

    def __init__(self, lake: LakeBlobs) -> None:
        self._lake = lake

    async def write(
        self, scope: TenantScope, ingest: Ingest, table: TableName, n: int, rows: pl.DataFrame | None
    ) -> WrittenPart | None:
        """Write the rows that chunk `n` has for a table, if it has any."""
        if rows is None or rows.is_empty():
            return None
        path = part_path(ingest, table, n)
        created = await self._lake.create(scope, path, await asyncio.to_thread(parquet, rows))
        part = Part(path, created.size, rows.height)
        if created.etag is None:
            return WrittenPart(part, None)
        target = next(target for target in ingest.recognised.targets if target.table is table)
        seen = await asyncio.to_thread(look_into, rows.lazy(), part.size, rules.indexed(target))
        return WrittenPart(part, Written(created.etag, seen.columns, seen.extremes))
