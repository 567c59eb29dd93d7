"""Where the results of ingests lie in the tenant's lake."""

from typing import Final

from shared.ingestion.model import Ingest
from shared.ingestion.table_names import TableName

REJECTS: Final = "rejects"
STAGED: Final = "staged"


def part_path(ingest: Ingest, table: TableName, n: int) -> str:
    """Return where the facts of chunk `n` lie: in the table's folder, visible only once committed."""
    return f"{table}/source={ingest.recognised.source}/{ingest.id}-{n:06d}.parquet"


def rejects_path(ingest_id: str, n: int) -> str:
    """Return where the rejects of chunk `n` lie."""
    return f"{REJECTS}/{ingest_id}/{n:06d}.jsonl"


def staged_path(ingest_id: str, at: int) -> str:
    """Return where the lines of the member at place `at` of a file are staged."""
    return f"{STAGED}/{ingest_id}/{at:03d}"
