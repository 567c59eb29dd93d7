"""Keeps, for each record of a chunk, its first fault.

A record without a fault is accepted, also one that the feed skips because it is not about a learner.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.ingestion.model import RejectCode
from shared.ingestion.working.casting import Casted

REJECTS: Final = pl.Schema(
    {
        "record": pl.Int64(),
        "byte": pl.Int64(),
        "length": pl.Int64(),
        "column": pl.String(),
        "code": pl.String(),
        "message": pl.String(),
    }
)

_LONGEST_LABEL: Final = 100


@dataclass(frozen=True, slots=True)
class _Kind:
    code: RejectCode
    column: str | None
    message: str


class Verdicts:
    """The verdicts on the rows of one table, in the order in which the rules were asked."""

    def __init__(self, skipped: pl.Series) -> None:
        self._skipped = skipped
        self._kinds: list[_Kind] = []
        self._first = pl.Series("fault", [None], dtype=pl.Int32).new_from_index(0, len(skipped))

    @property
    def kept(self) -> pl.Series:
        """True in the rows that give facts: without a fault and not skipped."""
        return self._first.is_null() & ~self._skipped

    def rows(self, positions: pl.Series) -> pl.Series:
        """Return True in the rows at these positions."""
        none = pl.Series([False]).new_from_index(0, len(self._skipped))
        return none.scatter(positions, values=True)

    def reject(self, where: pl.Series, code: RejectCode, column: str | None, message: str) -> None:
        """Reject the rows where `where` is True, unless an earlier rule did."""
        news = where & self.kept
        if news.any():
            self._first = self._first.set(news, len(self._kinds))
            self._kinds.append(_Kind(code, column and column[:_LONGEST_LABEL], message))

    def take(self, casted: Casted, column: str) -> pl.Series:
        """Reject the rows whose value did not cast and return the values."""
        for fault in casted.faults:
            self.reject(fault.where, fault.code, column, fault.message)
        return casted.values

    def rejects(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rejected rows by the schema `REJECTS`."""
        if not self._kinds:
            return pl.DataFrame(schema=REJECTS)
        faulty = rows.select("record", "byte", "length").with_columns(kind=self._first).drop_nulls("kind")
        kinds = pl.DataFrame(
            [(n, kind.column, kind.code.value, kind.message) for n, kind in enumerate(self._kinds)],
            schema={"kind": pl.Int32, "column": pl.String, "code": pl.String, "message": pl.String},
            orient="row",
        )
        joined = faulty.join(kinds, on="kind", how="left", maintain_order="left")
        return joined.select(REJECTS.names())
