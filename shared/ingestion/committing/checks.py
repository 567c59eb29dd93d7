"""What committing an ingest would do to its tables, and whether it may: nothing here becomes visible."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from shared.ingestion.committing import queue, rules
from shared.ingestion.committing.incoming_parts import IncomingParts
from shared.ingestion.committing.merger import Merge, Merged, Merger
from shared.ingestion.committing.ports import CommitLedger, CommitTables, Effect, LiveFile, TableSnapshot
from shared.ingestion.loads import Target
from shared.ingestion.model import Failure, Ingest
from shared.ingestion.table_names import TableName
from shared.kernel.errors import Violation
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True)
class Opened:
    """The newest versions of the tables that the ready ingests write to, and what they have reached."""

    snapshots: Mapping[TableName, TableSnapshot]
    reached: queue.Reached


@dataclass(frozen=True, slots=True)
class _Replacement:
    """The files of an ingest take the place of all files of its source."""

    effect: Effect
    vanishing: Violation | None


class CommitChecks:
    """Checks the parts of an ingest and what they would take the place of."""

    def __init__(self, tables: CommitTables, ledger: CommitLedger, merger: Merger) -> None:
        self._tables = tables
        self._ledger = ledger
        self._merger = merger
        self._parts = IncomingParts(tables)

    async def effects(
        self, scope: TenantScope, ingest: Ingest, opened: Opened
    ) -> tuple[Effect, ...] | Failure:
        """Return what the commit does to each table that is still open, or why the ingest fails instead.

        An ingest that a crash left half committed is not held any more for what it makes vanish.
        """
        targets = queue.open_targets(ingest, opened.reached)
        chunks = await self._ledger.chunks(scope, ingest.id, single=ingest.progress.chunks == 1)
        incoming = await self._parts.sound(scope, ingest, targets, chunks)
        if isinstance(incoming, Failure):
            return incoming
        plans: list[_Replacement | Merged] = []
        for target in targets:
            plan = await self._plan(scope, ingest, target, opened, incoming[target.table])
            if isinstance(plan, Failure):
                return plan
            plans.append(plan)
        suspicious = [plan.vanishing for plan in plans if plan.vanishing]
        if suspicious and not ingest.released and not queue.versions(ingest, opened.reached):
            return rules.held(suspicious)
        return await self._written(scope, ingest, opened, plans)

    async def _plan(
        self,
        scope: TenantScope,
        ingest: Ingest,
        target: Target,
        opened: Opened,
        incoming: Sequence[LiveFile],
    ) -> _Replacement | Merged | Failure:
        live = rules.of_source(opened.snapshots[target.table].files, ingest.recognised.source)
        if not target.load.merges:
            return await self._replaced(scope, target, tuple(incoming), live)
        last = opened.reached[target.table].get(rules.snapshot_transaction(ingest), -1)
        late = last > rules.sequence(ingest)
        merge = Merge(ingest=ingest, target=target, incoming=tuple(incoming), live=live, late=late)
        return await self._merger.judge(scope, merge)

    async def _written(
        self, scope: TenantScope, ingest: Ingest, opened: Opened, plans: Sequence[_Replacement | Merged]
    ) -> tuple[Effect, ...] | Failure:
        """Write what merges leave over, and return all effects, each with what the ingest is newest of."""
        effects = []
        for plan in plans:
            effect = await self._merger.write(scope, plan) if isinstance(plan, Merged) else plan.effect
            if isinstance(effect, Failure):
                return effect
            marks = rules.marks(ingest, opened.reached[effect.table], effect.table)
            effects.append(replace(effect, marks=marks))
        return tuple(effects)

    async def _replaced(
        self,
        scope: TenantScope,
        target: Target,
        incoming: tuple[LiveFile, ...],
        removals: tuple[LiveFile, ...],
    ) -> _Replacement | Failure:
        live = await self._rows(scope, target.table, removals)
        mismatches = rules.resurrections(live, await self._committed(scope, target.table, live))
        if mismatches:
            return rules.unlike_manifest(mismatches)
        before, after = sum(live.values()), sum(file.rows for file in incoming)
        gone = rules.vanishing(target, before, max(0, before - after))
        return _Replacement(Effect(target.table, incoming, removals), gone)

    async def _rows(self, scope: TenantScope, table: TableName, files: Iterable[LiveFile]) -> dict[str, int]:
        """Count the rows of files by ingest: by their statistics, or by reading what was compacted."""
        rows: dict[str, int] = {}
        for file in files:
            owned = {file.owner: file.rows} if file.owner else None
            for owner, count in (owned or await self._tables.rows_by_ingest(scope, table, file.path)).items():
                rows[owner] = rows.get(owner, 0) + count
        return rows

    async def _committed(self, scope: TenantScope, table: TableName, owners: Iterable[str]) -> dict[str, int]:
        """Return how many rows each ingest once brought into the table, except those that were merged."""
        rows = {}
        for owner in sorted(owners):
            if queue.merges((await self._ledger.get(scope, owner)).value):
                continue
            parts = [part for done in await self._ledger.chunks(scope, owner) for part in done.parts]
            rows[owner] = sum(part.rows for part in parts if part.table is table)
        return rows
