"""The chains of appliances over the real document store."""

import asyncio

import pytest

from shared.ingestion.bundles.ports import Link
from shared.kernel.errors import Conflict, PreconditionFailed
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.bundle_chains import CosmosBundleChains
from shared.platform.cosmos.scoped import ScopedContainer

APPLIANCE = "a" * 32
FIRST, SECOND = Link(1, "1" * 64), Link(2, "2" * 64)


async def test_a_link_and_its_taker_are_kept_and_another_tenant_sees_neither(
    scoped: ScopedContainer, scope: TenantScope, other: TenantScope
) -> None:
    chains = CosmosBundleChains(scoped)
    assert await chains.last(scope, APPLIANCE) is None

    await chains.take(scope, APPLIANCE, FIRST, "ingest-1", None)
    last = await chains.last(scope, APPLIANCE)
    assert last is not None
    await chains.take(scope, APPLIANCE, SECOND, "ingest-2", last.etag)

    now = await chains.last(scope, APPLIANCE)
    assert now is not None
    assert now.value == SECOND
    assert [await chains.taker(scope, APPLIANCE, n) for n in (1, 2, 3)] == ["ingest-1", "ingest-2", None]
    assert await chains.last(other, APPLIANCE) is None
    assert await chains.taker(other, APPLIANCE, 1) is None


async def test_of_many_that_take_one_place_one_does_and_nothing_is_left_of_the_others(
    scoped: ScopedContainer, scope: TenantScope
) -> None:
    chains = CosmosBundleChains(scoped)
    ingests = [new_id() for _ in range(5)]

    outcomes = await asyncio.gather(
        *(chains.take(scope, APPLIANCE, FIRST, ingest, None) for ingest in ingests), return_exceptions=True
    )

    refused = [it for it in outcomes if it is not None]
    assert len(refused) == len(ingests) - 1
    assert all(isinstance(it, Conflict | PreconditionFailed) for it in refused)
    taker = await chains.taker(scope, APPLIANCE, 1)
    assert taker == ingests[outcomes.index(None)]
    with pytest.raises((Conflict, PreconditionFailed)):
        await chains.take(scope, APPLIANCE, SECOND, new_id(), "stale")
    assert await chains.taker(scope, APPLIANCE, 2) is None
