"""The answers that count, of some learners at a time, each learner once, in bounded memory."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final, Self

import polars as pl

from shared.analytics.folding.touched import holding
from shared.analytics.items.answers import ASSESSMENT, latest_answers, of_courses
from shared.analytics.ports import FactSnapshot

_BUCKETS: Final = 256
"""Learners fall into so many buckets, by the first two digits of their pseudonyms, evenly."""


@dataclass(frozen=True, slots=True)
class Batches:
    """Answers to go through, as often as need be: still to be read, or in memory."""

    snapshot: FactSnapshot
    responses: pl.LazyFrame
    touched: pl.DataFrame | None
    number: int

    @classmethod
    async def of(cls, snapshot: FactSnapshot, touched: pl.DataFrame | None, limit: int) -> Self:
        """Return the answers to `touched` assessments, None for all, at most about `limit` at a time."""
        files = snapshot.files
        if touched is not None:
            files = tuple(holding(files, touched["line_item"].unique().sort().to_list()))
        responses = of_courses(await snapshot.scan([file.path for file in files]))
        if touched is not None:
            responses = responses.filter(pl.col("line_item").is_in(touched["line_item"].unique().to_list()))
        rows = sum(file.rows for file in files)
        if rows <= limit:
            return cls(snapshot, (await snapshot.collect(responses)).lazy(), touched, 1)
        return cls(snapshot, responses, touched, min(-(-rows // limit), _BUCKETS))

    async def __aiter__(self) -> AsyncIterator[pl.DataFrame]:
        """Yield `latest_answers`, batch by batch; at least one batch, be it empty."""
        for n in range(self.number):
            responses = await self.snapshot.collect(self.responses.filter(self._learners(n)))
            if self.touched is not None:
                responses = responses.join(self.touched, on=ASSESSMENT, how="semi")
            yield await asyncio.to_thread(latest_answers, responses)

    def _learners(self, n: int) -> pl.Expr:
        """Tell which learners are in a batch; the first and the last take what is beyond all buckets."""
        first, last = (_BUCKETS * at // self.number for at in (n, n + 1))
        within = pl.lit(value=True)
        if first > 0:
            within &= pl.col("learner") >= f"l{first:02x}"
        if last < _BUCKETS:
            within &= pl.col("learner") < f"l{last:02x}"
        return within
