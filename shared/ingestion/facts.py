"""The fact table `results`: one row per result of a learner on a line item, with its way back to the file.

Each worker writes Parquet parts of exactly this schema; the committer checks their footers against it. The
table is partitioned by `source`. A part's file holds the column `source` too, though Delta Lake keeps the
value in the transaction log, so that a part can be read alone.
"""

from typing import Final

import polars as pl

FACTS: Final = pl.Schema(
    {
        "ingest_id": pl.String(),
        "feed": pl.String(),
        "source": pl.String(),
        "learner": pl.String(),
        "course": pl.String(),
        "section": pl.String(),
        "line_item": pl.String(),
        "line_item_title": pl.String(),
        "attempt": pl.Int32(),
        "status": pl.String(),
        "score": pl.Decimal(18, 4),
        "max_score": pl.Decimal(18, 4),
        "occurred_at": pl.Datetime("us", "UTC"),
        "chunk": pl.Int32(),
        "record": pl.Int64(),
        "byte": pl.Int64(),
    }
)
"""Columns in order, with their Polars types.

`record` is the 1-based ordinal of the record in its file, the header being record 1; `byte` is the offset of
the record's first byte; `chunk` is 0-based. `score` and `max_score` are points.
"""

NULLABLE: Final = frozenset({"section", "score", "max_score", "occurred_at"})
"""Columns that may be null; in all others a null is a fault."""

TABLE: Final = "results"
PARTITION: Final = "source"
