"""How the rows of a file join those of earlier files of its source: load modes, and what each does."""

from dataclasses import dataclass
from enum import StrEnum

from shared.ingestion.table_names import TableName


class Load(StrEnum):
    """What a file is to the files of its source that came before."""

    REPLACE = "replace"
    """The newest file of the series states everything: it takes the place of the older."""
    APPEND = "append"
    """Each file is a source of its own; the same file name again is a correction of that file."""
    UPSERT = "upsert"
    """Rows take the place of rows with the same key; all others stay."""
    DELTA = "delta"
    """As upsert; rows may be tombstones, which delete their key."""
    SNAPSHOT = "snapshot"
    """As upsert; keys that the file lacks are deleted, unless too many vanish at once."""

    @property
    def merges(self) -> bool:
        """Whether rows join the source's rows by key; otherwise they replace them all."""
        return self not in {Load.REPLACE, Load.APPEND}

    @property
    def states_everything(self) -> bool:
        """Whether a file states all rows of its source, so that what an older one says does not matter."""
        return self not in {Load.UPSERT, Load.DELTA}


@dataclass(frozen=True, slots=True)
class Target:
    """A table that an ingest writes to, and how. `key` are the columns that name a row in its source."""

    table: TableName
    load: Load
    key: tuple[str, ...] = ()
    max_vanished_share: float = 1.0
    """A snapshot, or a file that replaces another, that loses a greater share of keys or rows is held."""
