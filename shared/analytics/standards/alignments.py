"""Which line items are aligned to which standards (OneRoster 1.2, `LearningObjectiveSet`)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import polars as pl

ALIGNED: Final = pl.Schema({"course": pl.String(), "line_item": pl.String(), "standard": pl.String()})
"""A standard of a line item of a course, one row for each."""


@dataclass(frozen=True)
class Alignments:
    """The rows of `ALIGNED`, and who numbers each standard: `case` for a CFItem. Most tenants have none."""

    rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ALIGNED))
    sources: Mapping[str, str] = field(default_factory=dict)

    def of_courses(self, courses: Collection[str]) -> pl.DataFrame:
        """Return the rows of courses, sorted."""
        if self.rows.is_empty():
            return self.rows
        return self._sorted.filter(pl.col("course").is_in(courses))

    def standards_of(self, courses: Collection[str]) -> frozenset[str]:
        """Return the standards that have line items in courses, whether or not with results."""
        return frozenset(self.of_courses(courses)["standard"])

    @cached_property
    def _sorted(self) -> pl.DataFrame:
        return self.rows.sort(ALIGNED.names())
