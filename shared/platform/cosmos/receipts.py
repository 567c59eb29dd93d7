"""Receipts of arrivals in the container `ingests`, each a partition of its own, so that none grows."""

from datetime import timedelta
from typing import Final

from shared.ingestion.ways.ports import Receipt
from shared.kernel.errors import Conflict
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.scoped import ScopedContainer, Stored

_KIND: Final = "receipt"
_KEPT: Final = timedelta(days=400)
"""A mail may be sent again when somebody tidies up at the end of a school year."""


class CosmosReceipts:
    """Implements `Receipts`."""

    def __init__(self, ingests: ScopedContainer) -> None:
        self._ingests = ingests

    async def reserve(self, scope: TenantScope, receipt: Receipt) -> Receipt:
        """Store the receipt unless one with its id is there; return what is stored; `Unavailable`."""
        level = _level(receipt)
        try:
            return _receipt(receipt.id, await self._ingests.create(scope, _document(receipt), level))
        except Conflict:
            return _receipt(receipt.id, await self._ingests.read(scope, _KIND, level))

    async def mark_taken(self, scope: TenantScope, receipt: Receipt) -> None:
        """Note that the arrival of a stored receipt has landed; repeating it changes nothing."""
        taken = Receipt(receipt.id, receipt.upload_id, taken=True)
        await self._ingests.upsert(scope, _document(taken), _level(receipt))


def _level(receipt: Receipt) -> str:
    return f"{_KIND}:{receipt.id}"


def _document(receipt: Receipt) -> dict[str, Json]:
    return {
        "id": _KIND,
        "kind": _KIND,
        "uploadId": receipt.upload_id,
        "taken": receipt.taken,
        "ttl": int(_KEPT.total_seconds()),
    }


def _receipt(receipt_id: str, stored: Stored) -> Receipt:
    return Receipt(receipt_id, str(stored.document["uploadId"]), taken=bool(stored.document["taken"]))
