"""From results to the lines of learners: for each learner and course, the latest attempt per line item."""

import json
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Final

import polars as pl

from shared.analytics.folding.results import texts_of
from shared.analytics.learner_lines import Section
from shared.analytics.model import bucket_of, learner_page

_TEXTS: Final = ("course", "line_item", "line_item_title", "status", "period")
_VALUES: Final = (
    "line_item",
    "line_item_title",
    "attempt",
    "status",
    "score",
    "max_score",
    "percent",
    "occurred",
    "period",
    "late",
)
_PAIR: Final = pl.col("learner", "course").cast(pl.String)
_AT_ONCE: Final = 1_500
"""Learners whose lines are made together, at least: all of a dump would take hundreds of megabytes."""
_FEW: Final = 750
"""Learners whose lines are made together at least, where their pages are put together afterwards."""

type Sections = dict[str, dict[str, Section | None]]
"""The section of each course by learner and course; None where the learner has no result left in it."""


class LearnerLines:
    """Makes the texts of results, as `learner_lines` says; the order of rows does not matter."""

    def __init__(self, results: pl.DataFrame) -> None:
        self._results = results
        self._learners = texts_of(results["learner"]).to_list()
        self._quoted = {
            name: pl.Series([json.dumps(text) for text in texts_of(results[name]).to_list()], dtype=pl.String)
            for name in _TEXTS
        }

    def slices(self) -> Iterator[tuple[int, int]]:
        """Return ranges of learners of whole buckets, as positions among all learners in order."""
        return self._ranges(0, len(self._learners), bucket_of, _AT_ONCE)

    def pages(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Return ranges of learners of whole pages within a range, a few learners each."""
        return self._ranges(start, end, learner_page, _FEW)

    def _ranges(
        self, start: int, end: int, place: Callable[[str], str], least: int
    ) -> Iterator[tuple[int, int]]:
        until = start
        for _, learners in groupby(self._learners[start:end], key=place):
            until += sum(1 for _ in learners)
            if until - start >= least:
                yield start, until
                start = until
        if until > start:
            yield start, until

    def sections(self, start: int, end: int) -> dict[str, Sections]:
        """Return the sections of the learners of a range, by bucket."""
        joined = (
            self.lines(start, end)
            .group_by("learner", "course", maintain_order=True)
            .agg(pl.col("line").str.join(","), pl.col("period").cast(pl.String).unique().alias("periods"))
        )
        section = _array(self.text(joined, "course"), pl.concat_str(pl.lit("["), "line", pl.lit("]")))
        found: dict[str, Sections] = {}
        for learner, course, text, periods in (
            joined.select(_PAIR, "periods", text=section)
            .select("learner", "course", "text", "periods")
            .iter_rows()
        ):
            own = found.setdefault(bucket_of(learner), {}).setdefault(learner, {})
            own[course] = Section(text, frozenset(periods))
        return found

    def lines(self, start: int, end: int) -> pl.DataFrame:
        """Return the results of the learners of a range, `line` their text, by learner, course, line item."""
        position = pl.col("learner").to_physical()
        rows = self._results.filter((position >= start) & (position < end))
        texts = [self.text(rows, name) for name in _VALUES]
        lines = rows.select("learner", "course", "line_item", "period", line=_array(*texts))
        return lines.sort("learner", "course", "line_item")

    def text(self, rows: pl.DataFrame, name: str) -> pl.Expr:
        """Return a column as JSON: text was quoted once for each distinct value."""
        column = rows[name]
        text = (
            self._quoted[name].gather(column.to_physical())
            if name in self._quoted
            else column.cast(pl.String)
        )
        return pl.lit(text.fill_null("null").alias(name))


def _array(*texts: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("["), pl.concat_str(*texts, separator=","), pl.lit("]"))
