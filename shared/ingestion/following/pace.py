"""How fast an ingest is worked, and when it will be done at that pace."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.ingestion.model import Ingest, IngestState


@dataclass(frozen=True, slots=True)
class Pace:
    """The pace of an ingest between its plan and the last chunk that was done.

    `records_per_second` is 0 while no chunk is done; `worked_at` is when the last chunk is expected to be
    done, or was; None while nothing can be said.
    """

    records_per_second: float
    bytes_per_second: float
    worked_at: datetime | None


def pace_of(ingest: Ingest) -> Pace | None:
    """Return the pace of an ingest; None before it is planned."""
    started, progress = ingest.reached.get(IngestState.PLANNED), ingest.progress
    if started is None or progress.chunks == 0:
        return None
    worked = ingest.reached.get(IngestState.WORKED)
    until = worked or progress.at or started
    seconds = (until - started).total_seconds()
    done = progress.accepted + progress.rejected
    if not done or seconds <= 0:
        return Pace(0.0, 0.0, worked)
    rate = done / seconds
    share = done / max(progress.records, 1)
    left = timedelta(seconds=(progress.records - done) / rate)
    return Pace(rate, ingest.size * share / seconds, worked or until + left)
