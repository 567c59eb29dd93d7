"""When a file was uploaded, as its ingest id tells."""

from datetime import UTC, datetime

from shared.kernel.clock import rfc3339


def uploaded_at(ingest_id: str) -> str:
    """Return the time in a UUIDv7 (RFC 9562 section 5.7) as RFC 3339 text."""
    milliseconds = int(ingest_id.replace("-", "")[:12], base=16)
    return rfc3339(datetime.fromtimestamp(milliseconds / 1000, UTC))
