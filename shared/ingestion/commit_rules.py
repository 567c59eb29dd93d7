"""The rules of committing, without I/O: who is newer, which part is sound, what a file replaces."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from shared.ingestion.commit_ports import Inspection, LiveFile, Manifest
from shared.ingestion.model import ChunkDone, Failure, Ingest, Part
from shared.kernel.errors import Violation


def ingest_transaction(ingest: Ingest) -> str:
    """Return the application id that tells in which table version an ingest was committed."""
    return f"ingest:{ingest.id}"


def source_transaction(ingest: Ingest) -> str:
    """Return the application id that tells which file of a source was committed last."""
    return f"source:{ingest.recognised.source}"


def sequence(ingest: Ingest) -> int:
    """Return the place of an ingest among the files of its source: the time of its upload.

    The upper half of a UUIDv7 (RFC 9562 section 5.7): milliseconds, then random bits, below 2**63.
    """
    return UUID(ingest.id).int >> 64


def in_table(table: str, path: str) -> str:
    """Return a part's path relative to its table's folder."""
    return path.removeprefix(f"{table}/")


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


def unsoundness(
    ingest: Ingest, part: Part, seen: Inspection, schema: Mapping[str, str], required: Iterable[str]
) -> list[Violation]:
    """Check one part against what its chunk promised and against the fact schema."""
    found = []
    if seen.size != part.size:
        found.append(Violation(part.path, f"holds {seen.size} bytes, not {part.size}"))
    if seen.rows != part.rows:
        found.append(Violation(part.path, f"holds {seen.rows} rows, not {part.rows}"))
    if seen.ingest_ids not in {None, (ingest.id, ingest.id)}:
        found.append(Violation(part.path, "holds rows of another ingest"))
    found += [Violation(part.path, f"lacks column {name}") for name in required if name not in seen.columns]
    found += [
        Violation(part.path, f"column {name} is {kind}, not {schema.get(name, 'of this table')}")
        for name, kind in seen.columns.items()
        if schema.get(name) != kind
    ]
    return found


def live_of_source(files: Iterable[LiveFile], source: str) -> tuple[LiveFile, ...]:
    """Return the files that a new file of `source` replaces, in a fixed order."""
    return tuple(sorted((file for file in files if file.source == source), key=lambda file: file.path))


def resurrections(removed: Iterable[LiveFile], manifests: Mapping[str, int]) -> list[Violation]:
    """Check that the rows to be removed are exactly those that `manifests` (rows by ingest) committed."""
    rows: dict[str, int] = {}
    for file in removed:
        rows[file.ingest_id] = rows.get(file.ingest_id, 0) + file.rows
    return [
        Violation(
            f"ingest {ingest_id}", f"{count} rows are live, its manifest has {manifests.get(ingest_id, 0)}"
        )
        for ingest_id, count in rows.items()
        if manifests.get(ingest_id, 0) != count
    ]


def unsound_parts(violations: Sequence[Violation]) -> Failure:
    """Return the failure of an ingest whose parts do not hold what was promised."""
    return Failure("unsound-parts", "The facts worked out of this file are not sound.", tuple(violations))


def unlike_manifest(violations: Sequence[Violation]) -> Failure:
    """Return the failure of an ingest that would remove other rows than those once committed."""
    return Failure(
        "manifest-mismatch", "The facts to be replaced differ from their manifest.", tuple(violations)
    )


def manifest_of(ingest: Ingest, version: int, parts: Iterable[Part], removed: Iterable[LiveFile]) -> Manifest:
    """Return what the commit of `ingest` as `version` did to its table."""
    table = ingest.recognised.table
    return Manifest(
        table=table,
        table_version=version,
        added=tuple(parts),
        removed=tuple(Part(f"{table}/{file.path}", file.size, file.rows) for file in removed),
    )
