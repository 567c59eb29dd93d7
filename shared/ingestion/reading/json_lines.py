"""JSON lines: one object per line, flattened to columns named by dotted paths; texts stay as written."""

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import polars as pl

from shared.ingestion.model import Chunk, Layout
from shared.ingestion.reading.text_lines import lines_of, located

_DEEPEST: Final = 8
_HALVES_OF_PAIRS: Final = ("\\ud", "\\uD")
"""How escapes of them begin: a line without any need not be looked at text by text."""


def paths_of(lines: Iterable[bytes]) -> tuple[str, ...]:
    """Return the dotted paths of all values in the objects, in the order in which they come first.

    A path that is null wherever it stands is one as well, unless others lead through it.
    """
    stated: dict[str, bool] = {}
    for line in lines:
        found = _parsed(line.decode("utf-8", "replace"))
        for path, text in () if found is None else _flat(found):
            stated[path] = stated.get(path, False) or text is not None
    through = {path[:at] for path in stated for at, letter in enumerate(path) if letter == "."}
    return tuple(
        path for path, has_text in stated.items() if _is_text(path) and (has_text or path not in through)
    )


def read_json_lines(
    data: bytes, chunk: Chunk, layout: Layout, columns: Collection[int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of a chunk, and the lines that are no JSON objects or have no text where one is."""
    lines = located(lines_of(data, "utf-8"), chunk, "utf-8")
    wanted = {layout.header[position]: position for position in sorted(columns)}
    cells: dict[int, list[str | None]] = {position: [] for position in wanted.values()}
    sound: list[bool] = []
    for line in lines["text"]:
        found = _found(line, wanted)
        sound.append(found is not None)
        if found is not None:
            for position, text in zip(wanted.values(), found, strict=True):
                cells[position].append(text)
    kept = pl.Series(sound, dtype=pl.Boolean)
    rows = lines.filter(kept).select("byte", "length", "record", fields=pl.lit(len(layout.header)))
    rows = rows.hstack([pl.Series(str(at), texts, dtype=pl.String) for at, texts in cells.items()])
    return rows, lines.filter(~kept).select("record", "byte", "length")


def cells_of(line: str, paths: Iterable[str]) -> list[str | None]:
    """Return the texts at `paths` of one object, None where it has none."""
    flat = dict(_flat(_parsed(line) or {}))
    return [flat.get(path) for path in paths]


def _found(line: str, paths: Iterable[str]) -> list[str | None] | None:
    """Return the texts at `paths` of one object; None where it is none, or one of them can't be kept."""
    found = _parsed(line)
    if found is None:
        return None
    flat = dict(_flat(found))
    texts = [flat.get(path) for path in paths]
    if not any(half in line for half in _HALVES_OF_PAIRS):
        return texts
    return texts if all(text is None or _is_text(text) for text in texts) else None


def _is_text(value: str) -> bool:
    """Tell that no half of a surrogate pair is in it, which is no character (RFC 8259 section 8.2)."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        # Numbers stay as they are written: an identifier of twenty digits, a score of 7.50.
        found = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _flat(value: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str | None]]:
    for name, inner in value.items():
        path = f"{prefix}{name}"
        match inner:
            case None:
                yield path, None
            case dict() if depth < _DEEPEST:
                yield from _flat(inner, f"{path}.", depth + 1)
            case bool():
                yield path, str(inner).lower()
            case str():
                yield path, inner
            case _:
                yield path, json.dumps(inner, ensure_ascii=False)
