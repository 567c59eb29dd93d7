"""Counts the learners behind the standards of courses. All other sums follow from those of assessments."""

from collections.abc import Mapping

import polars as pl

from shared.analytics.folding.tally import Sum, computed
from shared.analytics.standards.alignments import Alignments

_LINE_ITEM = ("course", "line_item")


class LearnerTally:
    """Counts results (`results.Narrow.results`) batch by batch; no learner comes in two batches."""

    def __init__(self, alignments: Alignments) -> None:
        self._rows = alignments.rows
        self._learners = Sum(("course", "standard"), {"learners": pl.col("learners").sum()})

    def add(self, results: pl.DataFrame) -> None:
        """Count a batch."""
        if self._rows.is_empty():
            return
        aligned = self._rows.with_columns(
            pl.col(name).cast(results.schema[name], strict=False) for name in _LINE_ITEM
        ).drop_nulls()
        had = results.lazy().select(*_LINE_ITEM, "learner").join(aligned.lazy(), on=_LINE_ITEM)
        pairs = had.select("course", "standard", "learner").unique()
        self._learners.add(computed(pairs.group_by("course", "standard").len("learners"), results.height))

    def learners(self) -> Mapping[tuple[str, str], int]:
        """Return how many learners have results on a standard, by course and standard, and forget them."""
        table = self._learners.table()
        return {(course, standard): learners for course, standard, learners in table.iter_rows()}
