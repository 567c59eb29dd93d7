"""Where results belong, as the roster and line items say: schools, titles, periods, due dates, standards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from shared.analytics.standards.alignments import Alignments

NO_SCHOOL: Final = "-"
"""The school of courses for which no class of the roster names one."""

NO_PERIOD: Final = "-"
"""The period of results without a date whose line item states none."""

LINE_ITEMS: Final = pl.Schema(
    {
        "course": pl.String(),
        "line_item": pl.String(),
        "stated_period": pl.String(),
        "due_at": pl.Datetime("us", "UTC"),
    }
)
"""What line items state, one row for each course and line item."""

_LINE_ITEM: Final = ("course", "line_item")
_NOT_SUBMITTED: Final = "not-submitted"


@dataclass(frozen=True, slots=True)
class Structure:
    """Schools by course, titles by id, the line items by the schema `LINE_ITEMS`, and their standards.

    All may be empty: a tenant may send results before any roster, or never one.
    """

    schools: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    line_items: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LINE_ITEMS))
    alignments: Alignments = field(default_factory=Alignments)

    def school_of(self, course: str) -> str:
        """Return the school of a course."""
        return self.schools.get(course, NO_SCHOOL)

    def title_of(self, name: str) -> str:
        """Return the title of a school, course or section: its id where none is stated."""
        return self.titles.get(name, name)

    def placed(self, results: pl.DataFrame) -> pl.DataFrame:
        """Add `period` (an enumeration), `missing` and `late` to results (`results.results`).

        The period is that which the line item states, else the month (`2026-03`, UTC) of the attempt. A
        result is late when it came after its line item was due.
        """
        line_items = self.line_items.with_columns(
            pl.col(name).cast(results.schema[name], strict=False) for name in _LINE_ITEM
        ).drop_nulls(_LINE_ITEM)
        # Only what is looked for is joined: a join copies all columns, and these are a hundred megabytes.
        wanted = results.select(_LINE_ITEM)
        stated = wanted.join(line_items, on=_LINE_ITEM, how="left", maintain_order="left").drop(_LINE_ITEM)
        month = pl.from_epoch("occurred", "ms").dt.strftime("%Y-%m")
        placed = (
            results.hstack(stated)
            .with_columns(
                period=pl.coalesce("stated_period", month, pl.lit(NO_PERIOD)),
                missing=pl.col("status").cast(pl.String) == _NOT_SUBMITTED,
                late=(pl.col("occurred") > pl.col("due_at").dt.epoch("ms")).fill_null(value=False),
            )
            .drop("stated_period", "due_at")
        )
        return placed.with_columns(pl.col("period").cast(pl.Enum(placed["period"].unique().sort())))
