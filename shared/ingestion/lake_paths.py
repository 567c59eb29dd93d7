"""Where the results of ingests lie in the tenant's lake."""

from shared.ingestion.model import Ingest


def part_path(ingest: Ingest, n: int) -> str:
    """Return where the facts of chunk `n` lie: in the table's folder, visible only once committed."""
    pins = ingest.recognised
    return f"{pins.table}/source={pins.source}/{ingest.id}-{n:06d}.parquet"


def rejects_path(ingest_id: str, n: int) -> str:
    """Return where the rejects of chunk `n` lie."""
    return f"rejects/{ingest_id}/{n:06d}.jsonl"
