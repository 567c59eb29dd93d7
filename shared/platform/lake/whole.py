"""Tables that are read whole, since they are small beside the facts: people, links, structure."""

import asyncio
from typing import Final

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError

from shared.kernel.scope import TenantScope
from shared.platform.blob.lake import container_of
from shared.platform.lake.access import LakeAccess, table_uri
from shared.platform.lake.errors import translated

_NO_VERSION: Final = -1


async def read_whole(
    access: LakeAccess,
    scope: TenantScope,
    table: str,
    schema: pl.Schema,
    *,
    version: int | None = None,
) -> tuple[int, pl.DataFrame]:
    """Return the newest or a past version of a table and its rows; -1 and no rows before the first.

    Only the columns of `schema` are read. A part that was written before a column existed has nulls in it.
    """
    await access.ensure_container(scope)
    if not await access.holds(scope, f"{table}/_delta_log/"):
        return _NO_VERSION, pl.DataFrame(schema=schema)
    options = await access.options(scope)
    folder = f"az://{container_of(scope)}/{table}"
    with translated():
        return await asyncio.to_thread(_read, table_uri(scope, table), folder, schema, options, version)


def _read(
    uri: str, folder: str, schema: pl.Schema, options: dict[str, str], version: int | None
) -> tuple[int, pl.DataFrame]:
    nothing = pl.DataFrame(schema=schema)
    try:
        handle = DeltaTable(uri, version=version, storage_options=options)
    except TableNotFoundError:
        return _NO_VERSION, nothing
    paths = pl.DataFrame(handle.get_add_actions(flatten=True))["path"].sort().to_list()
    if not paths:
        return handle.version(), nothing
    rows = pl.scan_parquet(
        [f"{folder}/{path}" for path in paths],
        schema=schema,
        extra_columns="ignore",
        missing_columns="insert",
        hive_partitioning=False,
        storage_options=options,
    )
    return handle.version(), rows.collect()
