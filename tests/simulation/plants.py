"""Planted bugs: each takes away one thing that delivery rests on, as a careless change might.

They are the tests of the simulator: what it does not find in one of these, it would not find when somebody
does it by accident.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from shared.analytics.ports import CommittedChange
from shared.ingestion import commit_rules, merging, sources
from shared.ingestion.commit_ports import LiveFile, TableChange, TableSnapshot
from shared.ingestion.landed_files import LandedFile
from shared.ingestion.landing import Landing
from shared.ingestion.model import ChunkDone, Ingest, Plan, Recognition
from shared.ingestion.ports import PlannedFile, Versioned
from shared.ingestion.sources import Sources, Standing
from shared.ingestion.sweeper import Sweeper
from shared.kernel.errors import TermtideError
from shared.kernel.events import Event
from shared.kernel.scope import TenantScope
from shared.messaging.consumer import Consumer
from shared.messaging.messages import ReceivedMessage
from shared.platform.cosmos.folds import CosmosFoldLedger
from shared.platform.cosmos.ingests import CosmosIngests
from tests.fixtures.commits import MemoryTables
from tests.simulation.bus import Bus, Message, Receiver
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
    ) -> None:
        stored = await self._ingests.read(scope, "ingest", ingest.value.id)
        await save(self, scope, Versioned(ingest.value, stored.etag), **beside)

    patch.setattr(CosmosIngests, "save", anyway)


def committed_upon_any_snapshot(patch: pytest.MonkeyPatch) -> None:
    """A commit that lost a race is tried again as it is, upon what came first."""
    commit = MemoryTables.commit

    async def rebased(
        self: MemoryTables, scope: TenantScope, _snapshot: TableSnapshot, change: TableChange
    ) -> int:
        return await commit(self, scope, self.versions[-1], change)

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
    ) -> None:
        known = isinstance(beside, ChunkDone) and await self.find_chunk(scope, ingest.value.id, beside.n)
        await save(self, scope, ingest, beside=None if known else beside, outgoing=outgoing)

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
    change = CosmosFoldLedger.change

    async def added(self: CosmosFoldLedger, scope: TenantScope, ingest_id: str) -> CommittedChange | None:
        known = await change(self, scope, ingest_id)
        return known and replace(known, paths=tuple(path for path in known.paths if ingest_id in path))

    patch.setattr(CosmosFoldLedger, "change", added)


def every_fault_is_permanent(patch: pytest.MonkeyPatch) -> None:
    """A message whose handler met a throttled service is put aside for good."""

    async def put_aside(
        self: Consumer, raw: ReceivedMessage, scope: TenantScope, event: Event, error: TermtideError
    ) -> None:
        await self._hold(raw, scope, event, error.code)

    patch.setattr(Consumer, "_put_off", put_aside)


_ROUGH: Final = Climate(stalls=0.05, lost_locks=0.6, duplicates=0.4)
_SLOW: Final = Climate(late_messages=0.3, duplicates=0.2)
_DEADLY: Final = Climate(deaths=0.01)

PLANTS: Final[Mapping[Plant, Climate | None]] = {
    acknowledged_before_it_is_saved: _DEADLY,
    saved_without_etag: None,
    committed_upon_any_snapshot: _ROUGH,
    counted_instead_of_marked: _ROUGH,
    sweeper_missing: Climate(lost_messages=0.1),
    lost_events_forgotten: Climate(lost_messages=0.1),
    removed_by_a_stale_list: Climate(),
    newest_by_arrival: _SLOW,
    merged_by_arrival: _SLOW,
    duplicates_without_a_place: _SLOW,
    bytes_of_any_version: None,
    folded_by_what_was_added: None,
    every_fault_is_permanent: Climate(refusals=0.05),
}
"""Each bug, and the weather in which it shows soon; None for any."""
