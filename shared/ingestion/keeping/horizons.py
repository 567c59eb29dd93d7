"""How long things are kept, as pure functions of a moment and of what feeds state."""

from collections.abc import Mapping as Keyed
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.table_names import TableName
from shared.kernel.ids import least_id

READ_FOR: Final = timedelta(days=7)
"""How long files of past versions may be read still, and blobs lie that nobody has committed yet."""
ENDED_FOR: Final = timedelta(days=30)
"""How long a clerk finds the staged lines and rejects of an ingest that came to nothing."""
TOMBSTONES_FOR: Final = timedelta(days=180)
"""How late news of a deleted row may come and still be known as such. Nothing older is replayed."""
LOG_FOR: Final = timedelta(days=30)
"""How long past versions of a table may be asked for, as tables of Delta Lake have it by default."""
UNKNOWN_FEED_FOR: Final = timedelta(days=2555)
"""How long rows of feeds are kept that the catalogue has no more."""


@dataclass(frozen=True, slots=True)
class Horizons:
    """What has to go at a moment. Ids of ingests are ordered by time, so each horizon is an id."""

    now: datetime
    catalogue: Catalogue
    open: Keyed[str, IngestState]
    """The ingests that are on their way, or may be."""

    @property
    def tombstones(self) -> str:
        """The horizon of tombstones: none go while an ingest is open that is as old as they are."""
        return min([least_id(self.now - TOMBSTONES_FOR), *self.open])

    @property
    def fold_is_late(self) -> bool:
        """Whether rollups wait for a commit so long that files which it removed may be needed still."""
        long_ago = least_id(self.now - READ_FOR)
        return any(it < long_ago for it, state in self.open.items() if state is IngestState.COMMITTED)

    @property
    def log_is_needed(self) -> bool:
        """Whether an ingest is on its way whose plan may have pinned a version that is over otherwise."""
        return any(it < least_id(self.now - LOG_FOR) for it in self.open)

    def is_over(self, ingest: Ingest) -> bool:
        """Tell whether the landed file of an ingest can be replayed no more, for days; its rows are to go."""
        if ingest.id in self.open:
            return False
        pins = ingest.recognition
        kept_for = TOMBSTONES_FOR if pins is None else self.kept_for(pins.source)
        return ingest.id < least_id(self.now - kept_for - READ_FOR)

    @property
    def unsent(self) -> datetime:
        """The moment before which an upload was asked for that will never become an ingest."""
        return self.now - ENDED_FOR

    def is_forgotten(self, owner: str) -> bool:
        """Tell whether a landed file that no ingest came of will never be one."""
        return owner < least_id(self.unsent)

    def kept_for(self, source: str) -> timedelta:
        """Return how long rows of a source are kept: a source is named by its feed, then whatever it is."""
        feed = self._feed(source)
        return UNKNOWN_FEED_FOR if feed is None else timedelta(days=feed.retention_days)

    def of_source(self, source: str) -> str:
        """Return the horizon of all rows of a source."""
        return least_id(self.now - self.kept_for(source))

    def forgets(self, source: str, table: TableName) -> bool:
        """Tell whether tombstones of a source may go from a table: those that only merges take account of."""
        feed = self._feed(source)
        if feed is None:
            return False
        loads = {part.load for part in feed.parts if part.table is table}
        manifest = feed.manifest.loads.values() if feed.manifest else ()
        return bool(loads) and all(load.merges for load in (*loads, *feed.loads.values(), *manifest))

    def first(self, source: str, table: TableName) -> str:
        """Return the horizon before which some rows of a source may have to go."""
        expired = self.of_source(source)
        return max(expired, self.tombstones) if self.forgets(source, table) else expired

    def staying(self, source: str, table: TableName) -> pl.Expr:
        """Return the condition under which a row of a source stays."""
        kept = pl.col("ingest_id") >= self.of_source(source)
        if not self.forgets(source, table):
            return kept
        dead = pl.col("deleted").fill_null(value=False) & (pl.col("ingest_id") < self.tombstones)
        return kept & ~dead

    def _feed(self, source: str) -> Mapping | None:
        name = source.partition(".")[0]
        return next((feed for feed in self.catalogue.newest if feed.id == name), None)
