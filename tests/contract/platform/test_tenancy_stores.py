"""Tenants, memberships and idempotency records with the real SDK against a real dialect."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from shared.kernel.errors import Conflict, NotFound, PreconditionFailed
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.client import CosmosConnection
from shared.platform.cosmos.idempotency import CosmosAttempts
from shared.platform.cosmos.memberships import CosmosMemberships, login_level
from shared.platform.cosmos.tenants import CosmosTenants
from shared.tenancy.model import Role
from shared.tenancy.ports import StoredTenant
from shared.web.ports import Attempt, StoredReply
from tests.contract.platform.conftest import Breaches, Open
from tests.fixtures.tenancy import membership, tenant


@pytest.fixture
def tenants(cosmos: CosmosConnection) -> CosmosTenants:
    return CosmosTenants(cosmos.opener("control"))


@pytest.fixture
async def memberships(opened: Open) -> CosmosMemberships:
    return CosmosMemberships(await opened("identity", "personId"))


@pytest.fixture
async def attempts(opened: Open) -> CosmosAttempts:
    return CosmosAttempts(await opened("ingests", "ingestId"))


def _attempt(attempt_id: str, **changes: object) -> Attempt:
    now = datetime.now(UTC).replace(microsecond=0)
    fields = {"locked_until": now + timedelta(minutes=4), "expires_at": now + timedelta(hours=1)} | changes
    return Attempt(attempt_id, "f" * 64, **fields)  # type: ignore[arg-type]  # as the fields say


async def test_an_unknown_tenant_is_none(tenants: CosmosTenants) -> None:
    assert await tenants.find("nowhere") is None


async def test_a_tenant_is_read_as_it_was_written(tenants: CosmosTenants) -> None:
    written = tenant(f"t-{uuid4().hex[:8]}")
    await tenants.put(written)
    assert await tenants.find(written.id) == written
    renamed = written.model_copy(update={"name": "Renamed"})
    await tenants.put(renamed)
    assert await tenants.find(written.id) == renamed


async def test_of_two_who_change_a_tenant_at_once_one_is_refused(tenants: CosmosTenants) -> None:
    written = tenant(f"t-{uuid4().hex[:8]}")
    await tenants.put(written)
    first = await tenants.stored(written.id)
    renamed = written.model_copy(update={"name": "North again"})
    await tenants.replace(StoredTenant(renamed, first.etag))
    with pytest.raises(PreconditionFailed):
        await tenants.replace(StoredTenant(written, first.etag))
    assert await tenants.find(written.id) == renamed
    with pytest.raises(NotFound):
        await tenants.stored("t-nobody")


async def test_the_walk_goes_through_the_tenants_of_one_stamp_in_order(tenants: CosmosTenants) -> None:
    stamp = f"stamp-{uuid4().hex[:8]}"
    names = sorted(f"t-{uuid4().hex[:8]}" for _ in range(5))
    for name in reversed(names):
        await tenants.put(tenant(name, home_stamp=stamp))
    await tenants.put(tenant(f"t-{uuid4().hex[:8]}", home_stamp="elsewhere-1"))
    assert [record.id async for record in tenants.homed_on(stamp)] == names


async def test_a_membership_belongs_to_one_tenant(
    memberships: CosmosMemberships, scope: TenantScope, other: TenantScope
) -> None:
    written = membership("ada", Role.INSTRUCTOR, courses=("algebra",))
    await memberships.put(scope, written)
    assert await memberships.find(scope, written.issuer, "ada") == written
    assert await memberships.find(other, written.issuer, "ada") is None
    assert await memberships.find(scope, written.issuer, "Ada") is None
    assert await memberships.find(scope, written.issuer + "a", "da") is None


def test_a_login_is_not_readable_in_its_key() -> None:
    level = login_level("https://login.example", "ada@school.example")
    assert "ada" not in level.removeprefix("login:")
    assert login_level("https://a", "bc") != login_level("https://ab", "c")


async def test_of_two_first_attempts_one_conflicts(attempts: CosmosAttempts, scope: TenantScope) -> None:
    attempt_id = uuid4().hex
    results = await asyncio.gather(
        *(attempts.create(scope, _attempt(attempt_id)) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(result, Attempt) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 4


async def test_an_attempt_is_completed_once_from_the_version_that_began_it(
    attempts: CosmosAttempts, scope: TenantScope
) -> None:
    begun = await attempts.create(scope, _attempt(uuid4().hex))
    assert begun.version
    reply = StoredReply(201, {"Location": "/x"}, '{"a":"\u00e9"}')
    done = await attempts.replace(scope, _attempt(begun.id, reply=reply, version=begun.version))
    assert await attempts.find(scope, begun.id) == done
    assert done.reply == reply
    with pytest.raises(PreconditionFailed):
        await attempts.replace(scope, begun)
    with pytest.raises(PreconditionFailed):
        await attempts.delete(scope, begun)
    await attempts.delete(scope, done)
    assert await attempts.find(scope, begun.id) is None
    with pytest.raises(NotFound):
        await attempts.replace(scope, done)


async def test_an_attempt_of_one_tenant_is_nothing_to_another(
    attempts: CosmosAttempts, scope: TenantScope, other: TenantScope, breaches: Breaches
) -> None:
    begun = await attempts.create(scope, _attempt(uuid4().hex))
    assert await attempts.find(other, begun.id) is None
    assert (await attempts.create(other, _attempt(begun.id))).version
    assert await attempts.find(scope, begun.id) == begun
    assert not breaches


async def test_an_attempt_is_kept_for_an_hour_and_then_deletes_itself(
    opened: Open, attempts: CosmosAttempts, scope: TenantScope
) -> None:
    begun = await attempts.create(scope, _attempt(uuid4().hex))
    container = await opened("ingests", "ingestId")
    stored = await container.read(scope, "idempotency", f"idempotency:{begun.id}")
    assert stored.document["ttl"] == 3600
