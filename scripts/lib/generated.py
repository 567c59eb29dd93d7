"""Committed files that are made from the code: a verb writes them, the check compares them."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Generated:
    """What a verb makes: the text of each file by its path from `root`."""

    verb: str
    files: Mapping[str, str]
    folder: str | None = None
    """A folder that holds these files and nothing else."""
    root: Path = ROOT

    def stale(self) -> list[str]:
        """Return the files that are missing, say something else, or should not be there."""
        wrong = [name for name, text in self.files.items() if self._current(name) != text]
        return sorted([*wrong, *self._strays()])

    def write(self) -> None:
        """Write the files and remove what else is in their folder."""
        for name, text in self.files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for name in self._strays():
            (self.root / name).unlink()

    def run(self, arguments: list[str]) -> int:
        """Write the files; with `--check` only compare, 1 when one is stale."""
        if arguments == ["--check"]:
            stale = self.stale()
            for name in stale:
                sys.stderr.write(f"{name} is stale: run {self.verb}.\n")
            return int(bool(stale))
        if arguments:
            sys.stderr.write(f"usage: {self.verb} [--check]\n")
            return 2
        self.write()
        return 0

    def _current(self, name: str) -> str | None:
        path = self.root / name
        return path.read_text(encoding="utf-8") if path.exists() else None

    def _strays(self) -> list[str]:
        if self.folder is None:
            return []
        there = (path.relative_to(self.root).as_posix() for path in (self.root / self.folder).glob("*"))
        return [name for name in there if name not in self.files]
