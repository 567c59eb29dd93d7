"""The quarantine in Cosmos: one document per message, by queue, in the tenant's or the stamp's partition."""

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any, cast

from shared.kernel.clock import parse_rfc3339, rfc3339
from shared.kernel.errors import NotFound, PreconditionFailed
from shared.kernel.events import Json
from shared.kernel.stamp import Owner
from shared.messaging.quarantine import Quarantined, State
from shared.platform.cosmos.operations import Document
from shared.platform.cosmos.scoped import ScopedContainer


class CosmosQuarantine:
    """Implements `QuarantineStore` on the container `quarantine`, keyed `[/tenantId, /queue]`."""

    def __init__(self, container: ScopedContainer) -> None:
        self._container = container

    async def put(self, owner: Owner, record: Quarantined) -> None:
        """Write the record over any earlier one of the same body."""
        await self._container.upsert(owner, _document(record), record.queue)

    async def mark_replayed(self, owner: Owner, record: Quarantined) -> None:
        """Write the record when the stored one is still the version that was read."""
        with suppress(PreconditionFailed, NotFound):
            await self._container.replace(owner, _document(record), record.queue, record.version)

    async def read(self, owner: Owner, queue: str, digest: str) -> Quarantined:
        """Return one record; `NotFound`."""
        return _record((await self._container.read(owner, digest, queue)).document)

    async def records(self, owner: Owner, queue: str | None) -> AsyncIterator[Quarantined]:
        """Go through the records, oldest first."""
        async for document in self._container.walk(owner, "", {}, level=queue, order_by="c.heldAt"):
            yield _record(document)


def _document(record: Quarantined) -> Document:
    return {
        "id": record.digest,
        "kind": "quarantined",
        "messageId": record.message_id,
        "sessionId": record.session_id,
        "reason": record.reason,
        "eventId": record.event_id,
        "eventType": record.event_type,
        "correlationId": record.correlation_id,
        "traceId": record.trace_id,
        "attempts": record.attempts,
        "replays": record.replays,
        "heldAt": rfc3339(record.held_at),
        "state": record.state,
        "body": None if record.body is None else base64.b64encode(record.body).decode("ascii"),
    }


def _record(document: Mapping[str, Json]) -> Quarantined:
    stored = cast("Mapping[str, Any]", document)
    body = stored["body"]
    return Quarantined(
        queue=stored["queue"],
        digest=stored["id"],
        message_id=stored["messageId"],
        session_id=stored["sessionId"],
        reason=stored["reason"],
        event_id=stored["eventId"],
        event_type=stored["eventType"],
        correlation_id=stored["correlationId"],
        trace_id=stored["traceId"],
        attempts=stored["attempts"],
        replays=stored["replays"],
        held_at=parse_rfc3339(stored["heldAt"]),
        body=None if body is None else base64.b64decode(body),
        state=State(stored["state"]),
        version=stored["_etag"],
    )
