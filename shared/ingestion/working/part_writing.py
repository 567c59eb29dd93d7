"""Writes the parts of chunks, and notes what is known of them as long as nobody else writes there."""

from dataclasses import dataclass

import polars as pl

from shared.ingestion.committing import rules
from shared.ingestion.committing.ports import Inspection
from shared.ingestion.lake_paths import part_path
from shared.ingestion.model import Ingest, Part, Written
from shared.ingestion.ports import LakeBlobs
from shared.ingestion.table_names import TableName
from shared.ingestion.working.part_files import parquet
from shared.ingestion.working.part_looks import look_into
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True)
class PackedPart:
    """The rows that a chunk has for a table, as the file that they become, and what was seen in them."""

    table: TableName
    content: bytes
    seen: Inspection


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """A part that is there now. `written` is None when it was there before: nobody looked into that one."""

    part: Part
    written: Written | None


def packed(ingest: Ingest, table: TableName, rows: pl.DataFrame | None) -> PackedPart | None:
    """Pack the rows that a chunk has for a table, if it has any."""
    if rows is None or rows.is_empty():
        return None
    target = next(target for target in ingest.recognised.targets if target.table is table)
    content = parquet(rows)
    return PackedPart(table, content, look_into(rows.lazy(), len(content), rules.indexed(target)))


class PartWriter:
    """Writes parts into lakes."""

    def __init__(self, lake: LakeBlobs) -> None:
        self._lake = lake

    async def write(
        self, scope: TenantScope, ingest: Ingest, n: int, packed: PackedPart | None
    ) -> WrittenPart | None:
        """Write what chunk `n` has for a table, if it has anything."""
        if packed is None:
            return None
        path, seen = part_path(ingest, packed.table, n), packed.seen
        created = await self._lake.create(scope, path, packed.content)
        part = Part(path, created.size, seen.rows)
        if created.etag is None:
            return WrittenPart(part, None)
        return WrittenPart(part, Written(created.etag, seen.columns, seen.extremes))
