"""The rows in the files of fact tables, read in place by Polars, and parts that are written anew."""

import asyncio
import io
from collections.abc import Collection, Sequence

import polars as pl
from azure.core.exceptions import ResourceExistsError

from shared.ingestion.committing.merge_ports import Query
from shared.ingestion.committing.ports import Inspection
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from shared.ingestion.working.part_looks import look_into
from shared.kernel.scope import TenantScope
from shared.platform.blob.lake import container_of
from shared.platform.lake.access import LakeAccess
from shared.platform.lake.errors import translated

_PLACES = {"file": pl.UInt32(), "row": pl.UInt32()}


class LakeRows:
    """Implements `RowStore` over the lake containers of one storage account."""

    def __init__(self, access: LakeAccess) -> None:
        self._access = access

    async def read(
        self, scope: TenantScope, table: TableName, paths: Sequence[str], query: Query
    ) -> pl.DataFrame:
        """Compute `query` over the rows of files, off the event loop; `NotFound` for a file that is gone."""
        schema = TABLES[table].schema
        options = await self._access.options(scope)
        scans = [
            pl.scan_parquet(
                f"az://{container_of(scope)}/{table}/{path}",
                schema=schema,
                missing_columns="insert",
                hive_partitioning=False,
                row_index_name="row",
                storage_options=options,
            ).with_columns(file=pl.lit(number, dtype=pl.UInt32), row=pl.col("row").cast(pl.UInt32))
            for number, path in enumerate(paths)
        ]
        nothing = pl.LazyFrame(schema={**schema, **_PLACES})
        rows = pl.concat([scan.select(*schema, *_PLACES) for scan in scans]) if scans else nothing
        with translated():
            return await asyncio.to_thread(query(rows).collect, engine="streaming")

    async def write(
        self,
        scope: TenantScope,
        table: TableName,
        path: str,
        rows: pl.DataFrame,
        columns: Collection[str],
    ) -> Inspection:
        """Write a part unless it exists (If-None-Match: *)."""
        blob = self._access.blob(scope, f"{table}/{path}")
        content = await asyncio.to_thread(_parquet, rows)
        size = len(content)
        with translated():
            try:
                await blob.upload_blob(content, overwrite=False)
            except ResourceExistsError:
                size = int((await blob.get_blob_properties()).size)
        return look_into(rows.lazy(), size, columns)


def _parquet(rows: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    rows.write_parquet(out, compression="zstd", compression_level=1)
    return out.getvalue()
