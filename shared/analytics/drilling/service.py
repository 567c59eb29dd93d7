"""Drill-down as routes use it: pages and whole answers, a few at a time in one process."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from shared.analytics.drilling.costs import Meter
from shared.analytics.drilling.model import EXPORT_BOUNDS, PAGE_BOUNDS, Bounds, Question, Versions
from shared.analytics.drilling.policies import alternatives
from shared.analytics.drilling.ports import FactTables, TableVersion
from shared.analytics.drilling.reading import read_question
from shared.analytics.policies import Audience
from shared.kernel.errors import InvalidInput, NotFound, Unavailable
from shared.kernel.scope import TenantScope

if TYPE_CHECKING:
    import polars as pl

_AT_ONCE: Final = 2
"""Questions that are answered at one time: each holds groups of files and rows in memory."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a list goes on: the versions that its pages share, and the rows before."""

    versions: Versions
    offset: int

    def text(self) -> str:
        """Return what a cursor carries."""
        return json.dumps([self.versions.table, self.versions.links, self.offset])

    @classmethod
    def of(cls, text: str) -> Self:
        """Read what a cursor carried."""
        table, links, offset = json.loads(text)
        return cls(Versions(table, links), offset)


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of a query as they came; None where one is absent."""

    filter: str | None = None
    columns: str | None = None
    sort: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows that answer a question, the version of the table, and where its list goes on."""

    question: Question
    rows: "pl.DataFrame"
    data_version: int
    following: Position | None


class Drilldown:
    """Answers questions about single rows. What an audience may not see is not among the rows."""

    def __init__(
        self, tables: FactTables, bounds: Bounds = PAGE_BOUNDS, export_bounds: Bounds = EXPORT_BOUNDS
    ) -> None:
        self._tables = tables
        self._bounds = bounds
        self._export_bounds = export_bounds
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def page(  # noqa: PLR0913, PLR0917 - whose rows, which, and the part of them
        self,
        scope: TenantScope,
        audience: Audience,
        table: str,
        asked: Asked,
        limit: int,
        position: Position | None,
    ) -> Answer:
        """Return one page of rows; `InvalidInput`, `TooCostly`, `Unavailable` while others are answered."""
        offset = position.offset if position else 0
        meter = Meter(self._bounds)
        meter.list(offset + limit)
        question = read_question(self._tables.shape(table), asked.filter, asked.columns, asked.sort)
        async with self._slot():
            version = await self._open(scope, table, position)
            rows = await _first(version, question, audience, offset + limit + 1, meter)
        more = rows.height > offset + limit
        following = Position(version.versions, offset + limit) if more else None
        return Answer(question, rows.slice(offset, limit), max(version.versions.table, 0), following)

    async def whole(self, scope: TenantScope, audience: Audience, table: str, asked: Asked) -> Answer:
        """Return every row of the answer; `InvalidInput`, `TooCostly`, `Unavailable` as for a page."""
        meter = Meter(self._export_bounds)
        question = read_question(self._tables.shape(table), asked.filter, asked.columns, asked.sort)
        async with self._slot():
            version = await self._open(scope, table, None)
            rows = await _first(version, question, audience, self._export_bounds.rows + 1, meter)
        meter.list(rows.height)
        return Answer(question, rows, max(version.versions.table, 0), None)

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._bounds.seconds):
                await self._slots.acquire()
        except TimeoutError as busy:
            raise Unavailable("other questions are being answered") from busy
        try:
            yield
        finally:
            self._slots.release()

    async def _open(self, scope: TenantScope, table: str, position: Position | None) -> TableVersion:
        if position is None:
            return await self._tables.open(scope, table)
        try:
            return await self._tables.open(scope, table, position.versions)
        except NotFound as gone:
            message = "the version of the data is not kept any more; start again from the first page"
            raise InvalidInput.at("query:cursor", message) from gone


async def _first(
    version: TableVersion, question: Question, audience: Audience, count: int, meter: Meter
) -> "pl.DataFrame":
    from shared.analytics.drilling.sweeping import Sweep  # noqa: PLC0415 - loads Polars, which only answers need

    admitted = alternatives(audience, question.shape)
    return await Sweep(version, question, admitted, meter).first(count)
