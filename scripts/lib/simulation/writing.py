"""Writes simulated files into folders, each with its truth beside it."""

import json
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

from scripts.lib.simulation.files import write_file
from scripts.lib.simulation.notes import NoteFiles, ParquetNotes
from scripts.lib.simulation.truth import FileTruth
from scripts.lib.simulation.wishes import Wish, file_name
from shared.ingestion.refusal import FailureCode


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, with the truth about it."""

    wish: Wish
    path: Path
    truth: FileTruth

    @property
    def notes(self) -> NoteFiles:
        """What is true of its single records."""
        return NoteFiles(self.path)


def write(wish: Wish, folder: Path) -> Written:
    """Write a file into a folder, and what is true of its records beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(wish).text
    parts = {part.name: part.table for part in wish.parts}
    with path.open("w+b") as out, ParquetNotes(path, parts) as notes:
        truth = write_file(wish, out, notes)
        truth.failure = _spoiled(wish, out)
    return Written(wish, path, truth)


def write_counts(written: Written) -> None:
    """Write the truth about a file in counts beside it."""
    path = written.path
    text = json.dumps(written.truth.as_json(), ensure_ascii=False, indent=1)
    path.with_name(f"{path.name}.truth.json").write_text(text, encoding="utf-8")


def _spoiled(wish: Wish, out: BinaryIO) -> str | None:
    """Damage the bytes as wished, and return the code with which the file must be refused."""
    size = out.seek(0, SEEK_END)
    if wish.damage == "nul":
        out.seek(size - size // 4)
        out.write(b"\0")
        return FailureCode.NUL
    if wish.cut_short and wish.container != "plain":
        out.truncate(size - size // 3)
        return FailureCode.DAMAGED
    if wish.rows == 0:
        # A file without a byte could still be about to be written.
        out.write(b"" if size else b"\n")
        return FailureCode.EMPTY if wish.single or _has_headers(wish) else FailureCode.CONTAINER
    return None


def _has_headers(wish: Wish) -> bool:
    """Tell whether tables without records are still tables: an archive of members without a byte has none."""
    return any(part.lines[0] == "delimited" for part in wish.parts)
