"""Log lines: one JSON object per event on standard output."""

import json
import sys
from datetime import UTC, datetime


def log(level: str, message: str, **fields: object) -> None:
    """Write one event; `level` is info, warning or error."""
    moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = {"time": moment, "level": level, "service": "servicebus", "message": message, **fields}
    sys.stdout.write(json.dumps(line, default=str, ensure_ascii=False) + "\n")
    sys.stdout.flush()
