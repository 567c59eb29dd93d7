"""Log lines: one JSON object per event on standard output."""

import json
import logging
import sys
from datetime import UTC, datetime

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object: time, level, service, message, and the record's extra fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Render the record; a traceback becomes the member `exception`."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "service": "functions",
            "message": record.getMessage(),
        }
        line.update((name, value) for name, value in vars(record).items() if name not in _STANDARD)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def configure_logging() -> None:
    """Send every record at INFO and above to standard output; the SDKs only from WARNING on.

    The host's own records have a handler of their own: the app may give the root's another form, and it does
    so in a process that the platform's host does not share.
    """
    logging.basicConfig(level=logging.INFO, handlers=[_to_standard_output()], force=True)
    logging.getLogger("azure").setLevel(logging.WARNING)
    own = logging.getLogger("infra.local")
    own.handlers = [_to_standard_output()]
    own.propagate = False


def _to_standard_output() -> logging.Handler:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    return handler
