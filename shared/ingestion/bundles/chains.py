"""Takes each bundle of an appliance once, and in order."""

from typing import Final

from shared.ingestion.bundles.opening import OpenBundle
from shared.ingestion.bundles.ports import BundleChains, Link
from shared.ingestion.bundles.refusals import out_of_order, replayed
from shared.ingestion.model import Ingest
from shared.ingestion.ports import Ingests
from shared.kernel.errors import Conflict, PreconditionFailed, Unavailable
from shared.kernel.scope import TenantScope

_ATTEMPTS: Final = 5


async def take(
    chains: BundleChains, ingests: Ingests, scope: TenantScope, bundle: OpenBundle, ingest: Ingest
) -> None:
    """Add the bundle to the chain of its appliance.

    Taking it again for the same ingest, or for one that replays it, however often, changes nothing.
    `BundleRefused` when its serial number was taken by another ingest, or when it follows another bundle than
    the last one.
    """
    manifest = bundle.manifest
    for _ in range(_ATTEMPTS):
        last = await chains.last(scope, manifest.appliance)
        reached = last.value.serial if last else 0
        if manifest.serial <= reached:
            taker = await chains.taker(scope, manifest.appliance, manifest.serial)
            if taker is not None and await _stands_for(ingests, scope, ingest, taker):
                return
            raise replayed(manifest.serial)
        if (manifest.serial, manifest.previous) != (reached + 1, last.value.digest if last else None):
            raise out_of_order(manifest.serial, reached)
        link = Link(manifest.serial, bundle.digest)
        try:
            await chains.take(scope, manifest.appliance, link, ingest.id, last.etag if last else None)
        except (PreconditionFailed, Conflict):
            continue
        return
    raise Unavailable("many bundles of one appliance came at once")


async def _stands_for(ingests: Ingests, scope: TenantScope, ingest: Ingest, taker: str) -> bool:
    """Tell whether an ingest took a bundle itself, or replays the one that did or what replayed that.

    A replay takes in the blob of the ingest before it, and its id comes after.
    """
    if taker == ingest.id:
        return True
    found = await ingests.find(scope, taker)
    return found is not None and found.value.blob == ingest.blob and taker < ingest.id
