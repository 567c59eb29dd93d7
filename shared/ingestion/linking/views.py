"""Shows linking: how the people of each system were matched, and who was not."""

import json
from dataclasses import dataclass
from typing import Self

from shared.ingestion.following.line_pages import LINE_BYTES, whole_lines
from shared.ingestion.linking.ports import LinkReports
from shared.ingestion.ports import Listed
from shared.json_model import JsonModel
from shared.kernel.errors import InvalidInput
from shared.kernel.scope import TenantScope


class MatchingView(JsonModel):
    """How the people of one system were matched with the roster: by which pair of identifiers, if any."""

    system: str
    people: int
    matched: int
    unmatched: int
    identifier: str | None
    roster_identifier: str | None
    rate: float


class MatchingPage(JsonModel):
    """Every system whose people are not the roster's own."""

    items: list[MatchingView]


class UnmatchedView(JsonModel):
    """Somebody whom nobody of the roster matches, and the record that names them."""

    system: str
    learner: str
    feed: str
    ingest_id: str
    member: str
    chunk: int
    record: int
    byte: int

    @classmethod
    def of(cls, line: bytes) -> Self:
        """Show a line."""
        return cls(**json.loads(line))


class UnmatchedPage(JsonModel):
    """People without a match, system by system."""

    items: list[UnmatchedView]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class LinkViews:
    """The read side of linking."""

    reports: LinkReports

    async def matchings(self, scope: TenantScope) -> list[MatchingView]:
        """Return how the people of each system were matched."""
        return [MatchingView.model_validate(one) for one in await self.reports.summary(scope)]

    async def unmatched(self, scope: TenantScope, limit: int, position: str | None) -> Listed[UnmatchedView]:
        """Return up to `limit` people without a match from a position on; None is the start."""
        if position is not None and not position.isdecimal():
            raise InvalidInput.at("query:cursor", "not a position in this list")
        offset = int(position or 0)
        data = await self.reports.unmatched(scope, offset, limit * LINE_BYTES)
        lines, at_end = whole_lines(data, limit)
        following = None if at_end else str(offset + sum(map(len, lines)))
        return Listed(tuple(map(UnmatchedView.of, lines)), following)
