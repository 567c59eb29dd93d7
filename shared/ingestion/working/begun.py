"""An ingest whose work may begin, with what whoever planned it a moment ago has at hand."""

from dataclasses import dataclass

from shared.ingestion.model import Chunk, Ingest, Plan
from shared.ingestion.ports import RangedFile, Versioned


@dataclass(frozen=True, slots=True)
class Begun:
    """An ingest past planning. It has a plan, and the lines of each member, in the call that planned it."""

    found: Versioned[Ingest]
    plan: Plan | None = None
    lines: tuple[RangedFile, ...] = ()

    def lines_of(self, chunk: Chunk) -> RangedFile | None:
        """Return the file that a chunk is cut from, None where it has to be opened."""
        return self.lines[chunk.member] if self.lines else None
