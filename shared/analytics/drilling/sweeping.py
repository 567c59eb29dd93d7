"""Answers a question: goes through the files that can matter, a few at a time, and keeps the first rows."""

from collections.abc import Sequence

import polars as pl

from shared.analytics.drilling.costs import Meter
from shared.analytics.drilling.expressions import first, meeting, needed
from shared.analytics.drilling.model import Condition, Question
from shared.analytics.drilling.ports import TableVersion
from shared.analytics.drilling.pruning import admitted, groups


class Sweep:
    """One question to one version of a table, for an audience that `alternatives` describe."""

    def __init__(
        self,
        version: TableVersion,
        question: Question,
        alternatives: Sequence[Condition] | None,
        meter: Meter,
    ) -> None:
        people, hidden = version.people, question.shape.people
        self._version, self._question, self._meter = version, question, meter
        self._conditions = [people.in_rows(it, hidden) for it in question.conditions]
        self._alternatives = (
            None if alternatives is None else [people.in_rows(it, hidden) for it in alternatives]
        )

    async def first(self, count: int) -> pl.DataFrame:
        """Return the first `count` rows of the answer, or all when it has fewer.

        `TooCostly` before anything is read where the log tells the cost, else between two groups of files.
        Rows without an order come by their place, and no file is read beyond those that hold them.
        """
        order = self._question.order
        files = admitted(self._version.files, self._conditions, self._alternatives)
        if order:
            self._meter.foresee(sum(file.size for file in files))
        kept = await self._version.collect(self._answer(await self._version.scan([], 0)))
        place = 0
        for group in groups(files):
            self._meter.scan(sum(file.size for file in group))
            found = self._answer(await self._version.scan(group, place)).pipe(first, order, count)
            both = pl.concat([kept, await self._version.collect(found)])
            kept = await self._version.collect(both.lazy().pipe(first, order, count))
            self._meter.hold(int(kept.estimated_size()))
            if not order and kept.height >= count:
                break
            place += sum(file.rows for file in group)
        return kept.select(self._question.columns)

    def _answer(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        asked = rows.filter(meeting(self._conditions, self._alternatives))
        return needed(asked, self._question, self._version.people)
