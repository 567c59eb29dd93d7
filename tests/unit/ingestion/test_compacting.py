"""Compaction: fewer files, the same rows, and no correction undone, whoever comes between."""

from collections.abc import Awaitable, Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.committing.committer import Committer
from shared.ingestion.committing.compacting import Compacted, CompactionPolicy, Compactor, batches
from shared.ingestion.committing.merger import Merger
from shared.ingestion.committing.ports import LiveFile
from shared.ingestion.loads import Load, Target
from shared.ingestion.table_names import TableName
from tests.fixtures.commits import MemoryLedger, MemoryTables, chunk_done, worked_ingest
from tests.fixtures.facts import ingest_id, scope_of
from tests.fixtures.messaging import FixedClock

SCOPE, ORG = scope_of("north-district"), TableName.ORG
IDS = [ingest_id(n) for n in range(3)]
POLICY = CompactionPolicy(small=10, fewest=2, rows=20)


class Between:
    """Passes calls on to ports and lets somebody else do all their work before one of the calls."""

    def __init__(self, at: int, other: Callable[[], Awaitable[object]]) -> None:
        self.calls = 0
        self._at = at
        self._other = other

    def port(self, inner: object) -> Any:  # noqa: ANN401 - whatever the port has
        outer = self

        class Port:
            def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
                async def call(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - as the port takes and gives
                    outer.calls += 1
                    if outer.calls == outer._at:
                        await outer._other()
                    return await getattr(inner, name)(*args, **options)

                return call

        return Port()


class World:
    """A table of organisations of one source, in several small files, and a correction that waits."""

    def __init__(self, load: Load) -> None:
        self.tables, self.ledger, self.load = MemoryTables(), MemoryLedger(), load

    def work(self, ingest: str, *chunks: str) -> None:
        """Let a file become worked."""
        rows = [[{"org": key, "title": ingest[-4:]} for key in keys] for keys in chunks]
        parts = [self.tables.put_rows("roster", ingest, n, one, ORG) for n, one in enumerate(rows)]
        done = [chunk_done(n, part, rejected=0) for n, part in enumerate(parts)]
        target = Target(ORG, self.load, ("org",))
        self.ledger.add(worked_ingest(ingest, "roster", done, (target,)), done)

    async def commit(self, ingest: str, between: Between | None = None) -> None:
        """Handle the message of an ingest."""
        wrap = between.port if between else lambda port: port
        tables = wrap(self.tables)
        await Committer(tables, wrap(self.ledger), Merger(tables), FixedClock()).commit(SCOPE, ingest)

    async def compact(self, between: Between | None = None) -> Compacted:
        """Compact."""
        tables = between.port(self.tables) if between else self.tables
        return await Compactor(tables, tables, POLICY).compact(SCOPE)

    def rows(self) -> pl.DataFrame:
        """The rows of the table."""
        return self.tables.rows(ORG).sort("org")

    def states(self) -> list[str]:
        """The states of the ingests."""
        return list(self.ledger.states().values())


async def _begun(load: Load) -> World:
    world = World(load)
    world.work(IDS[0], "abc", "def", "ghi")
    await world.commit(IDS[0])
    world.work(IDS[1], "abc", "dxy")
    return world


async def test_small_files_become_one_with_the_same_rows_and_a_correction_still_replaces_them() -> None:
    world = await _begun(Load.REPLACE)
    before = world.rows()
    assert await _compacted_alone(world) == Compacted(3, 1)
    assert world.rows().equals(before)
    await world.commit(IDS[1])
    assert world.rows()["org"].to_list() == list("abcdxy")


async def _compacted_alone(world: World) -> Compacted:
    done = await world.compact()
    assert await world.compact() == Compacted()
    return done


@pytest.mark.parametrize("load", [Load.REPLACE, Load.UPSERT])
@pytest.mark.parametrize("interrupted", ["commit", "compact"])
async def test_a_correction_and_a_compaction_at_once_end_with_the_corrected_rows(
    load: Load, interrupted: str
) -> None:
    undisturbed = await _begun(load)
    await undisturbed.commit(IDS[1])
    at, passed = 1, 1
    while at <= passed:
        world = await _begun(load)

        async def correct(world: World = world) -> None:
            await world.commit(IDS[1])

        between = Between(at, world.compact if interrupted == "commit" else correct)
        if interrupted == "commit":
            await world.commit(IDS[1], between)
        else:
            await world.compact(between)
        assert world.rows().equals(undisturbed.rows())
        assert world.states() == ["committed", "committed"]
        at, passed = at + 1, between.calls
    assert at > 4


async def test_a_compacted_file_of_several_ingests_is_known_by_its_rows() -> None:
    world = await _begun(Load.UPSERT)
    await world.commit(IDS[1])
    await world.compact()
    world.load = Load.REPLACE
    world.work(IDS[2], "abcdefghixyz")
    await world.commit(IDS[2])
    assert set(world.rows()["ingest_id"]) == {IDS[2]}


@given(st.lists(st.tuples(st.sampled_from("st"), st.integers(0, 12)), max_size=12))
def test_a_batch_holds_small_files_of_one_source_only(sizes: list[tuple[str, int]]) -> None:
    files = [LiveFile(f"{n:02d}", rows, rows, source, {}) for n, (source, rows) in enumerate(sizes)]
    for batch in batches(files, POLICY):
        assert len({file.source for file in batch}) == 1
        assert len(batch) >= POLICY.fewest
        assert max(file.rows for file in batch) <= POLICY.small
        assert sum(file.rows for file in batch) <= POLICY.rows
