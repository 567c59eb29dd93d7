"""Outbox documents in Cosmos: found by change or by age over all tenants, deleted in their own partition."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.audit.service import Audit
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import StampScope
from shared.messaging.outbox import outbox_document
from shared.messaging.relay import Relay
from shared.platform.cosmos.client import CosmosConnection
from shared.platform.cosmos.cross_tenant import CrossTenant
from shared.platform.cosmos.operations import Create
from shared.platform.cosmos.outbox import CosmosOutbox
from shared.platform.cosmos.scoped import ScopedContainer
from shared.platform.cosmos.tenants import CosmosTenants
from shared.tenancy.model import Branding, Issuer, SigningAlgorithm, Tenant
from tests.contract.platform.conftest import Open
from tests.fixtures.audit import MemoryAudit
from tests.fixtures.messaging import STAMP, FixedClock, Homes, MemoryBus, MemoryQuarantine, an_event, ring

type Uses = list[tuple[str, str]]


@pytest.fixture
def uses() -> Uses:
    """Action and object of every recorded use."""
    return []


@pytest.fixture
async def tenants(cosmos: CosmosConnection) -> CosmosTenants:
    return CosmosTenants(cosmos.opener("control"))


@pytest.fixture
def cross(tenants: CosmosTenants, uses: Uses) -> CrossTenant:
    async def record(_scope: StampScope, action: str, obj: str) -> None:
        uses.append((action, obj))

    return CrossTenant(STAMP, "relay", tenants, on_use=record)


@pytest.fixture
async def ingests(opened: Open) -> ScopedContainer:
    return await opened("ingests", "ingestId")


@pytest.fixture
async def outbox(cosmos: CosmosConnection, ingests: ScopedContainer, cross: CrossTenant) -> CosmosOutbox:
    return CosmosOutbox(cosmos.opener("ingests"), ingests, "ingestId", cross)


def a_tenant(tenant_id: str, stamp: str) -> Tenant:
    issuer = Issuer(url="https://issuer.example", algorithms=frozenset({SigningAlgorithm.RS256}))
    return Tenant(
        id=tenant_id,
        name="T",
        home_stamp=stamp,
        issuers=(issuer,),
        branding=Branding(name="T", accent="#000000"),
    )


async def test_leftovers_of_all_tenants_are_relayed_and_gone(
    outbox: CosmosOutbox, ingests: ScopedContainer, scope: TenantScope, other: TenantScope, uses: Uses
) -> None:
    events = {owner: an_event(owner.tenant_id) for owner in (scope, other)}
    for owner, event in events.items():
        await ingests.batch(owner, "i1", [Create({"id": "ingest"}), Create(outbox_document(event, "folds"))])
    bus, clock = MemoryBus(), FixedClock(datetime.now(UTC) + timedelta(minutes=2))
    audit = Audit(MemoryAudit(), ring, clock)
    relay = Relay(STAMP, ring, bus, outbox, MemoryQuarantine(), audit, Homes(), clock)
    await relay.resend_leftovers()
    assert {event.id for event in events.values()} <= {message.message_id for message in bus.sent}
    for owner, event in events.items():
        assert await ingests.find(owner, f"outbox:{event.id}", "i1") is None
        assert await ingests.find(owner, "ingest", "i1") is not None
    assert uses == [("sweep.outbox-leftovers", "container:ingests")]


async def test_young_outbox_documents_are_left_to_the_change_feed(
    outbox: CosmosOutbox, ingests: ScopedContainer, scope: TenantScope
) -> None:
    event = an_event(scope.tenant_id)
    await ingests.create(scope, outbox_document(event, "folds"), "i1")
    left = [entry async for entry in outbox.leftovers(datetime.now(UTC) - timedelta(minutes=1))]
    assert event.id not in str(left)
    await ingests.delete(scope, f"outbox:{event.id}", "i1")


async def test_an_outbox_document_may_be_deleted_by_two_relays(
    outbox: CosmosOutbox, ingests: ScopedContainer, scope: TenantScope
) -> None:
    stored = await ingests.create(scope, outbox_document(an_event(scope.tenant_id), "folds"), "i1")
    (entry,) = outbox.entries([stored.document, {"kind": "ingest"}])
    assert entry.scope.tenant_id == scope.tenant_id
    await outbox.delete(entry)
    await outbox.delete(entry)


async def test_the_tenant_iterator_goes_through_the_tenants_of_its_own_stamp(
    cross: CrossTenant, tenants: CosmosTenants, scope: TenantScope, other: TenantScope
) -> None:
    await tenants.put(a_tenant(scope.tenant_id, STAMP))
    await tenants.put(a_tenant(other.tenant_id, "us-1"))
    found = {tenant.tenant_id: tenant async for tenant in cross.tenants()}
    assert scope.tenant_id in found
    assert other.tenant_id not in found
    assert found[scope.tenant_id].actor == "system:relay"
    assert (await cross.tenant(scope.tenant_id)).tenant_id == scope.tenant_id
    for unknown in (other.tenant_id, "nobody-here"):
        with pytest.raises(NotFound):
            await cross.tenant(unknown)


def test_a_document_of_no_tenant_makes_no_scope(cross: CrossTenant) -> None:
    for document in ({}, {"tenantId": "_stamp"}, {"tenantId": None}):
        with pytest.raises(ValueError, match="tenant id"):
            cross.owner_of(document)


async def test_an_outbox_document_of_no_tenant_holds_up_no_other(
    outbox: CosmosOutbox, scope: TenantScope
) -> None:
    event = an_event(scope.tenant_id)
    document = {**outbox_document(event, "folds"), "tenantId": scope.tenant_id, "ingestId": event.subject}
    found = outbox.entries([{**document, "tenantId": "_stamp"}, {**document, "tenantId": None}, document])
    assert [entry.scope.tenant_id for entry in found] == [scope.tenant_id]
