"""Commit: the ready ingests of a tenant become visible, in one Delta Lake transaction per table.

The tables' logs are the truth. An application transaction per ingest says whether, and in which version of a
table, it was committed; one per source says which file of the source came last. Cosmos is brought in step
when all tables of an ingest are done, and whatever a crash leaves undone the next delivery derives from the
logs. A commit lands right upon the snapshot it was derived from or not at all, so two committers of one
tenant can do each other's work, never undo it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.ingestion import events
from shared.ingestion.committing import queue, rules
from shared.ingestion.committing.checks import CommitChecks, Opened
from shared.ingestion.committing.merger import Merger
from shared.ingestion.committing.ports import (
    CommitLedger,
    CommitTables,
    Effect,
    Manifest,
    TableChange,
)
from shared.ingestion.model import BEFORE_COMMIT, Failure, Ingest, IngestState
from shared.ingestion.ports import Versioned
from shared.ingestion.table_names import TableName
from shared.kernel.clock import Clock
from shared.kernel.errors import PreconditionFailed, Unavailable
from shared.kernel.scope import TenantScope

_PASSES = 50
"""Each pass closes at least one ingest or loses a race, so this many mean that something is wrong."""


@dataclass(frozen=True, slots=True)
class _Sound:
    """An ingest whose parts were checked, with what its commit does to each of its tables still open."""

    entry: Versioned[Ingest]
    effects: tuple[Effect, ...]


class Committer:
    """Commits worked ingests. Idempotent, and safe beside other committers of the same tenant."""

    def __init__(self, tables: CommitTables, ledger: CommitLedger, merger: Merger, clock: Clock) -> None:
        self._tables = tables
        self._ledger = ledger
        self._clock = clock
        self._checks = CommitChecks(tables, ledger, merger)

    async def commit(self, scope: TenantScope, ingest_id: str, *, released: bool = False) -> None:
        """Commit, supersede or fail every worked ingest of the tenant, at least `ingest_id`.

        One that is worked meanwhile has a message of its own, and need not be looked for.
        A newer file takes the place of the older file of its source; of two that wait, the newer is
        committed and the older superseded. Files that merge are committed oldest first. An ingest whose
        parts are unsound, or that would make too much vanish, fails and holds up no other. `Unavailable`
        while `ingest_id` is not visible as worked, or `released`, and while other committers keep winning.
        """
        for _ in range(_PASSES):
            ready = await self._ledger.worked(scope)
            if not ready:
                return await self._require_past_work(scope, ingest_id, released=released)
            named = not released and any(entry.value.id == ingest_id for entry in ready)
            if await self._pass(scope, ready) and named:
                return None
        raise Unavailable("the tables are busy")

    async def _require_past_work(self, scope: TenantScope, ingest_id: str, *, released: bool) -> None:
        """Refuse to take a stale read for "nothing to do": the message proves that the work is done.

        One that says `released` proves too that the ingest is no longer held.
        """
        ingest = (await self._ledger.get(scope, ingest_id)).value
        if ingest.state in BEFORE_COMMIT:
            raise Unavailable("the ingest is not visible as worked yet")
        if released and not ingest.released:
            raise Unavailable("the ingest is not visible as released yet")

    async def _pass(self, scope: TenantScope, ready: Sequence[Versioned[Ingest]]) -> bool:
        """Do what can be done of `ready` at once, and tell whether none of it waits any longer."""
        opened = await self._open(scope, [entry.value for entry in ready])
        turn = queue.turn(ready, opened.reached)
        for entry in turn.superseded:
            superseded = entry.value.to(IngestState.SUPERSEDED, self._clock.now())
            await self._close(scope, superseded, entry.etag)
        for entry in turn.finished:
            await self._announce(scope, opened, entry, ())
        checked = [await self._check(scope, opened, entry) for entry in turn.following]
        sound = [one for one in checked if one is not None]
        if not await self._apply(scope, opened, sound):
            return False
        for one in sound:
            await self._announce(scope, opened, one.entry, one.effects)
        return len(turn.superseded) + len(turn.finished) + len(turn.following) == len(ready)

    async def _open(self, scope: TenantScope, ready: Sequence[Ingest]) -> Opened:
        wanted = {target.table for ingest in ready for target in ingest.recognised.targets}
        kinds = (rules.ingest_transaction, rules.source_transaction, rules.snapshot_transaction)
        ids = {kind(ingest) for kind in kinds for ingest in ready}
        snapshots = {table: await self._tables.open(scope, table) for table in TableName if table in wanted}
        reached = {table: await snapshot.transactions(ids) for table, snapshot in snapshots.items()}
        return Opened(snapshots, reached)

    async def _check(self, scope: TenantScope, opened: Opened, entry: Versioned[Ingest]) -> _Sound | None:
        """Return what to commit for an ingest, or end it as failed and return None."""
        found = await self._checks.effects(scope, entry.value, opened)
        if isinstance(found, Failure):
            await self._close(scope, entry.value.failed(found, self._clock.now()), entry.etag)
            return None
        return _Sound(entry, found)

    async def _apply(self, scope: TenantScope, opened: Opened, sound: Sequence[_Sound]) -> bool:
        """Commit table by table; False when somebody else came between, and the next pass starts over."""
        for table, snapshot in opened.snapshots.items():
            done = [(one.entry.value, e) for one in sound for e in one.effects if e.table is table]
            if not done:
                continue
            try:
                await self._tables.commit(scope, snapshot, _change(snapshot.version + 1, done))
            except PreconditionFailed:
                return False
        return True

    async def _announce(
        self, scope: TenantScope, opened: Opened, entry: Versioned[Ingest], effects: Sequence[Effect]
    ) -> None:
        """Make visible what all tables hold: the effects of this pass, and earlier ones as the logs tell."""
        versions = queue.versions(entry.value, opened.reached)
        logged = [await self._logged(scope, entry.value, table, at) for table, at in versions.items()]
        versions |= {e.table: opened.snapshots[e.table].version + 1 for e in effects}
        manifest = rules.manifest_of(versions, (*logged, *effects))
        supersedes = rules.superseded_by(entry.value, (*logged, *effects))
        after = entry.value.committed(manifest.versions, supersedes, self._clock.now())
        await self._close(scope, after, entry.etag, manifest)

    async def _logged(self, scope: TenantScope, ingest: Ingest, table: TableName, version: int) -> Effect:
        """Return what a version of a table did to the ingest's source: a crash cut off who knew."""
        source = ingest.recognised.source
        after = rules.of_source((await self._tables.as_of(scope, table, version)).files, source)
        before = rules.of_source((await self._tables.as_of(scope, table, version - 1)).files, source)
        return rules.difference(table, before, after)

    async def _close(
        self, scope: TenantScope, ingest: Ingest, etag: str, manifest: Manifest | None = None
    ) -> None:
        outgoing = [events.committed(scope, ingest, self._clock)] if manifest else []
        try:
            await self._ledger.close(scope, ingest, etag, manifest=manifest, outgoing=outgoing)
        except PreconditionFailed:
            await self._require_past_work(scope, ingest.id, released=ingest.released)


def _change(version: int, done: Sequence[tuple[Ingest, Effect]]) -> TableChange:
    reached = {rules.ingest_transaction(ingest): version for ingest, _ in done}
    reached |= {mark: rules.sequence(ingest) for ingest, effect in done for mark in effect.marks}
    return TableChange(
        additions=tuple(file for _, effect in done for file in effect.additions),
        removals=tuple(file for _, effect in done for file in effect.removals),
        transactions=reached,
    )
