"""What ingestion announces, and to which queue. Every event is about one ingest, which is its `subject`."""

from dataclasses import dataclass
from typing import Final

from shared.ingestion.model import Ingest
from shared.ingestion.policies import INLINE_BYTES
from shared.kernel.clock import Clock
from shared.kernel.events import Event, Json
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope

LANDED: Final = "ingestion.landed"
CHUNK_READY: Final = "ingestion.chunk-ready"
WORKED: Final = "ingestion.worked"
COMMITTED: Final = "ingestion.committed"

SMALL: Final = "ingest-small"
BULK: Final = "ingest-bulk"
COMMITS: Final = "commits"
FOLDS: Final = "folds"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event with the queue it goes to; events of one session are delivered in order."""

    event: Event
    destination: str
    session_id: str | None = None


def queue_of(size: int) -> str:
    """Return the queue for a file of `size` bytes: a dump waits apart, so that it delays no small file."""
    return BULK if size > INLINE_BYTES else SMALL


def landed(scope: TenantScope, ingest: Ingest, clock: Clock) -> Outgoing:
    """Ask for the plan of a landed file."""
    return Outgoing(_event(scope, clock, LANDED, ingest.id, {}), queue_of(ingest.size))


def chunk_ready(scope: TenantScope, ingest: Ingest, chunk: int, clock: Clock) -> Outgoing:
    """Ask for the work on a chunk, and on those that follow it in the same call."""
    return Outgoing(_event(scope, clock, CHUNK_READY, ingest.id, {"chunk": chunk}), queue_of(ingest.size))


def worked(scope: TenantScope, ingest: Ingest, clock: Clock) -> Outgoing:
    """Ask for the commit of an ingest whose chunks are all done, or that was held and is released."""
    data: dict[str, Json] = {"released": ingest.released}
    return Outgoing(_event(scope, clock, WORKED, ingest.id, data), COMMITS, scope.tenant_id)


def committed(scope: TenantScope, ingest: Ingest, clock: Clock) -> Outgoing:
    """Ask for the rollups of a committed ingest."""
    data: dict[str, Json] = {
        "tableVersions": {table.value: at for table, at in ingest.table_versions.items()}
    }
    return Outgoing(_event(scope, clock, COMMITTED, ingest.id, data), FOLDS, scope.tenant_id)


def _event(scope: TenantScope, clock: Clock, kind: str, ingest_id: str, data: dict[str, Json]) -> Event:
    return Event(
        id=new_id(),
        type=kind,
        version=1,
        tenant_id=scope.tenant_id,
        subject=ingest_id,
        occurred_at=clock.now(),
        correlation_id=scope.correlation_id,
        data=data,
    )
