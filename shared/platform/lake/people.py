"""The tables `person` and `person_link` of a tenant's lake: read whole, since linking compares everybody."""

import asyncio
from typing import Final

import polars as pl
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import TableNotFoundError

from shared.ingestion.linking.matching import LINKS
from shared.ingestion.linking.ports import NO_LINKS
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from shared.kernel.scope import TenantScope
from shared.platform.blob.lake import container_of
from shared.platform.lake.access import LakeAccess, table_uri
from shared.platform.lake.errors import translated

_LINK_TABLE: Final = "person_link"


class LakePeople:
    """Implements `PeopleTables` over the lake containers of one storage account."""

    def __init__(self, access: LakeAccess) -> None:
        self._access = access

    async def people(self, scope: TenantScope) -> pl.DataFrame:
        """Return the rows of the table `person`, without tombstones, in a fixed order."""
        _, rows = await self._rows(scope, TableName.PERSON, TABLES[TableName.PERSON].schema)
        return rows.filter(~pl.col("deleted").fill_null(value=False)).sort("ingest_id", "chunk", "record")

    async def links(self, scope: TenantScope, version: int | None = None) -> tuple[int, pl.DataFrame]:
        """Return the version and the links in force, sorted; `NO_LINKS` before the first version.

        Those of a past `version` when one is given.
        """
        if not await self._access.holds(scope, f"{_LINK_TABLE}/_delta_log/"):
            return NO_LINKS, pl.DataFrame(schema=LINKS)
        version, links = await self._rows(scope, _LINK_TABLE, LINKS, version)
        return version, links.sort(LINKS.names())

    async def replace_links(self, scope: TenantScope, links: pl.DataFrame) -> int:
        """Make these the links in force, as a new version of the table; return the version."""
        await self._access.ensure_container(scope)
        options = await self._access.options(scope, write=True)
        with translated():
            return await asyncio.to_thread(_replace, table_uri(scope, _LINK_TABLE), links, options)

    async def _rows(
        self, scope: TenantScope, table: str, schema: pl.Schema, version: int | None = None
    ) -> tuple[int, pl.DataFrame]:
        await self._access.ensure_container(scope)
        options = await self._access.options(scope)
        folder = f"az://{container_of(scope)}/{table}"
        with translated():
            return await asyncio.to_thread(_read, table_uri(scope, table), folder, schema, options, version)


def _read(
    uri: str, folder: str, schema: pl.Schema, options: dict[str, str], version: int | None
) -> tuple[int, pl.DataFrame]:
    try:
        handle = DeltaTable(uri, version=version, storage_options=options)
    except TableNotFoundError:
        return NO_LINKS, pl.DataFrame(schema=schema)
    paths = pl.DataFrame(handle.get_add_actions(flatten=True))["path"].sort().to_list()
    if not paths:
        return handle.version(), pl.DataFrame(schema=schema)
    rows = pl.scan_parquet(
        [f"{folder}/{path}" for path in paths],
        schema=schema,
        missing_columns="insert",
        hive_partitioning=False,
        storage_options=options,
    )
    return handle.version(), rows.collect()


def _replace(uri: str, links: pl.DataFrame, options: dict[str, str]) -> int:
    write_deltalake(uri, links, mode="overwrite", storage_options=options)
    return DeltaTable(uri, storage_options=options).version()
