"""What the services print: kept in one file for each, and shown in one stream with coloured names."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

from rich.console import Console
from rich.text import Text

_FILE_LIMIT = 10 * 1024 * 1024
_LINE_LIMIT = 64 * 1024
_COLOURS = ("cyan", "green", "magenta", "blue", "yellow", "bright_cyan", "bright_magenta")
_LEVEL_STYLES = {"warning": "yellow", "error": "bold red", "critical": "bold red"}
_HIDDEN = {"time", "level", "service", "message"}


class ServiceLog:
    """The log of one service: a file (rotated at 10 MB, one older file kept) and the shared console.

    Unless `verbose`, the console shows only what says that it is a warning or worse.
    """

    def __init__(
        self, service: str, position: int, folder: Path, console: Console, *, verbose: bool = True
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = RotatingFileHandler(folder / f"{service}.log", maxBytes=_FILE_LIMIT, backupCount=1)
        self._console = console
        self._verbose = verbose
        self._prefix = Text(f"{service:>10} | ", style=_COLOURS[position % len(_COLOURS)])
        self._tail: deque[str] = deque(maxlen=15)

    @property
    def tail(self) -> str:
        """The last lines, for a message about a failure."""
        return "\n".join(self._tail)

    def write(self, line: str) -> None:
        """Keep and show one line."""
        shown, level = readable(line)
        self._tail.append(shown.plain)
        self._file.emit(logging.makeLogRecord({"msg": line}))
        if self._verbose or level in _LEVEL_STYLES:
            self._console.print(self._prefix + shown, soft_wrap=True, highlight=False)

    def warn(self, message: str) -> None:
        """Write a warning about the service that it can't write itself."""
        self.write(json.dumps({"level": "warning", "message": message}))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    async def follow(self, stream: asyncio.StreamReader) -> None:
        """Write every line of a process's output until it ends."""
        async for line in _lines(stream):
            self.write(line.decode(errors="replace"))


def readable(line: str) -> tuple[Text, str]:
    """Turn a structured line into `LEVEL message key=value …`, and tell its level; other lines have none."""
    try:
        record = json.loads(line)
    except ValueError:
        return Text(line), ""
    if not isinstance(record, dict) or "message" not in record:
        return Text(line), ""
    level = str(record.get("level", "info")).lower()
    extra = "".join(f" {key}={value}" for key, value in record.items() if key not in _HIDDEN)
    return Text(f"{level:<7} {record['message']}{extra}", style=_LEVEL_STYLES.get(level, "")), level


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    pending = b""
    while chunk := await stream.read(_LINE_LIMIT):
        *complete, pending = (pending + chunk).split(b"\n")
        for line in complete:
            yield line
        if len(pending) > _LINE_LIMIT:
            yield pending
            pending = b""
    if pending:
        yield pending
