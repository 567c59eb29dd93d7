"""Second look at the answers: adds up what the figures of items and assessments are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.analytics.items.answers import ASSESSMENT, ITEM
from shared.analytics.items.options import OptionTally
from shared.analytics.items.scoring import scored
from shared.analytics.items.sums import Sums, summed

_ASSESSMENTS_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class ItemTotals:
    """What one assessment comes to: a row of sums, and tables of its items, their options and totals.

    `items` are sorted. `options` have one row for each option of an item, `totals` one for each total of the
    learners whose answer to it was scored, both in no order.
    """

    assessment: dict[str, object]
    items: pl.DataFrame
    options: pl.DataFrame
    totals: pl.DataFrame


class ItemTally:
    """Adds up the answers of all assessments, batch by batch; no learner comes in two batches."""

    def __init__(self, items: pl.DataFrame) -> None:
        self._known = items
        self._assessments = Sums(ASSESSMENT, _ASSESSMENT_MERGED)
        self._items = Sums(ITEM, _ITEM_MERGED)
        self._totals = Sums((*ITEM, "total"), summed("n", "points", "possible"))
        self._options = OptionTally()

    def add(self, answers: pl.DataFrame) -> None:
        """Add a batch of `latest_answers`."""
        rows = scored(answers, self._known)
        self._assessments.add(_assessments(rows))
        self._items.add(rows.group_by(ITEM).agg(**_ITEM_COUNTED))
        self._options.add(rows)
        counted = rows.filter(pl.col("points").is_not_null()).group_by(*ITEM, "total")
        self._totals.add(counted.agg(pl.len().alias("n"), pl.col("points", "possible").sum()))

    def totals(self) -> Iterator[ItemTotals]:
        """Return what each assessment comes to, sorted by course and line item."""
        assessments = self._assessments.table().sort(ASSESSMENT)
        items = self._items.table().join(self._known, on=ITEM, how="left")
        parts = (items, self._options.table(), self._totals.table())
        for start in range(0, assessments.height, _ASSESSMENTS_AT_ONCE):
            some = assessments.slice(start, _ASSESSMENTS_AT_ONCE)
            chosen = [_by_assessment(part, some) for part in parts]
            for row in some.iter_rows(named=True):
                key = row["course"], row["line_item"]
                own = [found.get(key, part.clear()) for found, part in zip(chosen, parts, strict=True)]
                yield ItemTotals(row, own[0].sort(ITEM), own[1], own[2])


def _by_assessment(part: pl.DataFrame, some: pl.DataFrame) -> dict[tuple[object, ...], pl.DataFrame]:
    chosen = part.join(some.select(ASSESSMENT), on=ASSESSMENT, how="semi")
    return chosen.partition_by(ASSESSMENT, as_dict=True)


def _assessments(rows: pl.DataFrame) -> pl.DataFrame:
    learners = rows.group_by(*ASSESSMENT, "learner").agg(
        total=pl.col("core_points").first(),
        possible=pl.when("core").then("possible").otherwise(0).sum(),
    )
    complete = pl.col("total").is_not_null()
    sums = learners.group_by(ASSESSMENT).agg(
        learners=pl.len(),
        complete=complete.sum(),
        possible=pl.col("possible").filter(complete).sum(),
        total=pl.col("total").sum(),
        total_squares=(pl.col("total") * pl.col("total")).sum(),
    )
    named = rows.group_by(ASSESSMENT).agg(**_title_of("line_item_title"))
    return sums.join(named, on=ASSESSMENT)


def _title_of(name: str) -> dict[str, pl.Expr]:
    """Tell which title holds: the one in the newest fact."""
    order = ("ingest_id", "record", name)
    return {
        "title": pl.col(name).sort_by(order).last(),
        "newest": pl.col("ingest_id").max(),
        "record": pl.col("record").sort_by(order).last(),
    }


_ORDER: Final = ("newest", "record", "title")
_TITLE_MERGED: Final = {
    "title": pl.col("title").sort_by(_ORDER).last(),
    "record": pl.col("record").sort_by(_ORDER).last(),
    "newest": pl.col("newest").max(),
}

_POINTS, _POSSIBLE, _TOTAL, _REST = (pl.col(name) for name in ("points", "possible", "total", "rest"))
_SCORED: Final = _POINTS.is_not_null()
_RESTED: Final = _REST.is_not_null()
_IN_CORE: Final = pl.col("core") & _SCORED & pl.col("core_points").is_not_null()
_SUMS: Final = {
    "presented": pl.len(),
    "omitted": pl.col("omitted").sum(),
    "n": _SCORED.sum(),
    "points": _POINTS.sum(),
    "possible": _POSSIBLE.sum(),
    "squares": (_POINTS * _POINTS).sum(),
    "total": _TOTAL.filter(_SCORED).sum(),
    "total_squares": (_TOTAL * _TOTAL).filter(_SCORED).sum(),
    "with_total": (_POINTS * _TOTAL).sum(),
    "rest_n": _RESTED.sum(),
    "rest_points": _POINTS.filter(_RESTED).sum(),
    "rest_point_squares": (_POINTS * _POINTS).filter(_RESTED).sum(),
    "rest": _REST.sum(),
    "rest_squares": (_REST * _REST).sum(),
    "with_rest": (_POINTS * _REST).sum(),
    "core_points": _POINTS.filter(_IN_CORE).sum(),
    "core_squares": (_POINTS * _POINTS).filter(_IN_CORE).sum(),
    "core_with_total": (_POINTS * pl.col("core_points")).filter(_IN_CORE).sum(),
    "learner_n": _TOTAL.is_not_null().sum(),
    "learner_total": _TOTAL.sum(),
    "learner_squares": (_TOTAL * _TOTAL).sum(),
}
"""`n` to `with_total` are over scored answers, those of `rest` over such of learners who had more items, of
`core` over such of learners who had the whole core, those of `learner` over all who had the item."""

_ITEM_COUNTED: Final = _SUMS | _title_of("item_title")
_ITEM_MERGED: Final = summed(*_SUMS) | _TITLE_MERGED
_ASSESSMENT_MERGED: Final = (
    summed("learners", "complete", "possible", "total", "total_squares") | _TITLE_MERGED
)
