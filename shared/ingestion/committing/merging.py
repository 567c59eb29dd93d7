"""Which rows win when a file merges into the rows of its source: a pure function of their keys and times.

Per key the row with the greatest (`updated_at`, ingest, chunk, record) wins, a row without `updated_at` being
older than any with one. So the order in which files come does not matter, and late news loses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES, Table

NEWEST_LAST: Final = ("updated_at", "ingest_id", "chunk", "record", "file", "row")
_PLACE: Final = ("file", "row")
READ: Final = ("updated_at", "ingest_id", "chunk", "record", "deleted")
"""What is read of each row besides its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Rows that may have keys in common. `rows` has the key, `READ`, `file` and `row`.

    Rows of files below `incoming` are those of the ingest; the others are live.
    """

    rows: pl.DataFrame
    key: Sequence[str]
    incoming: int
    ingest_id: str
    snapshot: bool
    """Whether the ingest states every key of its source."""
    late: bool
    """Whether a newer ingest stated every key of the source already."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`lost` are the places of rows that lost; `absent` the keys that vanish with the time they last changed.

    `keys` counts the keys that were live before and not deleted, among those looked at.
    """

    lost: pl.DataFrame
    absent: pl.DataFrame
    keys: int


def judge(contest: Contest) -> Verdict:
    """Decide for each row whether it stays.

    A snapshot deletes the keys that it lacks, as far as no newer file stated them. A file that comes after a
    newer snapshot may still correct what is there, but brings nothing back that the snapshot lacked.
    """
    rows, key = contest.rows, list(contest.key)
    is_new = pl.col("file") < contest.incoming
    present = rows.filter(~is_new, ~pl.col("deleted")).select(key).unique()
    heard = rows
    if contest.late:
        known = rows.filter(is_new).join(present, on=key, how="semi", nulls_equal=True)
        heard = pl.concat([rows.filter(~is_new), known])
    winners = heard.sort(NEWEST_LAST, nulls_last=False).unique(key, keep="last")
    absent = winners.clear()
    if contest.snapshot:
        absent = winners.filter(~is_new, ~pl.col("deleted"), pl.col("ingest_id") < contest.ingest_id).join(
            rows.filter(is_new), on=key, how="anti", nulls_equal=True
        )
    staying = winners.join(absent, on=_PLACE, how="anti")
    lost = rows.join(staying, on=_PLACE, how="anti").select(_PLACE).sort(_PLACE)
    return Verdict(lost, absent.select(*key, "updated_at"), present.height)


def tombstones(
    absent: pl.DataFrame, table: TableName, ingest_id: str, feed: str, source: str
) -> pl.DataFrame:
    """Return the rows that delete keys which a snapshot lacks; no record states them, so theirs is 0."""
    stated = absent.with_columns(
        ingest_id=pl.lit(ingest_id),
        feed=pl.lit(feed),
        source=pl.lit(source),
        chunk=pl.lit(0),
        record=pl.lit(0),
        byte=pl.lit(0),
        member=pl.lit(""),
        deleted=pl.lit(value=True),
    )
    return conformed(stated, TABLES[table]).sort(absent.columns)


def conformed(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return rows with exactly the columns of a table; those that are absent are null."""
    missing = [pl.lit(None).alias(name) for name in table.schema if name not in rows.columns]
    return rows.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in table.schema.items())
