"""Planted bugs: each takes away one thing that delivery rests on, as a careless change might.

They are the tests of the simulator: what it does not find in one of these, it would not find when somebody
does it by accident.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest

from shared.analytics.ports import WaitingChanges
from shared.ingestion.bundles import taking
from shared.ingestion.committing import merger, merging
from shared.ingestion.committing import queue as commit_queue
from shared.ingestion.committing import rules as commit_rules
from shared.ingestion.committing.ports import LiveFile, TableChange
from shared.ingestion.documents import INGEST, read_ingest
from shared.ingestion.loads import Target
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import ChunkDone, Ingest, Plan, Recognition
from shared.ingestion.planning import sources
from shared.ingestion.planning.sources import Sources, Standing
from shared.ingestion.ports import PlannedFile, Versioned
from shared.ingestion.reading.landed_files import LandedFile
from shared.ingestion.resuming import replaying
from shared.ingestion.resuming.sweeper import Sweeper
from shared.ingestion.ways.landing import Landing
from shared.kernel import ids
from shared.kernel.clock import Clock
from shared.kernel.errors import TermtideError
from shared.kernel.events import Event
from shared.kernel.scope import TenantScope
from shared.messaging.consumer import Consumer
from shared.messaging.messages import ReceivedMessage
from shared.platform.cosmos import commits, folds
from shared.platform.cosmos.folds import CosmosFoldLedger
from shared.platform.cosmos.ingests import CosmosIngests
from shared.platform.cosmos.scoped import ScopedContainer
from tests.fixtures.commits import MemorySnapshot, MemoryTables
from tests.simulation import appliances, journals, registers, world
from tests.simulation.bus import Bus, Message, Receiver
from tests.simulation.catalogues import mended_catalogue
from tests.simulation.senders import SOURCES
from tests.simulation.weather import Climate

type Plant = Callable[[pytest.MonkeyPatch], None]


def acknowledged_before_it_is_saved(patch: pytest.MonkeyPatch) -> None:
    """A message counts as done when it is received."""
    work = Bus._work

    async def acknowledged(self: Bus, message: Message, receiver: Receiver, lock: int) -> None:
        self._settle(message, lock)
        await work(self, message, receiver, lock)

    patch.setattr(Bus, "_work", acknowledged)


def saved_without_etag(patch: pytest.MonkeyPatch) -> None:
    """An ingest is written over whatever it has become meanwhile."""
    save = CosmosIngests.save

    async def anyway(
        self: CosmosIngests,
        scope: TenantScope,
        ingest: Versioned[Ingest],
        **beside: Any,  # noqa: ANN401 - as of the original
    ) -> Versioned[Ingest]:
        stored = await self._ingests.read(scope, "ingest", ingest.value.id)
        return await save(self, scope, Versioned(ingest.value, stored.etag), **beside)

    patch.setattr(CosmosIngests, "save", anyway)


def committed_upon_any_snapshot(patch: pytest.MonkeyPatch) -> None:
    """A commit that lost a race is tried again as it is, upon what came first."""
    commit = MemoryTables.commit

    async def rebased(
        self: MemoryTables, scope: TenantScope, snapshot: MemorySnapshot, change: TableChange
    ) -> int:
        return await commit(self, scope, self.tables[snapshot.table][-1], change)

    patch.setattr(MemoryTables, "commit", rebased)


def counted_instead_of_marked(patch: pytest.MonkeyPatch) -> None:
    """A chunk that is done raises the counts of its ingest and leaves no mark that it did."""
    save = CosmosIngests.save

    async def unmarked(
        self: CosmosIngests,
        scope: TenantScope,
        ingest: Versioned[Ingest],
        *,
        beside: Plan | ChunkDone | None = None,
        outgoing: Sequence[Any] = (),
    ) -> Versioned[Ingest]:
        known = isinstance(beside, ChunkDone) and await self.find_chunk(scope, ingest.value.id, beside.n)
        return await save(self, scope, ingest, beside=None if known else beside, outgoing=outgoing)

    patch.setattr(CosmosIngests, "save", unmarked)


def sweeper_missing(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks again for the next step of an ingest whose message was lost."""

    async def nothing(_self: Sweeper, _scope: TenantScope) -> int:
        return 0

    patch.setattr(Sweeper, "sweep", nothing)


def lost_events_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks for blobs of which no event told."""

    async def nothing(_self: Landing, _scope: TenantScope) -> int:
        return 0

    patch.setattr(Landing, "catch_up", nothing)


def removed_by_a_stale_list(patch: pytest.MonkeyPatch) -> None:
    """A correction removes the parts that its predecessor once committed, whatever became of them since."""
    live = commit_rules.of_source

    def as_committed(files: Iterable[LiveFile], source: str) -> tuple[LiveFile, ...]:
        return tuple(file for file in live(files, source) if file.extremes["ingest_id"][0] in file.path)

    patch.setattr(commit_rules, "of_source", as_committed)


def merged_by_arrival(patch: pytest.MonkeyPatch) -> None:
    """Of two changes of a row the one in the newer file counts, whenever it happened."""
    order = tuple(name for name in merging.NEWEST_LAST if name != "updated_at")
    patch.setattr(merging, "NEWEST_LAST", order)


def newest_by_arrival(patch: pytest.MonkeyPatch) -> None:
    """Of two files of a source, the one that is committed last counts, however old it is."""
    patch.setattr(commit_rules, "source_transaction", lambda ingest: f"source:{ingest.id}")


def duplicates_without_a_place(patch: pytest.MonkeyPatch) -> None:
    """A duplicate leaves no trace among the files of its source."""

    async def place(
        self: Sources, scope: TenantScope, ingest: Ingest, pins: Recognition, noted: PlannedFile
    ) -> tuple[Standing, PlannedFile]:
        standing, entry = await _place(self, scope, ingest, pins, noted)
        return standing, noted if standing is Standing.DUPLICATE else replace(entry, restated=None)

    _place = sources.Sources._place
    patch.setattr(Sources, "_place", place)


def bytes_of_any_version(patch: pytest.MonkeyPatch) -> None:
    """A landed file is read as it is now, not as it landed."""

    async def read(self: LandedFile, offset: int, length: int) -> bytes:
        blob = self._ingest.blob
        now = await self._landing.facts(self._scope, blob)
        return await self._landing.read(self._scope, blob, offset, length, now.etag)

    patch.setattr(LandedFile, "read", read)


def folded_by_what_was_added(patch: pytest.MonkeyPatch) -> None:
    """A fold looks at the files that came with a commit, not at those that went."""
    waiting = CosmosFoldLedger.waiting

    async def added(self: CosmosFoldLedger, scope: TenantScope, ingest_id: str) -> WaitingChanges | None:
        known = await waiting(self, scope, ingest_id)
        if known is None:
            return None
        came = tuple(p for p in known.results.paths if any(i in p for i in known.ingest_ids))
        return replace(known, results=replace(known.results, paths=came, restructured=False))

    patch.setattr(CosmosFoldLedger, "waiting", added)


def what_is_not_visible_is_gone(patch: pytest.MonkeyPatch) -> None:
    """An ingest that another process has just written counts as one that is not there."""

    async def read(ingests: ScopedContainer, scope: TenantScope, ingest_id: str) -> Versioned[Ingest]:
        stored = await ingests.read(scope, INGEST, ingest_id)
        return Versioned(read_ingest(stored.document), stored.etag)

    patch.setattr(commits, "proven", read)
    patch.setattr(folds, "proven", read)


def every_fault_is_permanent(patch: pytest.MonkeyPatch) -> None:
    """A message whose handler met a throttled service is put aside for good."""

    async def put_aside(
        self: Consumer, raw: ReceivedMessage, scope: TenantScope, event: Event, error: TermtideError
    ) -> None:
        await self._hold(raw, scope, event, error.code)

    patch.setattr(Consumer, "_put_off", put_aside)


def guard_off(patch: pytest.MonkeyPatch) -> None:
    """Nobody minds how much a file makes vanish."""
    patch.setattr(commit_rules, "vanishing", lambda *_: None)


def half_committed_counts_as_done(patch: pytest.MonkeyPatch) -> None:
    """An ingest that has reached one of its tables is taken to have reached them all."""
    waiting = commit_queue.open_targets

    def all_or_none(ingest: Ingest, reached: commit_queue.Reached) -> list[Target]:
        return [] if commit_queue.versions(ingest, reached) else waiting(ingest, reached)

    patch.setattr(commit_queue, "open_targets", all_or_none)


def older_snapshots_bring_back(patch: pytest.MonkeyPatch) -> None:
    """A snapshot that comes after a newer one is merged as if none had."""
    patch.setattr(merger, "judge", lambda contest: merging.judge(replace(contest, late=False)))


def compacted_upon_any_snapshot(patch: pytest.MonkeyPatch) -> None:
    """A compaction that lost a race is tried again as it is, upon what came first."""
    commit = MemoryTables.commit

    async def rebased(
        self: MemoryTables, scope: TenantScope, snapshot: MemorySnapshot, change: TableChange
    ) -> int:
        upon = snapshot if change.changes_data else self.tables[snapshot.table][-1]
        return await commit(self, scope, upon, change)

    patch.setattr(MemoryTables, "commit", rebased)


def replayed_under_another_name(patch: pytest.MonkeyPatch) -> None:
    """A replay is a file of its own, not the old one once more."""
    again = replaying._again

    def renamed(old: Ingest, ingest_id: str, clock: Clock) -> Ingest:
        return replace(again(old, ingest_id, clock), file_name=f"again-{old.file_name}")

    patch.setattr(replaying, "_again", renamed)


def replayed_as_the_newest(patch: pytest.MonkeyPatch) -> None:
    """A replay is the newest file of its source, whatever is on its way meanwhile."""
    patch.setattr(replaying, "id_after", lambda _id: ids.new_id())


def older_mappings_dropped(patch: pytest.MonkeyPatch) -> None:
    """A release has the newest version of each mapping only, not those by which plans were made."""
    patch.setattr(world, "mended_catalogue", lambda: Catalogue(mended_catalogue().newest))


def bundles_taken_at_any_time(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks whether a bundle was taken before."""

    async def nothing(*_: object) -> None:
        return None

    patch.setattr(taking, "take", nothing)


@dataclass(frozen=True, slots=True)
class Soil:
    """Where a bug shows soon: in which weather, None for any, and with files of which sources."""

    climate: Climate | None = None
    sources: Sequence[str] = SOURCES
    seed: int = 0
    """The first schedule that showed it; when it does not any more, others are tried."""


_MENDED: Final = ("attempts-east", journals.SOURCE, registers.SOURCE)
"""Sources whose mapping is mended by a release."""
_ROUGH: Final = Climate(stalls=0.05, lost_locks=0.6, duplicates=0.4)
_SLOW: Final = Climate(late_messages=0.3, duplicates=0.2)
_DEADLY: Final = Climate(deaths=0.01)

PLANTS: Final[Mapping[Plant, Soil]] = {
    acknowledged_before_it_is_saved: Soil(_DEADLY),
    saved_without_etag: Soil(seed=7),
    committed_upon_any_snapshot: Soil(_ROUGH, seed=4),
    counted_instead_of_marked: Soil(_ROUGH),
    sweeper_missing: Soil(Climate(lost_messages=0.1)),
    lost_events_forgotten: Soil(Climate(lost_messages=0.3), _MENDED[:1]),
    removed_by_a_stale_list: Soil(Climate()),
    newest_by_arrival: Soil(_SLOW, seed=2),
    merged_by_arrival: Soil(_SLOW),
    duplicates_without_a_place: Soil(_SLOW, seed=54),
    bytes_of_any_version: Soil(_DEADLY, seed=12),
    folded_by_what_was_added: Soil(seed=1),
    what_is_not_visible_is_gone: Soil(Climate(stale_reads=0.5)),
    every_fault_is_permanent: Soil(Climate(refusals=0.05)),
    guard_off: Soil(sources=[registers.SOURCE], seed=4),
    half_committed_counts_as_done: Soil(_DEADLY, [registers.SOURCE], seed=4),
    older_snapshots_bring_back: Soil(_SLOW, [registers.SOURCE]),
    replayed_under_another_name: Soil(sources=_MENDED, seed=7),
    replayed_as_the_newest: Soil(Climate(), _MENDED[:1], seed=61),
    older_mappings_dropped: Soil(_ROUGH, _MENDED),
    bundles_taken_at_any_time: Soil(sources=[appliances.SOURCE]),
    compacted_upon_any_snapshot: Soil(Climate(stalls=0.05), seed=36),
}
"""Each bug, and where it shows soon."""
