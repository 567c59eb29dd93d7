"""What of the services' output reaches the console, and that all of it reaches the file."""

import io
import json
from pathlib import Path

from rich.console import Console

from infra.local.launcher.logs import ServiceLog

LINES = [
    json.dumps({"level": "info", "message": "served", "route": "dashboards"}),
    "a line without structure",
    json.dumps({"level": "WARNING", "message": "slow"}),
    json.dumps({"level": "error", "message": "broken", "code": 7}),
]


def _shown(folder: Path, *, verbose: bool) -> str:
    shown = io.StringIO()
    web = ServiceLog("web", 0, folder, Console(file=shown), verbose=verbose)
    for line in LINES:
        web.write(line)
    web.warn("ended")
    web.close()
    return shown.getvalue()


def test_only_warnings_and_errors_are_shown_unless_verbose(tmp_path: Path) -> None:
    quiet = _shown(tmp_path, verbose=False).splitlines()
    assert [line.split("|")[1].split() for line in quiet] == [
        ["warning", "slow"],
        ["error", "broken", "code=7"],
        ["warning", "ended"],
    ]
    assert len(_shown(tmp_path, verbose=True).splitlines()) == len(LINES) + 1


def test_the_file_keeps_every_line_as_it_was(tmp_path: Path) -> None:
    _shown(tmp_path, verbose=False)
    assert (tmp_path / "web.log").read_text().splitlines()[: len(LINES)] == LINES
