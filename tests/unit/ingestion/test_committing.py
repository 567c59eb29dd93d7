"""Commits: once, whole, newest file of a source only, and the same end after a crash at any point."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ingestion.committing.committer import Committer
from shared.ingestion.committing.merger import Merger
from shared.ingestion.committing.ports import TableChange, TableSnapshot
from shared.ingestion.loads import Load, Target
from shared.ingestion.model import IngestState, Part
from shared.ingestion.ports import Versioned
from shared.kernel.errors import Unavailable
from shared.kernel.scope import TenantScope
from tests.fixtures.commits import (
    REPLACE,
    TABLE,
    MemoryLedger,
    MemoryTables,
    changed,
    chunk_done,
    part_path,
    worked_ingest,
)
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.facts import ingest_id, scope_of
from tests.fixtures.messaging import FixedClock
from tests.fixtures.mortal import Mortal

SCOPE = scope_of("north-district")
A, B, C, D = (ingest_id(n) for n in range(4))
ALGEBRA, BIOLOGY = "gradebook.algebra", "gradebook.biology"


@dataclass(slots=True)
class World:
    """A tenant's table and ledger."""

    tables: MemoryTables
    ledger: MemoryLedger

    def work(
        self,
        ingest: str,
        source: str = ALGEBRA,
        rows: Sequence[int] = (3, 4),
        targets: tuple[Target, ...] = REPLACE,
    ) -> list[Part]:
        """Let an ingest become worked; each of `rows` is a chunk with so many facts."""
        parts = [self.tables.put(source, ingest, n, count) if count else None for n, count in enumerate(rows)]
        chunks = [chunk_done(n, part) for n, part in enumerate(parts)]
        self.ledger.add(worked_ingest(ingest, source, chunks, targets), chunks)
        return [part for part in parts if part is not None]

    async def commit(self, ingest: str, power: Power | None = None, *, released: bool = False) -> None:
        """Handle the message of an ingest, perhaps up to a crash."""
        power = power or Power()
        merger = Merger(Mortal(self.tables, power))
        committer = Committer(Mortal(self.tables, power), Mortal(self.ledger, power), merger, FixedClock())
        await committer.commit(SCOPE, ingest, released=released)

    def outcome(self) -> object:
        """What must not depend on crashes or on who committed: facts, states, manifests, events."""
        manifests = {
            ingest: (
                sorted(part.path for part in manifest.added),
                sorted(part.path for part in manifest.removed),
                [file.path for file in self.tables.versions[manifest.versions[TABLE]].files],
            )
            for ingest, manifest in self.ledger.manifests.items()
        }
        announced = sorted(out.event.subject for out in self.ledger.outbox)
        return self.tables.live, self.ledger.states(), manifests, announced


@pytest.fixture
def world() -> World:
    return World(MemoryTables(), MemoryLedger())


def _live(*parts: Part) -> list[str]:
    return sorted(part.path.removeprefix(f"{TABLE}/") for part in parts)


async def test_all_parts_of_all_waiting_ingests_become_live_in_one_transaction(world: World) -> None:
    parts = world.work(A) + world.work(B, BIOLOGY)
    await world.commit(A)
    assert world.tables.live == _live(*parts)
    assert [snapshot.version for snapshot in world.tables.versions] == [0, 1]
    assert world.ledger.states() == {A: "committed", B: "committed"}
    assert [(out.event.subject, out.event.data) for out in world.ledger.outbox] == [
        (A, {"tableVersions": {"results": 1}}),
        (B, {"tableVersions": {"results": 1}}),
    ]


async def test_a_redelivered_commit_changes_nothing(world: World) -> None:
    world.work(A)
    await world.commit(A)
    before = world.outcome()
    await world.commit(A)
    assert world.outcome() == before
    assert len(world.tables.versions) == 2


async def test_a_newer_file_takes_the_place_of_the_older_one_of_its_source(world: World) -> None:
    old = world.work(A)
    other = world.work(B, BIOLOGY)
    await world.commit(A)
    new = world.work(C)
    await world.commit(C)
    assert world.tables.live == _live(*new, *other)
    assert world.ledger.manifests[C].removed == tuple(old)
    assert world.ledger.ingests[C].value.supersedes == A


async def test_a_then_b_then_a_again_ends_at_a(world: World) -> None:
    world.work(A)
    await world.commit(A)
    world.work(B)
    await world.commit(B)
    again = world.work(C)
    await world.commit(C)
    assert world.tables.live == _live(*again)


async def test_an_older_file_that_is_ready_later_never_becomes_visible(world: World) -> None:
    newer = world.work(B)
    await world.commit(B)
    world.work(A)
    await world.commit(A)
    assert world.tables.live == _live(*newer)
    assert world.ledger.states() == {A: "superseded", B: "committed"}


async def test_an_older_file_stays_superseded_by_a_newer_one_without_any_fact(world: World) -> None:
    world.work(B, rows=(0,))
    await world.commit(B)
    world.work(A)
    await world.commit(A)
    assert (world.tables.live, world.ledger.states()[A]) == ([], "superseded")


async def test_of_two_waiting_files_of_a_source_the_newer_is_committed(world: World) -> None:
    world.work(A)
    newer = world.work(B)
    await world.commit(A)
    assert world.tables.live == _live(*newer)
    assert world.ledger.states() == {A: "superseded", B: "committed"}


async def test_an_older_waiting_file_is_committed_when_the_newer_is_unsound(world: World) -> None:
    older = world.work(A)
    del world.tables.parts[world.work(B)[0].path]
    await world.commit(B)
    assert world.tables.live == _live(*older)
    assert world.ledger.states() == {A: "committed", B: "failed"}


@pytest.mark.parametrize(
    ("differences", "message"),
    [
        ({"size": 31}, "holds 31 bytes, not 30"),
        ({"rows": 2}, "holds 2 rows, not 3"),
        ({"extremes": {"ingest_id": (B, B)}}, "holds rows of another ingest"),
        ({"columns": {}}, "lacks column ingest_id"),
        ({"columns": {"surprise": "Int64"}}, "column surprise is Int64, not of this table"),
        ({"columns": {"score": "Float64"}}, "column score is Float64, not Decimal(precision=18, scale=4)"),
    ],
)
async def test_a_part_that_is_not_what_was_promised_is_refused_and_named(
    world: World, differences: dict[str, object], message: str
) -> None:
    bad = world.work(A)[0]
    sound = world.work(B, BIOLOGY)
    seen = world.tables.parts[bad.path]
    assert seen is not None
    world.tables.parts[bad.path] = changed(seen, **differences)
    await world.commit(A)
    assert world.tables.live == _live(*sound)
    failure = world.ledger.ingests[A].value.failure
    assert failure is not None
    assert failure.code == "unsound-parts"
    assert (bad.path, message) in [(violation.place, violation.message) for violation in failure.violations]


async def test_a_missing_part_and_one_that_is_no_parquet_are_both_named(world: World) -> None:
    missing, broken = world.work(A)
    del world.tables.parts[missing.path]
    world.tables.parts[broken.path] = None
    await world.commit(A)
    failure = world.ledger.ingests[A].value.failure
    assert failure is not None
    assert [(v.place, v.message) for v in failure.violations] == [
        (missing.path, "is missing"),
        (broken.path, "is no readable Parquet file"),
    ]


async def test_records_that_nobody_accounts_for_refuse_the_file(world: World) -> None:
    world.work(A)
    world.ledger.done[A] = world.ledger.done[A][:1]
    await world.commit(A)
    failure = world.ledger.ingests[A].value.failure
    assert failure is not None
    assert [v.message for v in failure.violations] == [
        "1 of 2 chunks are done",
        "4 of 9 records are accounted for",
    ]


async def test_a_correction_is_refused_when_the_live_rows_are_not_those_once_committed(world: World) -> None:
    old = world.work(A)
    await world.commit(A)
    newest = world.tables.versions[-1]
    world.tables.versions.append(type(newest)(2, newest.files[1:], newest.reached))
    world.work(B)
    await world.commit(B)
    failure = world.ledger.ingests[B].value.failure
    assert failure is not None
    assert failure.code == "manifest-mismatch"
    assert world.tables.live == _live(old[1])


async def test_a_file_without_rows_never_wipes_those_of_an_older_one(world: World) -> None:
    old = world.work(A)
    await world.commit(A)
    world.work(B, rows=(0,))
    await world.commit(B)
    failure = world.ledger.ingests[B].value.failure
    assert failure is not None
    assert (failure.code, failure.violations[0].message) == ("too-many-vanished", "7 of 7 rows would vanish")
    assert world.tables.live == _live(*old)


@pytest.mark.parametrize(("rows", "state"), [(5, "committed"), (4, "failed")])
async def test_a_file_that_loses_more_than_its_share_of_rows_is_held(
    world: World, rows: int, state: str
) -> None:
    world.work(A, rows=(10,))
    await world.commit(A)
    world.work(B, rows=(rows,), targets=(Target(TABLE, Load.REPLACE, max_vanished_share=0.5),))
    await world.commit(B)
    assert world.ledger.states()[B] == state


async def test_a_message_that_comes_before_its_ingest_is_visible_is_tried_again(world: World) -> None:
    world.work(A)
    stale = world.ledger.ingests[A]
    world.ledger.ingests[A] = Versioned(replace(stale.value, state=IngestState.WORKING), stale.etag)
    with pytest.raises(Unavailable):
        await world.commit(A)


async def test_a_release_that_is_not_visible_yet_is_tried_again(world: World) -> None:
    world.work(A)
    await world.commit(A)
    world.work(B, rows=(0,))
    await world.commit(B)
    assert world.ledger.states()[B] == "failed"
    await world.commit(B)
    with pytest.raises(Unavailable):
        await world.commit(B, released=True)


async def _disturbed(power: Power) -> World:
    """A and B were committed; then a newer file of A's source and a third source wait."""
    world = World(MemoryTables(), MemoryLedger())
    world.work(A)
    world.work(B, BIOLOGY)
    await world.commit(A)
    world.work(C)
    world.work(D, "gradebook.chemistry")
    try:
        await world.commit(C, power)
    except PowerCut:
        await world.commit(C)
    return world


async def test_a_crash_at_any_point_ends_as_an_undisturbed_run() -> None:
    expected = (await _disturbed(Power())).outcome()

    async def scenario(power: Power) -> None:
        assert (await _disturbed(power)).outcome() == expected

    assert await at_every_crash_point(scenario) > 11


async def test_a_crash_between_table_and_ledger_is_healed_after_others_went_on(world: World) -> None:
    first = world.work(A)
    world.ledger.dead = True
    with pytest.raises(PowerCut):
        await world.commit(A)
    world.ledger.dead = False
    assert (world.tables.live, world.ledger.states()) == (_live(*first), {A: "worked"})
    newer = world.work(B)
    await world.commit(B)
    assert world.tables.live == _live(*newer)
    assert world.ledger.states() == {A: "committed", B: "committed"}
    assert (world.ledger.manifests[A].versions[TABLE], world.ledger.manifests[B].versions[TABLE]) == (1, 2)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([ALGEBRA, BIOLOGY]), min_size=1, max_size=6))
async def test_concurrent_committers_end_with_the_newest_file_of_each_source(sources: list[str]) -> None:
    world = World(MemoryTables(), MemoryLedger())
    ids = [ingest_id(n) for n in range(len(sources))]
    newest = {source: world.work(ingest, source) for ingest, source in zip(ids, sources, strict=True)}
    await asyncio.gather(*(world.commit(ingest) for ingest in ids))
    assert world.tables.live == _live(*(part for parts in newest.values() for part in parts))
    states = list(world.ledger.states().values())
    assert (states.count("committed"), states.count("superseded")) == (
        len(newest),
        len(sources) - len(newest),
    )
    assert len(world.ledger.outbox) == len(newest)


async def test_a_committer_that_loses_a_race_starts_over_from_what_came_first(world: World) -> None:
    old = world.work(A)
    await world.commit(A)
    world.work(B)
    racing = _Racing(world)
    await Committer(racing, world.ledger, Merger(racing), FixedClock()).commit(SCOPE, B)
    assert world.ledger.manifests[B].removed == tuple(old)
    assert world.ledger.manifests[B].versions == {TABLE: 3}
    assert part_path(ALGEBRA, B, 0).removeprefix(f"{TABLE}/") in world.tables.live


class _Racing(MemoryTables):
    """Somebody else commits between the first opening and the first commit."""

    def __init__(self, world: World) -> None:
        MemoryTables.__init__(self, world.tables.parts, {}, world.tables.tables)
        self.raced = False

    async def commit(self, scope: TenantScope, snapshot: TableSnapshot, change: TableChange) -> int:
        if not self.raced:
            self.raced = True
            newest = self.versions[-1]
            self.versions.append(type(newest)(newest.version + 1, newest.files, newest.reached))
        return await MemoryTables.commit(self, scope, snapshot, change)
