"""What the local servers say: one JSON object per event, a line each, on standard output."""

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class EventLog:
    """Writes the events of one service: `log("info", "listening", port=1)`."""

    service: str

    def __call__(self, level: str, message: str, **fields: object) -> None:
        """Write an event; `level` is info, warning or error."""
        moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event = {"time": moment, "level": level, "service": self.service, "message": message, **fields}
        sys.stdout.write(json.dumps(event, default=str, ensure_ascii=False) + "\n")
        sys.stdout.flush()
