"""Keeps the links of a tenant in step with its people."""

import asyncio
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.ingestion.linking.matching import LINKS, Matching, match
from shared.ingestion.linking.ports import LinkReports, PeopleTables
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.tables import IDENTIFIERS, NAME
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope

_PLACE: Final = ("learner", "feed", "ingest_id", "member", "chunk", "record", "byte")
_LONGEST_MEMBER: Final = 200
"""Characters of a member's name in a line: `line_pages` knows how long lines are."""


@dataclass(frozen=True, slots=True)
class Links:
    """The links in force: the version of their table, and whether rollups were rebuilt by them."""

    version: int
    folded: bool


class Linker:
    """Links people whenever the table of people changed. Idempotent: the same people give the same links."""

    def __init__(self, tables: PeopleTables, reports: LinkReports, catalogue: Catalogue) -> None:
        self._tables = tables
        self._reports = reports
        self._systems = {feed.id: feed.system for feed in catalogue.newest}
        self._rosters = {feed.system for feed in catalogue.newest if feed.roster}

    async def link(self, scope: TenantScope) -> Links:
        """Match the people of every system with the roster and return the links that are in force now."""
        people = await self._tables.people(scope)
        found = await asyncio.to_thread(self._matched, people)
        links = pl.concat([pl.DataFrame(schema=LINKS), *(one.links for one in found)]).sort(LINKS.names())
        version, before = await self._tables.links(scope)
        if not links.equals(before):
            version = await self._tables.replace_links(scope, links)
        await self._reports.write(scope, [_summary(one) for one in found], _lines(found))
        return Links(version, folded=version == await self._reports.folded(scope))

    async def note_folded(self, scope: TenantScope, links: Links) -> None:
        """Note that the rollups were rebuilt by these links: a crash before that has them rebuilt again."""
        await self._reports.note_folded(scope, links.version)

    def _matched(self, people: pl.DataFrame) -> list[Matching]:
        known = people.with_columns(
            system=pl.col("feed").replace_strict(self._systems, default=None, return_dtype=pl.String)
        ).drop_nulls("system")
        compared = pl.any_horizontal(pl.col(column).is_not_null() for column in IDENTIFIERS)
        known = known.filter(compared | pl.col(NAME).is_null())  # whom a file only names, nothing can match
        of_roster = known["system"].is_in(sorted(self._rosters))
        roster, others = known.filter(of_roster), known.filter(~of_roster)
        return [
            match(str(system), rows, roster)
            for (system,), rows in others.sort("system", maintain_order=True).group_by(
                "system", maintain_order=True
            )
        ]


def _summary(found: Matching) -> dict[str, Json]:
    return {
        "system": found.system,
        "people": found.people,
        "matched": found.links.height,
        "unmatched": found.unmatched.height,
        "identifier": found.identifier,
        "rosterIdentifier": found.roster_identifier,
        "rate": round(found.rate, 4),
    }


def _lines(found: Iterable[Matching]) -> bytes:
    """Write who is not matched as JSON lines: pseudonym, and where the record stands that names them."""
    out = io.BytesIO()
    for one in found:
        short = pl.col("member").str.slice(0, _LONGEST_MEMBER)
        told = one.unmatched.with_columns(short, system=pl.lit(one.system))
        told.select("system", *_PLACE).write_ndjson(out)
    return out.getvalue()
