"""The structure of a tenant from its tables `class`, `org` and `line_item`."""

import asyncio

import polars as pl

from shared.analytics.structure import LINE_ITEMS, Structure
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from shared.kernel.scope import TenantScope
from shared.platform.lake.access import LakeAccess
from shared.platform.lake.whole import read_whole


class LakeStructure:
    """Reads structures from the lake containers of one storage account."""

    def __init__(self, access: LakeAccess) -> None:
        self._access = access

    async def read(self, scope: TenantScope) -> Structure:
        """Return the structure as the newest versions of the tables have it.

        A course belongs to the school of the class of that id, else to that of the classes of the course;
        of several the first by id.
        """
        classes, orgs, items = await asyncio.gather(
            self._rows(scope, TableName.CLASS, "class", "title", "course", "course_title", "org"),
            self._rows(scope, TableName.ORG, "org", "title"),
            self._rows(scope, TableName.LINE_ITEM, "course", "line_item", "period", "due_at"),
        )
        stated = items.rename({"period": "stated_period"}).select(LINE_ITEMS.names())
        return Structure(
            _first(classes, "course", "org") | _first(classes, "class", "org"),
            _first(classes, "course", "course_title")
            | _first(classes, "class", "title")
            | _first(orgs, "org", "title"),
            stated.drop_nulls(["course", "line_item"]).unique(["course", "line_item"], keep="any"),
        )

    async def _rows(self, scope: TenantScope, table: TableName, *columns: str) -> pl.DataFrame:
        """Return the rows that are not deleted; of each key there is one."""
        types = TABLES[table].schema
        schema = pl.Schema({name: types[name] for name in (*columns, "deleted")})
        _, rows = await read_whole(self._access, scope, table, schema)
        return rows.filter(~pl.col("deleted").fill_null(value=False)).drop("deleted")


def _first(rows: pl.DataFrame, key: str, value: str) -> dict[str, str]:
    """Return the least `value` of each `key`; rows without either say nothing."""
    told = rows.drop_nulls([key, value]).group_by(key).agg(pl.col(value).min())
    return dict(told.select(key, value).iter_rows())
