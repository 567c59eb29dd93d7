"""Logs as one JSON object per line: what happened, in which work, and never to whom by name.

A message is a constant text; what varies goes into `extra`, under one of the names of `FIELDS`. Everything
else (other names, arguments of a message, the text of an exception that is not ours) may hold personal data:
it is left out, and the line says so.
"""

import json
import logging
import sys
import traceback
from dataclasses import asdict
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from shared.kernel.clock import rfc3339
from shared.kernel.errors import TermtideError
from shared.kernel.log_context import log_context

FIELDS = frozenset(
    {
        *("attempt", "attempts", "bytes", "code", "container", "count", "digest", "duration_ms"),
        *("event_id", "event_type", "feed", "ingest", "chunk", "method", "operation", "queue", "reason"),
        *("records", "rejected", "route", "size", "state", "status", "table", "table_version", "upload"),
    }
)
"""Names that `extra` may carry: identifiers, codes and figures."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_QUIET = ("azure", "uamqp", "urllib3", "aiohttp", "asyncio")


class JsonLines(logging.Formatter):
    """Renders a record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without a line end."""
        line: dict[str, Any] = {
            "time": rfc3339(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname,
            "logger": record.name,
            "message": str(record.msg),
        }
        line |= {name: value for name, value in asdict(log_context()).items() if value is not None}
        given = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        line |= {name: value for name, value in given.items() if name in FIELDS}
        if refused := sorted(given.keys() - FIELDS):
            line["refusedFields"] = refused
        if record.args:
            line["refusedArguments"] = len(record.args)
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _error(record.exc_info[1], record.exc_info[2])
        return json.dumps(line, default=str, ensure_ascii=False)


def configure_logs(level: str) -> None:
    """Make every log line of the process a JSON line; calling it again changes the level only.

    Handlers that the host has put on the root logger stay and get this form; without any, lines go to
    standard output.
    """
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler(sys.stdout))
    for handler in root.handlers:
        handler.setFormatter(JsonLines())
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _error(error: BaseException, trace: TracebackType | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": type(error).__name__,
        "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)],
    }
    if isinstance(error, TermtideError):
        told |= {"code": error.code, "detail": error.detail}
    if error.__cause__ is not None:
        told["cause"] = _error(error.__cause__, error.__cause__.__traceback__)
    return told
