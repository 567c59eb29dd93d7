"""Compares what readers find in a table, when everything has settled, with what it must hold."""

from collections.abc import Iterator

import polars as pl

from scripts.lib.simulation.notes import fact_schema
from shared.bootstrap import Services
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from shared.ingestion.working.people import pseudonymised
from shared.kernel.scope import TenantScope
from shared.platform.lake.rows import LakeRows

_SHOWN = 3


async def live_rows(services: Services, scope: TenantScope, table: TableName, feed: str) -> pl.DataFrame:
    """Return the rows of a feed that readers find in a table."""
    names = fact_schema(table).names()

    def live(rows: pl.LazyFrame) -> pl.LazyFrame:
        return rows.filter(pl.col("feed") == feed, ~pl.col("deleted").fill_null(value=False)).select(names)

    snapshot = await services.fact_tables.newest(scope, table)
    # A source is named after its feed.
    own = (file for file in snapshot.files if file.source.startswith(feed)) if snapshot else ()
    paths = [file.path for file in own]
    return await LakeRows(services.lake).read(scope, table, paths, live)


def unlike_final(
    found: pl.DataFrame, final: pl.DataFrame, table: TableName, key: bytes, system: str
) -> list[str]:
    """Return how live rows differ from those that must be there, whose people are named plainly."""
    names = fact_schema(table).names()
    expected = pseudonymised(final.select(names), TABLES[table], key, system)
    return list(_differences(found.select(names), expected, table))


def _differences(found: pl.DataFrame, expected: pl.DataFrame, table: TableName) -> Iterator[str]:
    names = found.columns
    if found.height != expected.height:
        yield f"{table} holds {found.height} rows in the end, not {expected.height}"
    for row in found.join(expected, on=names, how="anti", nulls_equal=True).head(_SHOWN).iter_rows():
        yield f"{table} holds in the end, and must not: {row}"
    for row in expected.join(found, on=names, how="anti", nulls_equal=True).head(_SHOWN).iter_rows():
        yield f"{table} must hold in the end: {row}"
