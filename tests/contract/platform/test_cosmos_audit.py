"""The audit in Cosmos: written, sealed and verified by the service, and tampered with behind its back."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from shared.audit.chain import build_segment, genesis
from shared.audit.model import Entry, Outcome
from shared.audit.sealer import Sealer
from shared.audit.service import Audit
from shared.audit.verify import Verdict, verify
from shared.kernel.errors import Conflict
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.audit import CosmosAudit
from shared.platform.cosmos.scoped import ScopedContainer
from tests.contract.platform.conftest import Open
from tests.fixtures.messaging import RING, FixedClock, ring

MONTH = "2026-11"

type Tamper = Callable[[ScopedContainer, TenantScope, str], Awaitable[object]]


@pytest.fixture
async def container(opened: Open) -> ScopedContainer:
    return await opened("audit", "month")


@pytest.fixture
def store(container: ScopedContainer) -> CosmosAudit:
    return CosmosAudit(container)


async def write(store: CosmosAudit, scope: TenantScope, count: int) -> None:
    audit = Audit(store, ring, FixedClock())
    for number in range(count):
        await audit.allowed(scope, "upload.create", f"upload:{number}")
    await audit.close()


async def seal(store: CosmosAudit, scope: TenantScope) -> int:
    return await Sealer(store, ring, FixedClock()).seal(scope)


async def verdict(store: CosmosAudit, scope: TenantScope) -> Verdict:
    return await verify(store, scope, RING)


async def test_an_audit_is_written_sealed_and_verified(
    store: CosmosAudit, scope: TenantScope, other: TenantScope
) -> None:
    await write(store, scope, 3)
    await write(store, other, 1)
    assert await seal(store, scope) == 3
    await write(store, scope, 2)
    assert await verdict(store, scope) == Verdict(scope.tenant_id, 5, 5, unsealed=2, seals=1, fault=None)
    assert await seal(store, scope) == 2
    assert await seal(store, scope) == 0
    assert await verdict(store, scope) == Verdict(scope.tenant_id, 5, 5, unsealed=0, seals=2, fault=None)
    assert (await verdict(store, other)).entries == 1


async def test_an_empty_audit_verifies(store: CosmosAudit, scope: TenantScope) -> None:
    assert await verdict(store, scope) == Verdict(scope.tenant_id, 0, 0, 0, 0, None)


async def test_a_segment_is_only_ever_created(store: CosmosAudit, scope: TenantScope) -> None:
    entry = Entry("2026-11-20T08:30:00.000Z", "person:1", "a.b", "x:1", Outcome.ALLOWED, "", "c")
    writer = new_id()
    segment = build_segment(
        owner=scope.tenant_id,
        writer=writer,
        number=0,
        month=MONTH,
        previous=genesis(scope.tenant_id, writer),
        entries=[entry],
        keys=RING,
    )
    await store.append(scope, segment)
    with pytest.raises(Conflict):
        await store.append(scope, segment)


async def test_only_one_of_two_seals_follows_a_head(store: CosmosAudit, scope: TenantScope) -> None:
    await write(store, scope, 1)
    head = await store.head(scope)
    await seal(store, scope)
    with pytest.raises(Conflict):
        await store.add_seal(scope, await store.seal_at(scope, 0), head)


async def _first(container: ScopedContainer, scope: TenantScope, segment: str) -> dict[str, Any]:
    return (await container.read(scope, segment, MONTH)).document


async def change_an_entry(container: ScopedContainer, scope: TenantScope, segment: str) -> None:
    document = await _first(container, scope, segment)
    document["entries"][0]["actor"] = "person:somebody-else"
    await container.upsert(scope, document, MONTH)


async def empty_a_segment(container: ScopedContainer, scope: TenantScope, segment: str) -> None:
    document = await _first(container, scope, segment)
    await container.upsert(scope, {**document, "entries": 7, "hashes": None}, MONTH)


async def delete_a_segment(container: ScopedContainer, scope: TenantScope, segment: str) -> None:
    await container.delete(scope, segment, MONTH)


async def unmark_a_segment(container: ScopedContainer, scope: TenantScope, segment: str) -> None:
    document = await _first(container, scope, segment)
    del document["sealedBy"]
    await container.upsert(scope, document, MONTH)


@pytest.mark.parametrize("tamper", [change_an_entry, empty_a_segment, delete_a_segment, unmark_a_segment])
async def test_whoever_tampers_with_the_store_is_found_out_at_the_place(
    store: CosmosAudit, container: ScopedContainer, scope: TenantScope, tamper: Tamper
) -> None:
    await write(store, scope, 3)
    await seal(store, scope)
    segment = (await store.seal_at(scope, 0)).covers[1].segment
    await tamper(container, scope, segment)
    fault = (await verdict(store, scope)).fault
    assert fault is not None
    assert fault.place.startswith(segment)


async def test_a_head_that_was_set_back_is_found_out(
    store: CosmosAudit, container: ScopedContainer, scope: TenantScope
) -> None:
    await write(store, scope, 1)
    await seal(store, scope)
    await container.delete(scope, "head", "seals")
    fault = (await verdict(store, scope)).fault
    assert fault is not None
    assert fault.place == "head"
