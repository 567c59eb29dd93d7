"""People of other systems are found in the roster by the identifiers that find most of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.linking.linker import Linker
from shared.ingestion.linking.matching import LINKS, match
from shared.ingestion.linking.ports import NO_LINKS
from shared.ingestion.linking.views import LinkViews
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.feed import Mapping as Feed
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import IDENTIFIERS, TABLES
from shared.ingestion.working.people import pseudonymised
from shared.kernel.errors import InvalidInput
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from tests.fixtures.messaging import tenant_scope

PERSON = TABLES[TableName.PERSON]
KEY = b"k" * 32


def people(feed: str, system: str, *rows: Mapping[str, str | None]) -> pl.DataFrame:
    """Return rows of the table of people as a worker writes them."""
    stated = [
        {"feed": feed, "ingest_id": "i", "member": "m", "chunk": 0, "record": n, "byte": n, "deleted": False}
        | dict(row)
        for n, row in enumerate(rows)
    ]
    return pseudonymised(pl.DataFrame(stated, schema=PERSON.schema), PERSON, KEY, system)


ROSTER = people(
    "oneroster-csv",
    "oneroster",
    {"learner": "u1", "sis_id": "0007", "email": "ann@x.org"},
    {"learner": "u2", "sis_id": "0008", "email": "bo@x.org"},
    {"learner": "u3", "sis_id": "0009", "email": "cy@x.org"},
)
NUMBERED = people("x", "oneroster", *({"learner": f"u{n}", "sis_id": f"{n}"} for n in range(4)))
CANVAS = people(
    "canvas-gradebook",
    "canvas",
    {"learner": "41", "username": "0007", "email": "Ann@X.org"},
    {"learner": "42", "username": "0008", "email": "other@x.org"},
    {"learner": "43", "username": "none", "email": "cy@x.org"},
    {"learner": "44", "username": "0009"},
)


def test_the_pair_of_identifiers_that_finds_most_people_links_them() -> None:
    found = match("canvas", CANVAS, ROSTER)

    assert (found.identifier, found.roster_identifier, found.rate) == ("username", "sis_id", 0.75)
    linked = dict(found.links.select("learner", "person").iter_rows())
    assert linked == dict(
        zip(CANVAS["learner"].gather([0, 1, 3]), ROSTER["learner"].gather([0, 1, 2]), strict=True)
    )
    assert found.unmatched["record"].to_list() == [2]


def test_too_few_found_by_any_pair_links_nobody() -> None:
    found = match("canvas", CANVAS, ROSTER.head(1))

    assert (found.identifier, found.links.height, found.unmatched.height) == (None, 0, 4)
    assert found.rate == 0.25


def test_an_identifier_that_two_people_share_says_nothing() -> None:
    twins = people(
        "oneroster-csv", "oneroster", {"learner": "a", "sis_id": "1"}, {"learner": "b", "sis_id": "1"}
    )
    found = match("canvas", people("x", "canvas", {"learner": "41", "sis_id": "1"}), twins)

    assert found.links.is_empty()


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from([*"123", None])), max_size=8))
def test_nobody_is_linked_twice_and_nobody_is_forgotten(rows: list[tuple[str, str | None]]) -> None:
    theirs = people("x", "canvas", *({"learner": name, "sis_id": value} for name, value in rows))
    found = match(
        "canvas", theirs, ROSTER.with_columns(sis_id=theirs["sis_id"].extend_constant(None, 3).head(3))
    )

    assert found.links["learner"].is_unique().all()
    named = [*found.links["learner"], *found.unmatched["learner"]]
    assert sorted(named) == sorted(set(theirs["learner"]))


@dataclass
class MemoryPeople:
    """`PeopleTables` and `LinkReports` in memory."""

    rows: pl.DataFrame
    versions: list[pl.DataFrame] = field(default_factory=list)
    told: list[Mapping[str, Json]] = field(default_factory=list)
    lines: bytes = b""
    noted: int = NO_LINKS

    async def people(self, scope: TenantScope) -> pl.DataFrame:
        return self.rows

    async def links(self, scope: TenantScope) -> tuple[int, pl.DataFrame]:
        return len(self.versions) - 1, self.versions[-1] if self.versions else pl.DataFrame(schema=LINKS)

    async def replace_links(self, scope: TenantScope, links: pl.DataFrame) -> int:
        self.versions.append(links)
        return len(self.versions) - 1

    async def write(
        self, scope: TenantScope, summary: Sequence[Mapping[str, Json]], unmatched: bytes
    ) -> None:
        self.told, self.lines = list(summary), unmatched

    async def folded(self, scope: TenantScope) -> int:
        return self.noted

    async def note_folded(self, scope: TenantScope, version: int) -> None:
        self.noted = version

    async def summary(self, scope: TenantScope) -> Sequence[Mapping[str, Json]]:
        return self.told

    async def unmatched(self, scope: TenantScope, offset: int, length: int) -> bytes:
        return self.lines[offset : offset + length]


def catalogue() -> Catalogue:
    """The gradebook, and a feed whose people are the roster."""
    gradebook: Feed = Catalogue.built_in().get("canvas-gradebook", 1)
    roster = gradebook.model_copy(update={"id": "oneroster-csv", "system": "oneroster", "roster": True})
    return Catalogue((gradebook, roster))


async def test_links_are_a_new_version_only_when_they_changed_and_wait_to_be_folded() -> None:
    scope, store = tenant_scope(), MemoryPeople(pl.concat([ROSTER, CANVAS]))
    linker = Linker(store, store, catalogue())

    first = await linker.link(scope)
    again = await linker.link(scope)
    await linker.note_folded(scope, first)
    settled = await linker.link(scope)
    store.rows = pl.concat([ROSTER, CANVAS.head(2)])
    later = await linker.link(scope)

    assert [(one.version, one.folded) for one in (first, again, settled, later)] == [
        (0, False),
        (0, False),
        (0, True),
        (1, False),
    ]
    assert [links.height for links in store.versions] == [3, 2]


async def test_a_clerk_sees_how_people_were_matched_and_who_was_not() -> None:
    scope, store = tenant_scope(), MemoryPeople(pl.concat([ROSTER, CANVAS]))
    await Linker(store, store, catalogue()).link(scope)
    views = LinkViews(store)

    (matching,) = await views.matchings(scope)
    page = await views.unmatched(scope, 10, None)

    assert (matching.system, matching.people, matching.matched, matching.unmatched) == ("canvas", 4, 3, 1)
    assert [(one.learner, one.record) for one in page.items] == [(CANVAS["learner"][2], 2)]
    assert page.cursor is None
    with pytest.raises(InvalidInput):
        await views.unmatched(scope, 10, "x")


async def test_no_line_of_the_unmatched_shows_an_identifier() -> None:
    scope, store = tenant_scope(), MemoryPeople(CANVAS)
    await Linker(store, store, catalogue()).link(scope)

    lines: list[dict[str, Any]] = [json.loads(line) for line in store.lines.splitlines()]
    assert len(lines) == 4
    assert not any(set(IDENTIFIERS) & line.keys() for line in lines)
