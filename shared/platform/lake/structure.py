"""The structure of a tenant from its tables of classes, courses, schools, periods, line items, alignments."""

import asyncio

import polars as pl

from shared.analytics.standards.alignments import ALIGNED, Alignments
from shared.analytics.structure import LINE_ITEMS, Structure
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from shared.kernel.scope import TenantScope
from shared.platform.lake.access import LakeAccess
from shared.platform.lake.folders import Folders
from shared.platform.lake.whole import read_whole


class LakeStructure:
    """Reads structures from the lake containers of one storage account."""

    def __init__(self, access: LakeAccess) -> None:
        self._access = access

    async def read(self, scope: TenantScope) -> Structure:
        """Return the structure as the newest versions of the tables have it.

        A course belongs to the school of the class of that id, else to that of the classes of the course;
        of several the first by id. What a class says its course is called goes before what the course says.
        """
        folders = Folders(self._access)
        classes, courses, orgs, sessions, items = await asyncio.gather(
            self._rows(folders, scope, TableName.CLASS, "class", "title", "course", "course_title", "org"),
            self._rows(folders, scope, TableName.COURSE, "course", "title"),
            self._rows(folders, scope, TableName.ORG, "org", "title"),
            self._rows(folders, scope, TableName.ACADEMIC_SESSION, "period", "title"),
            self._rows(
                folders, scope, TableName.LINE_ITEM, "feed", "course", "line_item", "period", "due_at"
            ),
        )
        stated = items.rename({"period": "stated_period"}).select(LINE_ITEMS.names())
        return Structure(
            _first(classes, "course", "org") | _first(classes, "class", "org"),
            _first(courses, "course", "title")
            | _first(classes, "course", "course_title")
            | _first(classes, "class", "title")
            | _first(sessions, "period", "title")
            | _first(orgs, "org", "title"),
            stated.drop_nulls(["course", "line_item"]).unique(["course", "line_item"], keep="any"),
            await self._alignments(folders, scope, items),
        )

    async def _alignments(self, folders: Folders, scope: TenantScope, items: pl.DataFrame) -> Alignments:
        """Return what the line items are aligned to by their own feeds; without any, nothing is read."""
        if items.is_empty():
            return Alignments()
        stated = await self._rows(
            folders, scope, TableName.ALIGNMENT, "feed", "line_item", "standard", "standard_source"
        )
        if stated.is_empty():
            return Alignments()
        aligned = stated.join(items.drop_nulls("course"), on=["feed", "line_item"])
        return Alignments(
            aligned.select(ALIGNED.names()).unique(), _first(aligned, "standard", "standard_source")
        )

    async def _rows(
        self, folders: Folders, scope: TenantScope, table: TableName, *columns: str
    ) -> pl.DataFrame:
        """Return the rows that are not deleted; of each key there is one."""
        types = TABLES[table].schema
        schema = pl.Schema({name: types[name] for name in (*columns, "deleted")})
        _, rows = await read_whole(self._access, scope, table, schema, folders=folders)
        return rows.filter(~pl.col("deleted").fill_null(value=False)).drop("deleted")


def _first(rows: pl.DataFrame, key: str, value: str) -> dict[str, str]:
    """Return the least `value` of each `key`; rows without either say nothing."""
    told = rows.drop_nulls([key, value]).group_by(key).agg(pl.col(value).min())
    return dict(told.select(key, value).iter_rows())
