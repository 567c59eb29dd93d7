"""Looks into a Parquet part before it is committed: its size and what its footer says."""

import asyncio
from collections.abc import Collection

import polars as pl

from shared.ingestion.committing.ports import Inspection
from shared.ingestion.working.part_looks import look_into
from shared.kernel.errors import InvalidInput
from shared.kernel.scope import TenantScope
from shared.platform.blob.lake import container_of
from shared.platform.lake.access import LakeAccess
from shared.platform.lake.errors import translated


async def inspect(access: LakeAccess, scope: TenantScope, path: str, columns: Collection[str]) -> Inspection:
    """Read size and footer of the part at `path` in the tenant's container, and the extremes of `columns`.

    `NotFound`, or `InvalidInput` when it is no readable Parquet file. Reads the footer and those columns.
    """
    options = await access.options(scope)
    with translated():
        properties = await access.blob(scope, path).get_blob_properties()
        uri = f"az://{container_of(scope)}/{path}"
        return await asyncio.to_thread(_inspect, uri, properties.size, columns, options)


def _inspect(uri: str, size: int, wanted: Collection[str], options: dict[str, str]) -> Inspection:
    part = pl.scan_parquet(uri, storage_options=options, hive_partitioning=False)
    try:
        return look_into(part, size, wanted)
    except pl.exceptions.PolarsError as error:
        raise InvalidInput("is no readable Parquet file") from error


async def rows_by_ingest(access: LakeAccess, scope: TenantScope, path: str) -> dict[str, int]:
    """Count the rows of the part at `path` by ingest; `NotFound`. Reads one column."""
    uri = f"az://{container_of(scope)}/{path}"
    part = pl.scan_parquet(uri, storage_options=await access.options(scope), hive_partitioning=False)
    counts = part.group_by("ingest_id").len()
    with translated():
        return dict((await asyncio.to_thread(counts.collect)).iter_rows())
