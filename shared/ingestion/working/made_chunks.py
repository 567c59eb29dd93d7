"""What becomes of a chunk, ready to be written: its parts and rejects as bytes, and its counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.ingestion.model import Ingest
from shared.ingestion.table_names import TableName
from shared.ingestion.working.part_writing import PackedPart, packed
from shared.ingestion.working.work import Task, Work


@dataclass(frozen=True, slots=True)
class MadeChunk:
    """The result of a chunk in its last form; it takes a tenth of the memory of its rows."""

    facts: PackedPart | None
    people: PackedPart | None
    reject_lines: bytes
    """Empty when no record was rejected."""
    reject_counts: Mapping[str, int]
    accepted: int
    rejected: int


def made_of(result: Work, ingest: Ingest, task: Task) -> MadeChunk:
    """Return what becomes of a chunk by the work on it."""
    return MadeChunk(
        facts=packed(ingest, task.part.table, result.facts),
        people=packed(ingest, TableName.PERSON, result.people),
        reject_lines=result.reject_lines() if result.rejects.height else b"",
        reject_counts=result.reject_counts,
        accepted=result.accepted,
        rejected=result.rejects.height,
    )
