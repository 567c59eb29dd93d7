"""The chains of appliances in the container `ingests`: a partition each, with its last link and receipts."""

from datetime import timedelta
from typing import Final

from shared.ingestion.bundles.ports import Link
from shared.ingestion.ports import Versioned
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.operations import Create, Operation, Replace
from shared.platform.cosmos.scoped import ScopedContainer

_LAST: Final = "last"
_KEPT: Final = timedelta(days=30)
"""Far longer than a message is tried again. What a receipt no longer tells, the last serial number does."""


class CosmosBundleChains:
    """Implements `BundleChains`."""

    def __init__(self, ingests: ScopedContainer) -> None:
        self._ingests = ingests

    async def last(self, scope: TenantScope, appliance: str) -> Versioned[Link] | None:
        """Return the last link, None before the first."""
        stored = await self._ingests.find(scope, _LAST, _level(appliance))
        if stored is None:
            return None
        link = Link(int(str(stored.document["serial"])), str(stored.document["digest"]))
        return Versioned(link, stored.etag)

    async def taker(self, scope: TenantScope, appliance: str, serial: int) -> str | None:
        """Return the ingest that took a bundle, None when none did or it is too long ago."""
        stored = await self._ingests.find(scope, _receipt_id(serial), _level(appliance))
        return str(stored.document["taker"]) if stored else None

    async def take(
        self, scope: TenantScope, appliance: str, link: Link, ingest_id: str, etag: str | None
    ) -> None:
        """Make `link` the last and note its ingest in one batch."""
        last: dict[str, Json] = {
            "id": _LAST,
            "kind": "bundle-chain",
            "serial": link.serial,
            "digest": link.digest,
        }
        receipt: dict[str, Json] = {
            "id": _receipt_id(link.serial),
            "kind": "bundle",
            "taker": ingest_id,
            "ttl": int(_KEPT.total_seconds()),
        }
        head: Operation = Create(last) if etag is None else Replace(last, etag)
        await self._ingests.batch(scope, _level(appliance), [Create(receipt), head])


def _level(appliance: str) -> str:
    return f"appliance:{appliance}"


def _receipt_id(serial: int) -> str:
    return f"bundle:{serial:012d}"
