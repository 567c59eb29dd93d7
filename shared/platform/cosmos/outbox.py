"""The outbox documents of a Cosmos container, of all tenants of the stamp."""

import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from datetime import datetime

from shared.kernel.errors import NotFound
from shared.kernel.events import Json
from shared.messaging.outbox import KIND
from shared.messaging.ports import OutboxEntry
from shared.platform.cosmos.client import OpenContainer
from shared.platform.cosmos.cross_tenant import CrossTenant
from shared.platform.cosmos.scoped import ScopedContainer

_log = logging.getLogger(__name__)


class CosmosOutbox:
    """Implements `OutboxStore` for one container, given both whole (to sweep) and scoped (to delete)."""

    def __init__(
        self, whole: OpenContainer, scoped: ScopedContainer, second_level: str, tenants: CrossTenant
    ) -> None:
        self._whole = whole
        self._scoped = scoped
        self._second_level = second_level
        self._tenants = tenants

    def entries(self, changed: Iterable[Mapping[str, Json]]) -> list[OutboxEntry]:
        """Return the outbox documents among `changed`."""
        documents = [document for document in changed if document.get("kind") == KIND]
        return [entry for document in documents if (entry := self._entry(document)) is not None]

    async def leftovers(self, before: datetime) -> AsyncIterator[OutboxEntry]:
        """Go through the outbox documents last written before a moment, by the server's clock."""
        documents = self._tenants.sweep(
            self._whole,
            "c.kind = @kind AND c._ts < @before",
            {"kind": KIND, "before": int(before.timestamp())},
            reason="outbox-leftovers",
        )
        async for document in documents:
            entry = self._entry(document)
            if entry is not None:
                yield entry

    async def delete(self, entry: OutboxEntry) -> None:
        """Delete the document; another relay may have been first."""
        with suppress(NotFound):
            await self._scoped.delete(entry.scope, str(entry.document["id"]), entry.level)

    def _entry(self, document: Mapping[str, Json]) -> OutboxEntry | None:
        """Return the entry of a document; None for one of no tenant, which must not hold up all others."""
        try:
            owner = self._tenants.owner_of(document)
        except ValueError:
            _log.critical("outbox document of no tenant left where it is")
            return None
        return OutboxEntry(owner, str(document[self._second_level]), document)
