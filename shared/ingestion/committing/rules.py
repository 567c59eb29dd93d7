"""The rules of committing, without I/O: who is newer, which part is sound, what a file replaces."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from shared.ingestion.committing.ports import Effect, Inspection, LiveFile, Manifest
from shared.ingestion.loads import Load, Target
from shared.ingestion.model import ChunkDone, Failure, Ingest, Part
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import PARTITION, TABLES
from shared.kernel.errors import Violation

TOO_MANY_VANISHED = "too-many-vanished"
_SCHEMAS = {
    name: {column: str(kind) for column, kind in table.schema.items()} for name, table in TABLES.items()
}
_INDEXED = ("ingest_id", "course", "line_item")


def ingest_transaction(ingest: Ingest) -> str:
    """Return the application id that tells in which version of a table an ingest was committed."""
    return f"ingest:{ingest.id}"


def source_transaction(ingest: Ingest) -> str:
    """Return the application id that tells the newest file of a source that a table has rows of."""
    return f"source:{ingest.recognised.source}"


def snapshot_transaction(ingest: Ingest) -> str:
    """Return the application id that tells which file last stated every key of a source."""
    return f"snapshot:{ingest.recognised.source}"


def sequence(ingest: Ingest) -> int:
    """Return the place of an ingest among the files of its source: the time of its upload.

    The upper half of a UUIDv7 (RFC 9562 section 5.7): milliseconds, then random bits, below 2**63.
    """
    return UUID(ingest.id).int >> 64


def in_table(part: Part) -> str:
    """Return a part's path relative to its table's folder."""
    return part.path.removeprefix(f"{part.table}/")


def parts_of(ingest: Ingest) -> str:
    """Return how the paths of all parts of an ingest begin, relative to the folder of any table."""
    return f"{PARTITION}={ingest.recognised.source}/{ingest.id}-"


def live(part: Part, source: str, seen: Inspection) -> LiveFile:
    """Return the file of its table that a sound part becomes."""
    return LiveFile(in_table(part), seen.size, seen.rows, source, seen.extremes)


def difference(table: TableName, before: Sequence[LiveFile], after: Sequence[LiveFile]) -> Effect:
    """Return what led from the files of one version to those of the next."""
    was, now = {file.path for file in before}, {file.path for file in after}
    return Effect(
        table,
        additions=tuple(file for file in after if file.path not in was),
        removals=tuple(file for file in before if file.path not in now),
    )


def manifest_of(versions: Mapping[TableName, int], effects: Sequence[Effect]) -> Manifest:
    """Return what a commit did to its tables, in a fixed order."""

    def parts(table: TableName, files: Iterable[LiveFile]) -> list[Part]:
        return [Part(f"{table}/{file.path}", file.size, file.rows) for file in files]

    added = [part for effect in effects for part in parts(effect.table, effect.additions)]
    removed = [part for effect in effects for part in parts(effect.table, effect.removals)]
    return Manifest(
        versions={table: versions[table] for table in TableName if table in versions},
        added=tuple(sorted(added, key=lambda part: part.path)),
        removed=tuple(sorted(removed, key=lambda part: part.path)),
    )


def superseded_by(ingest: Ingest, effects: Iterable[Effect]) -> str | None:
    """Return the newest ingest whose rows were replaced as a whole, None when nothing was."""
    replacing = {target.table for target in ingest.recognised.targets if not target.load.merges}
    return max(
        (
            file.extremes["ingest_id"][1]
            for effect in effects
            if effect.table in replacing
            for file in effect.removals
        ),
        default=None,
    )


def indexed(target: Target) -> tuple[str, ...]:
    """Return the columns whose extremes are kept with each file, so that readers and merges skip files."""
    columns = dict.fromkeys((*_INDEXED, *target.key[:1]))
    schema = _SCHEMAS[target.table]
    return tuple(name for name in columns if schema.get(name) == "String")


def miscounts(ingest: Ingest, chunks: Sequence[ChunkDone]) -> list[Violation]:
    """Check that no record was lost between the plan and the chunks: records = accepted + rejected."""
    found = []
    if [done.n for done in chunks] != list(range(ingest.progress.chunks)):
        found.append(
            Violation(ingest.file_name, f"{len(chunks)} of {ingest.progress.chunks} chunks are done")
        )
    counted = sum(done.accepted + done.rejected for done in chunks)
    if counted != ingest.progress.records:
        found.append(
            Violation(ingest.file_name, f"{counted} of {ingest.progress.records} records are accounted for")
        )
    return found


def strays(ingest: Ingest, parts: Iterable[Part]) -> list[Violation]:
    """Check that the parts lie in tables that the plan said the ingest writes to."""
    tables = {target.table for target in ingest.recognised.targets}
    return [
        Violation(part.path, "belongs to no table that the plan names")
        for part in parts
        if part.table not in tables
    ]


def unsoundness(ingest: Ingest, part: Part, seen: Inspection) -> list[Violation]:
    """Check one part against what its chunk promised and against the schema of its table."""
    schema, found = _SCHEMAS[part.table], []
    if seen.size != part.size:
        found.append(Violation(part.path, f"holds {seen.size} bytes, not {part.size}"))
    if seen.rows != part.rows:
        found.append(Violation(part.path, f"holds {seen.rows} rows, not {part.rows}"))
    if seen.extremes.get("ingest_id", (ingest.id, ingest.id)) != (ingest.id, ingest.id):
        found.append(Violation(part.path, "holds rows of another ingest"))
    required = (name for name in schema if name in TABLES[part.table].never_null)
    found += [Violation(part.path, f"lacks column {name}") for name in required if name not in seen.columns]
    found += [
        Violation(part.path, f"column {name} is {kind}, not {schema.get(name, 'of this table')}")
        for name, kind in seen.columns.items()
        if schema.get(name) != kind
    ]
    return found


def of_source(files: Iterable[LiveFile], source: str) -> tuple[LiveFile, ...]:
    """Return the files of a source, in a fixed order."""
    return tuple(sorted((file for file in files if file.source == source), key=lambda file: file.path))


def resurrections(live: Mapping[str, int], committed: Mapping[str, int]) -> list[Violation]:
    """Check that the rows to be removed, by ingest, are exactly those that were committed."""
    return [
        Violation(f"ingest {ingest_id}", f"{live[ingest_id]} rows are live, its manifest has {count}")
        for ingest_id, count in committed.items()
        if live[ingest_id] != count
    ]


def marks(ingest: Ingest, reached: Mapping[str, int], table: TableName) -> tuple[str, ...]:
    """Return the application ids of which the ingest becomes the newest in a table."""
    snapshot = any(t.table is table and t.load is Load.SNAPSHOT for t in ingest.recognised.targets)
    wanted = (source_transaction(ingest), *([snapshot_transaction(ingest)] if snapshot else []))
    return tuple(mark for mark in wanted if reached.get(mark, -1) < sequence(ingest))


def vanishing(target: Target, before: int, gone: int) -> Violation | None:
    """Tell that a file would take away too many, or all, of the rows or keys that its source has."""
    if not gone or (gone < before and gone / before <= target.max_vanished_share):
        return None
    return Violation(target.table, f"{gone} of {before} rows would vanish")


def unsound_parts(violations: Sequence[Violation]) -> Failure:
    """Return the failure of an ingest whose parts do not hold what was promised."""
    return Failure("unsound-parts", "The facts worked out of this file are not sound.", tuple(violations))


def unlike_manifest(violations: Sequence[Violation]) -> Failure:
    """Return the failure of an ingest that would remove other rows than those once committed."""
    return Failure(
        "manifest-mismatch", "The facts to be replaced differ from their manifest.", tuple(violations)
    )


def held(violations: Sequence[Violation]) -> Failure:
    """Return the failure of an ingest that would make too much vanish; an operator may release it."""
    told = ", ".join(f"{violation.place}: {violation.message}" for violation in violations)
    return Failure(TOO_MANY_VANISHED, f"Held, nothing was removed: {told}.", tuple(violations))
