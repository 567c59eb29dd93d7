"""One JSON line per event on standard output."""

import json
import sys
from datetime import UTC, datetime


def log(level: str, message: str, **fields: object) -> None:
    """Write an event; fields must be JSON values."""
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    event = {"time": time, "level": level, "service": "cosmos", "message": message, **fields}
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()
