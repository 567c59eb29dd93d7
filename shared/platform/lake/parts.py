"""Looks into a Parquet part before it is committed: its size and what its footer says."""

import asyncio
from collections.abc import Collection

import polars as pl

from shared.ingestion.commit_ports import Inspection
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


def look_into(part: pl.LazyFrame, size: int, wanted: Collection[str]) -> Inspection:
    """Return what is to be known of a part of `size` bytes before it is committed."""
    columns = {name: str(kind) for name, kind in part.collect_schema().items()}
    present = [name for name in wanted if name in columns]
    least = [pl.col(name).min().name.prefix("least ") for name in present]
    most = [pl.col(name).max().name.prefix("most ") for name in present]
    seen = part.select(pl.len(), *least, *most).collect().row(0, named=True)
    extremes = {name: (seen[f"least {name}"], seen[f"most {name}"]) for name in present}
    filled = {name: found for name, found in extremes.items() if found[0] is not None}
    return Inspection(size, seen["len"], columns, filled)


async def rows_by_ingest(access: LakeAccess, scope: TenantScope, path: str) -> dict[str, int]:
    """Count the rows of the part at `path` by ingest; `NotFound`. Reads one column."""
    uri = f"az://{container_of(scope)}/{path}"
    part = pl.scan_parquet(uri, storage_options=await access.options(scope), hive_partitioning=False)
    counts = part.group_by("ingest_id").len()
    with translated():
        return dict((await asyncio.to_thread(counts.collect)).iter_rows())
