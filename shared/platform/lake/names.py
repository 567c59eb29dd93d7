"""The names in the table `person`, as they lie there: sealed."""

import polars as pl

from shared.analytics.rosters.ports import PeopleVersion
from shared.ingestion.linking.matching import LINKS
from shared.ingestion.table_names import LINK_TABLE, TableName
from shared.ingestion.tables import NAME, TABLES
from shared.kernel.scope import TenantScope
from shared.platform.lake.access import LakeAccess
from shared.platform.lake.folders import Folders
from shared.platform.lake.whole import read_whole

_COLUMNS = ("ingest_id", "chunk", "record", "learner", NAME, "deleted")


class LakeNames:
    """Implements `PeopleNames` over the lake containers of one storage account."""

    def __init__(self, access: LakeAccess) -> None:
        self._access = access

    async def names(
        self, scope: TenantScope, version: PeopleVersion | None = None
    ) -> tuple[PeopleVersion, pl.DataFrame]:
        """Return `person`, `learner` and `sealed` for each person who has a name, with the versions read."""
        types = TABLES[TableName.PERSON].schema
        schema = pl.Schema({name: types[name] for name in _COLUMNS})
        of_people, of_links = (version.people, version.links) if version else (None, None)
        folders = Folders(self._access)
        links_read, links = await self._read(scope, LINK_TABLE, LINKS, of_links, folders)
        people_read, people = await self._read(scope, TableName.PERSON, schema, of_people, folders)
        return PeopleVersion(people_read, links_read), _in_force(people, links)

    async def _read(
        self, scope: TenantScope, table: str, schema: pl.Schema, version: int | None, folders: Folders
    ) -> tuple[int, pl.DataFrame]:
        if version is not None and version < 0:
            return version, pl.DataFrame(schema=schema)
        return await read_whole(self._access, scope, table, schema, version=version, folders=folders)


def _in_force(people: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return one name for each person: that of the roster, else the newest that a linked system states."""
    alive = people.filter(~pl.col("deleted").fill_null(value=False)).drop_nulls(["learner", NAME])
    newest = alive.sort("ingest_id", "chunk", "record").unique("learner", keep="last", maintain_order=True)
    linked = newest.join(links.select("learner", "person"), on="learner", how="left", maintain_order="left")
    ranked = linked.with_columns(own=pl.col("person").is_null()).sort("own", maintain_order=True)
    told = ranked.select(pl.coalesce("person", "learner"), "learner", sealed=NAME)
    return told.unique("person", keep="last", maintain_order=True).sort("person")
