"""Tables that are read whole, since they are small beside the facts: people, links, structure."""

import asyncio
from collections.abc import Sequence
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
    access: LakeAccess, scope: TenantScope, table: str, schema: pl.Schema, columns: Sequence[str] = ()
) -> tuple[int, pl.DataFrame]:
    """Return the version of a table and its rows, or some columns; version -1 and no rows before the first.

    A part that was written before a column existed has nulls in it.
    """
    await access.ensure_container(scope)
    options = await access.options(scope)
    folder = f"az://{container_of(scope)}/{table}"
    wanted = list(columns) or schema.names()
    with translated():
        return await asyncio.to_thread(_read, table_uri(scope, table), folder, schema, wanted, options)


def _read(
    uri: str, folder: str, schema: pl.Schema, columns: list[str], options: dict[str, str]
) -> tuple[int, pl.DataFrame]:
    nothing = pl.DataFrame(schema=schema).select(columns)
    try:
        handle = DeltaTable(uri, storage_options=options)
    except TableNotFoundError:
        return _NO_VERSION, nothing
    paths = pl.DataFrame(handle.get_add_actions(flatten=True))["path"].sort().to_list()
    if not paths:
        return handle.version(), nothing
    rows = pl.scan_parquet(
        [f"{folder}/{path}" for path in paths],
        schema=schema,
        missing_columns="insert",
        hive_partitioning=False,
        storage_options=options,
    )
    return handle.version(), rows.select(columns).collect()
