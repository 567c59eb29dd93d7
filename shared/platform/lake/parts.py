"""Looks into a Parquet part before it is committed: its size and what its footer says."""

import asyncio
from typing import Final

import polars as pl

from shared.ingestion.commit_ports import Inspection
from shared.kernel.errors import InvalidInput
from shared.kernel.scope import TenantScope
from shared.platform.blob.lake import container_of
from shared.platform.lake.access import LakeAccess
from shared.platform.lake.errors import translated

_EXTREMES: Final = ("ingest_id", "course")


async def inspect(access: LakeAccess, scope: TenantScope, path: str) -> Inspection:
    """Read size and footer of the part at `path` in the tenant's container.

    `NotFound`, or `InvalidInput` when it is no readable Parquet file. Reads the footer and two columns.
    """
    options = await access.options(scope)
    with translated():
        properties = await access.blob(scope, path).get_blob_properties()
        uri = f"az://{container_of(scope)}/{path}"
        return await asyncio.to_thread(_inspect, uri, properties.size, options)


def _inspect(uri: str, size: int, options: dict[str, str]) -> Inspection:
    part = pl.scan_parquet(uri, storage_options=options, hive_partitioning=False)
    try:
        columns = {name: str(kind) for name, kind in part.collect_schema().items()}
        present = [name for name in _EXTREMES if name in columns]
        least = [pl.col(name).min().name.prefix("least ") for name in present]
        most = [pl.col(name).max().name.prefix("most ") for name in present]
        seen = part.select(pl.len(), *least, *most).collect().row(0, named=True)
    except pl.exceptions.PolarsError as error:
        raise InvalidInput("is no readable Parquet file") from error

    def extremes(name: str) -> tuple[str, str] | None:
        found = seen.get(f"least {name}"), seen.get(f"most {name}")
        return None if found[0] is None or found[1] is None else (found[0], found[1])

    return Inspection(size, seen["len"], columns, extremes("ingest_id"), extremes("course"))
