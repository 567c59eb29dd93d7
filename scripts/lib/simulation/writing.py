"""Writes simulated files into folders, each with its truth beside it."""

import json
from dataclasses import dataclass
from pathlib import Path

from scripts.lib.simulation.files import write_file
from scripts.lib.simulation.notes import NoteFiles, ParquetNotes
from scripts.lib.simulation.truth import FileTruth
from scripts.lib.simulation.wishes import Wish, file_name


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
    """Write a file into a folder, and its truth beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(wish).text
    parts = {part.name: part.table for part in wish.parts}
    with path.open("wb") as out, ParquetNotes(path, parts) as notes:
        truth = write_file(wish, out, notes)
    text = json.dumps(truth.as_json(), ensure_ascii=False, indent=1)
    path.with_name(f"{path.name}.truth.json").write_text(text, encoding="utf-8")
    return Written(wish, path, truth)
