"""The tables `person` and `person_link` of a tenant's lake: read whole, since linking compares everybody."""

import asyncio

import polars as pl
from deltalake import DeltaTable, write_deltalake

from shared.ingestion.linking.matching import LINKS
from shared.ingestion.table_names import LINK_TABLE, TableName
from shared.ingestion.tables import TABLES
from shared.kernel.scope import TenantScope
from shared.platform.lake.access import LakeAccess, table_uri
from shared.platform.lake.errors import translated
from shared.platform.lake.whole import read_whole


class LakePeople:
    """Implements `PeopleTables` over the lake containers of one storage account."""

    def __init__(self, access: LakeAccess) -> None:
        self._access = access

    async def people(self, scope: TenantScope) -> pl.DataFrame:
        """Return the rows of the table `person`, without tombstones, in a fixed order."""
        _, rows = await read_whole(self._access, scope, TableName.PERSON, TABLES[TableName.PERSON].schema)
        return rows.filter(~pl.col("deleted").fill_null(value=False)).sort("ingest_id", "chunk", "record")

    async def links(self, scope: TenantScope, version: int | None = None) -> tuple[int, pl.DataFrame]:
        """Return the version and the links in force, sorted; `NO_LINKS` before the first version.

        Those of a past `version` when one is given.
        """
        version, links = await read_whole(self._access, scope, LINK_TABLE, LINKS, version=version)
        return version, links.sort(LINKS.names())

    async def replace_links(self, scope: TenantScope, links: pl.DataFrame) -> int:
        """Make these the links in force, as a new version of the table; return the version."""
        await self._access.ensure_container(scope)
        options = await self._access.options(scope, write=True)
        with translated():
            return await asyncio.to_thread(_replace, table_uri(scope, LINK_TABLE), links, options)


def _replace(uri: str, links: pl.DataFrame, options: dict[str, str]) -> int:
    write_deltalake(uri, links, mode="overwrite", storage_options=options)
    return DeltaTable(uri, storage_options=options).version()
