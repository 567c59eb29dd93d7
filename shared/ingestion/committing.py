"""Commit: the ready ingests of a table become visible together, in one Delta Lake transaction.

The table's log is the truth. An application transaction per ingest says whether, and in which version, it was
committed; one per source says which file of the source came last. Cosmos is brought in step afterwards, and
whatever a crash leaves undone the next delivery derives from the log. A commit lands right upon the snapshot
it was derived from or not at all, so two committers of one table can do each other's work, never undo it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.ingestion import commit_rules as rules
from shared.ingestion import events
from shared.ingestion.commit_ports import (
    Addition,
    CommitLedger,
    CommitTables,
    Inspection,
    LiveFile,
    TableChange,
    TableSnapshot,
)
from shared.ingestion.facts import FACTS, NULLABLE
from shared.ingestion.model import Failure, Ingest, IngestState, Part
from shared.ingestion.ports import Versioned
from shared.kernel.clock import Clock
from shared.kernel.errors import InvalidInput, NotFound, PreconditionFailed, Unavailable, Violation
from shared.kernel.scope import TenantScope

_PASSES = 20
"""Each pass closes at least one ingest or loses a race, so this many mean that something is wrong."""

_SCHEMA = {name: str(kind) for name, kind in FACTS.items()}
_REQUIRED = tuple(name for name in FACTS if name not in NULLABLE)


@dataclass(frozen=True, slots=True)
class _Sound:
    """An ingest whose parts were checked, with what its commit adds and removes."""

    entry: Versioned[Ingest]
    parts: tuple[Part, ...]
    additions: tuple[Addition, ...]
    removals: tuple[LiveFile, ...]


class Committer:
    """Commits worked ingests. Idempotent, and safe beside other committers of the same table."""

    def __init__(self, tables: CommitTables, ledger: CommitLedger, clock: Clock) -> None:
        self._tables = tables
        self._ledger = ledger
        self._clock = clock

    async def commit(self, scope: TenantScope, table: str, ingest_id: str) -> None:
        """Commit, supersede or fail every worked ingest of `table`, at least `ingest_id`.

        A newer file takes the place of the older file of its source; of two that wait, the newer is
        committed and the older superseded. An ingest whose parts are unsound fails and holds up no other.
        `Unavailable` while `ingest_id` is not visible as worked yet, or while other committers keep winning.
        """
        for _ in range(_PASSES):
            ready = await self._ledger.worked(scope, table)
            if not ready:
                return await self._require_past_work(scope, ingest_id)
            snapshot = await self._tables.open(scope, table)
            await self._pass(scope, snapshot, sorted(ready, key=lambda entry: entry.value.id))
        raise Unavailable(f"table {table} is busy")

    async def _require_past_work(self, scope: TenantScope, ingest_id: str) -> None:
        """Refuse to take a stale read for "nothing to do": the message proves that the work is done."""
        state = (await self._ledger.get(scope, ingest_id)).value.state
        if state in {IngestState.LANDED, IngestState.PLANNED, IngestState.WORKING, IngestState.WORKED}:
            raise Unavailable("the ingest is not visible as worked yet")

    async def _pass(
        self, scope: TenantScope, snapshot: TableSnapshot, ready: Sequence[Versioned[Ingest]]
    ) -> None:
        ids = {rules.ingest_transaction(e.value) for e in ready} | {
            rules.source_transaction(e.value) for e in ready
        }
        reached = await snapshot.transactions(ids)
        newest: dict[str, Versioned[Ingest]] = {}
        for entry in ready:
            ingest = entry.value
            version = reached.get(rules.ingest_transaction(ingest))
            if version is not None:
                await self._finish(scope, entry, version)
            elif reached.get(rules.source_transaction(ingest), -1) >= rules.sequence(ingest):
                await self._close(scope, ingest.to(IngestState.SUPERSEDED, self._clock.now()), entry.etag)
            else:
                newest[ingest.recognised.source] = entry
        await self._commit(scope, snapshot, newest.values())

    async def _commit(
        self, scope: TenantScope, snapshot: TableSnapshot, entries: Iterable[Versioned[Ingest]]
    ) -> None:
        """Commit `entries`, one per source, in one transaction; older files of a source wait for the next."""
        checked = [await self._check(scope, snapshot, entry) for entry in entries]
        sound = [one for one in checked if one is not None]
        if not sound:
            return
        version = snapshot.version + 1
        ingests = [one.entry.value for one in sound]
        change = TableChange(
            additions=tuple(addition for one in sound for addition in one.additions),
            removals=tuple(file for one in sound for file in one.removals),
            transactions={rules.ingest_transaction(ingest): version for ingest in ingests}
            | {rules.source_transaction(ingest): rules.sequence(ingest) for ingest in ingests},
        )
        try:
            await self._tables.commit(scope, snapshot, change)
        except PreconditionFailed:
            # Somebody else committed first: what was derived here is stale, and the next pass starts over.
            return
        for one in sound:
            await self._announce(scope, one.entry, version, one.parts, one.removals)

    async def _check(
        self, scope: TenantScope, snapshot: TableSnapshot, entry: Versioned[Ingest]
    ) -> _Sound | None:
        """Return what to commit for an ingest, or end it as failed and return None."""
        ingest, table = entry.value, entry.value.recognised.table
        chunks = await self._ledger.chunks(scope, ingest.id)
        parts = tuple(done.part for done in chunks if done.part is not None)
        violations = rules.miscounts(ingest, chunks)
        additions = []
        for part in parts:
            seen = await self._inspect(scope, table, part)
            if isinstance(seen, Violation):
                violations.append(seen)
                continue
            violations += rules.unsoundness(ingest, part, seen, _SCHEMA, _REQUIRED)
            additions.append(Addition(rules.in_table(table, part.path), ingest.recognised.source, seen))
        if violations:
            await self._fail(scope, entry, rules.unsound_parts(violations))
            return None
        removals = rules.live_of_source(snapshot.files, ingest.recognised.source)
        mismatches = rules.resurrections(removals, await self._manifests(scope, removals))
        if mismatches:
            await self._fail(scope, entry, rules.unlike_manifest(mismatches))
            return None
        return _Sound(entry, parts, tuple(additions), removals)

    async def _inspect(self, scope: TenantScope, table: str, part: Part) -> Inspection | Violation:
        try:
            return await self._tables.inspect(scope, table, rules.in_table(table, part.path))
        except NotFound:
            return Violation(part.path, "is missing")
        except InvalidInput as fault:
            return Violation(part.path, fault.detail)

    async def _manifests(self, scope: TenantScope, files: Iterable[LiveFile]) -> dict[str, int]:
        owners = sorted({file.ingest_id for file in files})
        return {owner: (await self._ledger.get(scope, owner)).value.progress.facts for owner in owners}

    async def _fail(self, scope: TenantScope, entry: Versioned[Ingest], failure: Failure) -> None:
        await self._close(scope, entry.value.failed(failure, self._clock.now()), entry.etag)

    async def _finish(self, scope: TenantScope, entry: Versioned[Ingest], version: int) -> None:
        """Bring Cosmos in step with a commit that a crash cut off from it."""
        ingest = entry.value
        before = await self._tables.as_of(scope, ingest.recognised.table, version - 1)
        chunks = await self._ledger.chunks(scope, ingest.id)
        parts = [done.part for done in chunks if done.part is not None]
        removed = rules.live_of_source(before.files, ingest.recognised.source)
        await self._announce(scope, entry, version, parts, removed)

    async def _announce(
        self,
        scope: TenantScope,
        entry: Versioned[Ingest],
        version: int,
        parts: Iterable[Part],
        removed: Sequence[LiveFile],
    ) -> None:
        supersedes = removed[0].ingest_id if removed else None
        after = entry.value.committed(version, supersedes, self._clock.now())
        manifest = rules.manifest_of(after, version, parts, removed)
        outgoing = events.committed(scope, after, self._clock)
        try:
            await self._ledger.close(scope, after, entry.etag, manifest=manifest, outgoing=(outgoing,))
        except PreconditionFailed:
            await self._require_past_work(scope, after.id)

    async def _close(self, scope: TenantScope, ingest: Ingest, etag: str) -> None:
        try:
            await self._ledger.close(scope, ingest, etag)
        except PreconditionFailed:
            await self._require_past_work(scope, ingest.id)
