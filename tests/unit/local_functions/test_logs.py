import json
import logging
import sys

from infra.local.functions.logs import JsonLines


def _line(**changes: object) -> dict[str, object]:
    record = logging.makeLogRecord({"levelname": "ERROR", "msg": "it %s", "args": ("broke",), **changes})
    read: dict[str, object] = json.loads(JsonLines().format(record))
    return read


def test_a_line_holds_time_level_service_message_and_extra_fields() -> None:
    line = _line(function="grades", created=1795163400.5)

    assert line == {
        "time": "2026-11-20T08:30:00.500Z",
        "level": "error",
        "service": "functions",
        "message": "it broke",
        "function": "grades",
    }


def test_a_traceback_stays_in_the_same_line() -> None:
    try:
        int("here")
    except ValueError:
        line = _line(exc_info=sys.exc_info())

    assert "ValueError: invalid literal" in str(line["exception"])
