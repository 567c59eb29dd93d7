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
from shared.platform.lake.folders import Folders
from shared.platform.lake.newest import of_newest

_NO_VERSION: Final = -1


async def read_whole(  # noqa: PLR0913 - two of them are mostly left out
    access: LakeAccess,
    scope: TenantScope,
    table: str,
    schema: pl.Schema,
    *,
    version: int | None = None,
    folders: Folders | None = None,
) -> tuple[int, pl.DataFrame]:
    """Return the newest or a past version of a table and its rows; -1 and no rows before the first.

    Only the columns of `schema` are read, and nothing while the version is that which was read last. A part
    that was written before a column existed has nulls in it. Who reads several tables in one go hands over
    the same `folders`.
    """
    if version is not None:
        found = await _past(access, scope, table, version)
    else:
        found = await of_newest(access, scope, table, _files, folders)
    if found is None:
        return _NO_VERSION, pl.DataFrame(schema=schema)
    at, paths = found
    key = scope.key(table, *schema)
    rows = access.kept.rows.get(key, at)
    if rows is None:
        rows = await _rows(access, scope, [f"{table}/{path}" for path in paths], schema)
        access.kept.rows.put(key, at, rows)
    return at, rows


async def _past(
    access: LakeAccess, scope: TenantScope, table: str, version: int
) -> tuple[int, list[str]] | None:
    await access.ensure_container(scope)
    options = await access.options(scope)
    uri = table_uri(scope, table)
    with translated():
        try:
            return await asyncio.to_thread(
                lambda: _files(DeltaTable(uri, version=version, storage_options=options))
            )
        except TableNotFoundError:
            return None


def _files(handle: DeltaTable) -> tuple[int, list[str]]:
    return handle.version(), pl.DataFrame(handle.get_add_actions(flatten=True))["path"].sort().to_list()


async def _rows(
    access: LakeAccess, scope: TenantScope, paths: Sequence[str], schema: pl.Schema
) -> pl.DataFrame:
    if not paths:
        return pl.DataFrame(schema=schema)
    rows = pl.scan_parquet(
        [f"az://{container_of(scope)}/{path}" for path in paths],
        schema=schema,
        extra_columns="ignore",
        missing_columns="insert",
        hive_partitioning=False,
        storage_options=await access.options(scope),
    )
    with translated():
        return await asyncio.to_thread(rows.collect)
