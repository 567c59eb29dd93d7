"""What commands print: JSON, one object per file, in words that a program can rely on."""

import json
from collections.abc import Iterable, Mapping

from shared.standards.qti.faults import Notice, QtiError

type Printed = Mapping[str, object]


def show(printed: Printed) -> None:
    """Print one object on one line."""
    print(json.dumps(printed, ensure_ascii=False), flush=True)


def notices_as_json(notices: Iterable[Notice]) -> list[dict[str, object]]:
    """Return notices with their places as far as known."""
    return [
        {
            "severity": notice.severity,
            "message": notice.message,
            "rule": notice.rule,
            "file": notice.place.file,
            "line": notice.place.line,
            "xpath": notice.place.xpath,
        }
        for notice in notices
    ]


def error_as_json(error: QtiError) -> dict[str, object]:
    """Return what is wrong with content that can't be used."""
    return {
        "kind": type(error).__name__,
        "message": error.message,
        "rule": error.rule,
        "file": error.place.file,
        "line": error.place.line,
        "xpath": error.place.xpath,
    }
