"""Cuts a page of whole lines out of a file of JSON lines that was read from some byte on."""

from typing import Final

LINE_BYTES: Final = 1024
"""No line of such a file is longer."""


def whole_lines(data: bytes, limit: int) -> tuple[list[bytes], bool]:
    """Return up to `limit` whole lines, and whether the file ends with them.

    `data` are the bytes that the file has within `limit * LINE_BYTES` from a line's start.
    """
    asked = limit * LINE_BYTES
    lines = data.splitlines(keepends=True)
    if len(data) == asked and not data.endswith(b"\n"):
        lines.pop()
    return lines[:limit], len(data) < asked and len(lines) <= limit
