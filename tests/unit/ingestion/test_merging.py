"""Merging: what a table holds after files in any order and split is what a dictionary would hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ingestion.committing.committer import Committer
from shared.ingestion.committing.merger import Merger
from shared.ingestion.events import Outgoing
from shared.ingestion.loads import Load, Target
from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.ports import Ingests, Versioned
from shared.ingestion.resuming.releasing import Releases
from shared.ingestion.table_names import TableName
from shared.kernel.errors import Conflict
from shared.kernel.scope import TenantScope
from tests.fixtures.commits import MemoryLedger, MemoryTables, chunk_done, worked_ingest
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.facts import ingest_id, scope_of
from tests.fixtures.messaging import FixedClock
from tests.fixtures.mortal import Mortal

SCOPE = scope_of("north-district")
IDS = [ingest_id(n) for n in range(5)]
ORG, ROSTER = TableName.ORG, "roster"

type News = tuple[str, str, int | None, bool]
"""A key, what is said of it, when it changed, and whether it is gone."""


@dataclass(frozen=True, slots=True)
class File:
    """What one file says, in the chunks that it is cut into."""

    load: Load
    chunks: Sequence[Sequence[News]]

    @property
    def news(self) -> list[News]:
        return [news for chunk in self.chunks for news in chunk]


@dataclass(slots=True)
class World:
    """A district's table of organisations and the files that came."""

    tables: MemoryTables = field(default_factory=MemoryTables)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    share: float = 1.0
    rows_at_once: int = 1000

    def work(self, ingest: str, file: File, source: str = ROSTER) -> None:
        """Let a file become worked."""
        chunks = []
        for n, news in enumerate(file.chunks):
            rows = [
                {"org": key, "title": title, "updated_at": _moment(at), "deleted": gone}
                for key, title, at, gone in news
            ]
            part = self.tables.put_rows(source, ingest, n, rows, ORG) if rows else None
            chunks.append(chunk_done(n, part, rejected=0))
        target = Target(ORG, file.load, ("org",), self.share)
        self.ledger.add(worked_ingest(ingest, source, chunks, (target,)), chunks)

    async def commit(self, ingest: str, power: Power | None = None) -> None:
        """Handle the message of an ingest, perhaps up to a crash."""
        power = power or Power()
        merger = Merger(Mortal(self.tables, power), self.rows_at_once)
        committer = Committer(Mortal(self.tables, power), Mortal(self.ledger, power), merger, FixedClock())
        await committer.commit(SCOPE, ingest)

    def visible(self) -> dict[str, str]:
        """What readers see, by key; no key twice."""
        rows = self.tables.rows(ORG)
        assert rows.select("source", "org").is_unique().all()
        return dict(rows.filter(~rows["deleted"]).select("org", "title").sort("org").iter_rows())

    def failure(self, ingest: str) -> str:
        """Why an ingest failed."""
        failure = self.ledger.ingests[ingest].value.failure
        return f"{failure.code}: {failure.detail}" if failure else ""


def _moment(at: int | None) -> datetime | None:
    return None if at is None else datetime(2026, 11, at + 1, tzinfo=UTC)


def _file(load: Load, *news: News) -> File:
    return File(load, [news])


def _says(text: str, at: int | None = None) -> list[News]:
    """Return news of single letters: `ab` says a and b; a capital letter says that it is gone."""
    return [(c.lower(), f"{c}{at}", at, c.isupper()) for c in text]


def expected(files: Sequence[File]) -> dict[str, str]:
    """Say what the files, in the order of their uploads, come to: the model in a dictionary."""
    state: dict[str, tuple[int, int, int, str, bool]] = {}
    for n, file in enumerate(files):
        stated = {key for key, *_ in file.news}
        if file.load is Load.SNAPSHOT:
            for key in state.keys() - stated:
                changed, _, _, title, gone = state[key]
                state[key] = state[key] if gone else (changed, n, -1, title, True)
        for record, (key, title, at, gone) in enumerate(file.news):
            found = (-1 if at is None else at, n, record, title, gone)
            state[key] = max(state.get(key, found), found, key=lambda entry: entry[:3])
    return {key: title for key, (*_, title, gone) in sorted(state.items()) if not gone}


def _news(times: st.SearchStrategy[int | None]) -> st.SearchStrategy[list[News]]:
    return st.lists(
        st.tuples(st.sampled_from("abcdef"), st.text("xyz", max_size=2), times, st.booleans()), max_size=5
    )


def _files(loads: Sequence[Load], times: st.SearchStrategy[int | None]) -> st.SearchStrategy[list[File]]:
    chunks = st.lists(_news(times), min_size=1, max_size=3)
    return st.lists(st.builds(File, st.sampled_from(loads), chunks), min_size=1, max_size=5)


TIMES = st.none() | st.integers(0, 5)


def _released(world: World) -> None:
    for ingest, entry in world.ledger.ingests.items():
        object.__setattr__(entry.value, "released", True)
        assert ingest


@settings(max_examples=60, deadline=None)
@given(_files([Load.UPSERT, Load.DELTA], TIMES), st.randoms(), st.integers(1, 3), st.sampled_from([3, 1000]))
async def test_upserts_and_deltas_in_any_order_are_a_dictionary(
    files: list[File], random: object, together: int, rows_at_once: int
) -> None:
    world = World(rows_at_once=rows_at_once)
    order = list(range(len(files)))
    random.shuffle(order)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    for at in range(0, len(order), together):
        for n in order[at : at + together]:
            world.work(IDS[n], files[n])
        await world.commit(IDS[order[at]])
    assert world.visible() == expected(files)
    assert set(world.ledger.states().values()) == {"committed"}


@settings(max_examples=60, deadline=None)
@given(_files(list(Load)[2:], TIMES), st.integers(1, 3), st.sampled_from([3, 1000]))
async def test_snapshots_between_them_delete_by_absence(
    files: list[File], together: int, rows_at_once: int
) -> None:
    world = World(rows_at_once=rows_at_once)
    for at in range(0, len(files), together):
        ids = [IDS[n] for n in range(at, min(at + together, len(files)))]
        for n, ingest in enumerate(ids, at):
            world.work(ingest, files[n])
        _released(world)
        await world.commit(ids[0])
    assert world.visible() == expected(files)


@settings(max_examples=60, deadline=None)
@given(_files(list(Load)[2:], st.none()), st.randoms())
async def test_without_times_files_count_by_their_upload_whenever_they_come(
    files: list[File], random: object
) -> None:
    world = World()
    order = list(range(len(files)))
    random.shuffle(order)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    for n in order:
        world.work(IDS[n], files[n])
        _released(world)
        await world.commit(IDS[n])
    assert world.visible() == expected(files)


async def test_late_news_of_a_deleted_key_does_not_bring_it_back() -> None:
    world = World()
    for n, news in enumerate([_says("ab", 1), _says("A", 3), _says("a", 2)]):
        world.work(IDS[n], _file(Load.DELTA, *news))
        await world.commit(IDS[n])
    assert world.visible() == {"b": "b1"}


async def test_keys_of_one_source_say_nothing_of_another() -> None:
    world = World()
    world.work(IDS[0], _file(Load.UPSERT, *_says("ab", 1)))
    world.work(IDS[1], _file(Load.SNAPSHOT, *_says("a", 2)), "other")
    await world.commit(IDS[0])
    assert sorted(world.tables.rows(ORG).select("source", "org").iter_rows()) == [
        ("other", "a"),
        (ROSTER, "a"),
        (ROSTER, "b"),
    ]


@pytest.mark.parametrize(
    ("news", "state"),
    [("abc", "committed"), ("ab", "failed"), ("wxyz", "failed"), ("", "failed")],
)
async def test_a_snapshot_that_lacks_too_many_keys_is_held(news: str, state: str) -> None:
    world = World(share=0.25)
    world.work(IDS[0], _file(Load.SNAPSHOT, *_says("abcd")))
    await world.commit(IDS[0])
    world.work(IDS[1], _file(Load.SNAPSHOT, *_says(news)))
    await world.commit(IDS[1])
    assert world.ledger.states()[IDS[1]] == state
    assert (world.failure(IDS[1]) == "") == (state == "committed")
    assert set(world.visible()) == set("abc" if state == "committed" else "abcd")


async def test_a_held_snapshot_says_how_many_keys_would_vanish() -> None:
    world = World(share=0.25)
    for n, news in enumerate(["abcd", "a"]):
        world.work(IDS[n], _file(Load.SNAPSHOT, *_says(news)))
        await world.commit(IDS[n])
    assert world.failure(IDS[1]) == (
        "too-many-vanished: Held, nothing was removed: org: 3 of 4 rows would vanish."
    )


async def test_files_that_cannot_hold_a_key_are_not_read_and_stay() -> None:
    world = World()
    world.work(IDS[0], File(Load.UPSERT, [_says("ab", 1), _says("yz", 1)]))
    await world.commit(IDS[0])
    kept = next(path for path in world.tables.live_of(ORG) if "000001" in path)
    del world.tables.frames[f"{ORG}/{kept}"]
    world.work(IDS[1], _file(Load.UPSERT, *_says("ac", 2)))
    await world.commit(IDS[1])
    assert kept in world.tables.live_of(ORG)
    assert world.ledger.states()[IDS[1]] == "committed"


async def _disturbed(power: Power) -> World:
    world = World(share=0.9)
    world.work(IDS[0], File(Load.UPSERT, [_says("abc", 1), _says("bcd", 2)]))
    await world.commit(IDS[0])
    world.work(IDS[1], File(Load.DELTA, [_says("aB", 3), _says("e", 3)]))
    world.work(IDS[2], File(Load.SNAPSHOT, [_says("ae", 2)]))
    try:
        await world.commit(IDS[1], power)
    except PowerCut:
        await world.commit(IDS[1])
    return world


async def test_a_crash_at_any_point_of_a_merge_ends_as_an_undisturbed_run() -> None:
    def outcome(world: World) -> object:
        return world.visible(), world.tables.live_of(ORG), world.ledger.states(), world.ledger.manifests

    undisturbed = outcome(await _disturbed(Power()))

    async def scenario(power: Power) -> None:
        assert outcome(await _disturbed(power)) == undisturbed

    assert await at_every_crash_point(scenario) > 21


async def test_rows_that_nobody_accounts_for_end_the_ingest() -> None:
    world = World()
    world.work(IDS[0], _file(Load.UPSERT, *_says("abc", 1)))
    await world.commit(IDS[0])
    path = f"{ORG}/{world.tables.live_of(ORG)[0]}"
    world.tables.frames[path] = world.tables.frames[path].head(2)
    world.work(IDS[1], _file(Load.UPSERT, *_says("a", 2)))
    await world.commit(IDS[1])
    assert world.failure(IDS[1]).startswith("manifest-mismatch")
    assert world.ledger.ingests[IDS[1]].value.state is IngestState.FAILED


class _Documents:
    """The documents of ingests, as much of them as a release needs."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger
        self.get = ledger.get

    async def save(
        self, scope: TenantScope, ingest: Versioned[Ingest], *, outgoing: Sequence[Outgoing]
    ) -> None:
        await self._ledger.close(scope, ingest.value, ingest.etag, outgoing=outgoing)


async def test_a_held_file_passes_once_an_operator_released_it() -> None:
    world = World(share=0.25)
    for n, news in enumerate(["abcd", "a"]):
        world.work(IDS[n], _file(Load.SNAPSHOT, *_says(news)))
        await world.commit(IDS[n])
    releases = Releases(cast("Ingests", _Documents(world.ledger)), FixedClock())
    released = await releases.release(SCOPE, IDS[1])
    assert (released.state, released.failure) == (IngestState.WORKED, None)
    assert world.ledger.outbox[-1].session_id == SCOPE.tenant_id
    await world.commit(IDS[1])
    assert set(world.visible()) == {"a"}
    with pytest.raises(Conflict):
        await releases.release(SCOPE, IDS[1])
