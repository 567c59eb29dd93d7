"""What committing an ingest would do to its tables, and whether it may: nothing here changes anything."""

from collections.abc import Iterable, Mapping, Sequence

from shared.ingestion import commit_rules as rules
from shared.ingestion.commit_ports import CommitLedger, CommitTables, Effect, LiveFile, TableSnapshot
from shared.ingestion.loads import Target
from shared.ingestion.model import Failure, Ingest, Part
from shared.ingestion.table_names import TableName
from shared.kernel.errors import InvalidInput, NotFound, Violation
from shared.kernel.scope import TenantScope

type Snapshots = Mapping[TableName, TableSnapshot]


class CommitChecks:
    """Checks the parts of an ingest and what they would take the place of."""

    def __init__(self, tables: CommitTables, ledger: CommitLedger) -> None:
        self._tables = tables
        self._ledger = ledger

    async def effects(
        self,
        scope: TenantScope,
        ingest: Ingest,
        targets: Sequence[Target],
        snapshots: Snapshots,
        *,
        guarded: bool,
    ) -> tuple[Effect, ...] | Failure:
        """Return what the commit does to each of `targets`, or why the ingest fails instead.

        `guarded` says whether it still may be held for making too much vanish: not when a crash left it half
        committed.
        """
        incoming = await self._incoming(scope, ingest, targets)
        if isinstance(incoming, Failure):
            return incoming
        effects, suspicious = [], []
        for target in targets:
            found = await self._replaced(scope, ingest, target, snapshots, incoming[target.table])
            if isinstance(found, Failure):
                return found
            effect, gone = found
            effects.append(effect)
            suspicious += [gone] if gone else []
        return rules.held(suspicious) if suspicious and guarded else tuple(effects)

    async def _incoming(
        self, scope: TenantScope, ingest: Ingest, targets: Sequence[Target]
    ) -> dict[TableName, list[LiveFile]] | Failure:
        """Return the sound parts of an ingest by table."""
        chunks = await self._ledger.chunks(scope, ingest.id)
        parts = [done.part for done in chunks if done.part is not None]
        violations = rules.miscounts(ingest, chunks) + rules.strays(ingest, parts)
        found: dict[TableName, list[LiveFile]] = {target.table: [] for target in targets}
        by_table = {target.table: target for target in targets}
        for part in parts:
            target = by_table.get(part.table)
            if target is None:
                continue
            seen = await self._seen(scope, ingest, target, part)
            if isinstance(seen, LiveFile):
                found[part.table].append(seen)
            else:
                violations += seen
        return rules.unsound_parts(violations) if violations else found

    async def _seen(
        self, scope: TenantScope, ingest: Ingest, target: Target, part: Part
    ) -> LiveFile | list[Violation]:
        try:
            seen = await self._tables.inspect(
                scope, target.table, rules.in_table(part), rules.indexed(target)
            )
        except NotFound:
            return [Violation(part.path, "is missing")]
        except InvalidInput as fault:
            return [Violation(part.path, fault.detail)]
        unsound = rules.unsoundness(ingest, part, seen)
        return unsound or rules.live(part, ingest.recognised.source, seen)

    async def _replaced(
        self,
        scope: TenantScope,
        ingest: Ingest,
        target: Target,
        snapshots: Snapshots,
        incoming: Sequence[LiveFile],
    ) -> tuple[Effect, Violation | None] | Failure:
        """Let `incoming` take the place of all files of the source."""
        removals = rules.of_source(snapshots[target.table].files, ingest.recognised.source)
        live = await self._rows(scope, target.table, removals)
        mismatches = rules.resurrections(live, await self._committed(scope, target.table, live))
        if mismatches:
            return rules.unlike_manifest(mismatches)
        before, after = sum(live.values()), sum(file.rows for file in incoming)
        gone = None if ingest.released else rules.vanishing(target, before, max(0, before - after))
        return Effect(target.table, tuple(incoming), removals, overtakes=True), gone

    async def _rows(self, scope: TenantScope, table: TableName, files: Iterable[LiveFile]) -> dict[str, int]:
        """Count the rows of files by ingest: by their statistics, or by reading what was compacted."""
        rows: dict[str, int] = {}
        for file in files:
            owned = {file.owner: file.rows} if file.owner else None
            for owner, count in (owned or await self._tables.rows_by_ingest(scope, table, file.path)).items():
                rows[owner] = rows.get(owner, 0) + count
        return rows

    async def _committed(self, scope: TenantScope, table: TableName, owners: Iterable[str]) -> dict[str, int]:
        """Return how many rows each ingest once brought into the table."""
        rows = {}
        for owner in sorted(owners):
            parts = [done.part for done in await self._ledger.chunks(scope, owner) if done.part is not None]
            rows[owner] = sum(part.rows for part in parts if part.table is table)
        return rows
