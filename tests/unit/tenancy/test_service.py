"""Principals from logins, the memory of records, and the walk over tenants."""

import pytest

from shared.kernel.errors import NotFound, WrongStamp
from shared.kernel.scope import TenantScope
from shared.tenancy.model import Ingress, Quotas, Role, TenantStatus
from tests.fixtures.tenancy import ISSUER, MACHINES, STAMP, MemoryTenancy, membership, tenant


@pytest.fixture
async def tenancy() -> MemoryTenancy:
    made = MemoryTenancy()
    await made.service.onboard(
        tenant(), [membership("ada", Role.INSTRUCTOR, courses=("algebra",))], "test", "c1"
    )
    return made


def _scope(tenant_id: str = "north") -> TenantScope:
    return TenantScope.authenticated(tenant_id, STAMP, "login", "c1")


async def test_a_person_is_what_the_membership_says_whatever_the_token_claims(tenancy: MemoryTenancy) -> None:
    issuer = tenant().issuer(ISSUER)
    assert issuer
    principal = await tenancy.service.principal(_scope(), issuer, "ada", frozenset({"everything"}))
    assert (principal.person_id, principal.roles, principal.courses, principal.scopes) == (
        "p-ada",
        frozenset({Role.INSTRUCTOR}),
        frozenset({"algebra"}),
        frozenset(),
    )
    assert principal.actor == "person:p-ada"


async def test_a_machine_has_its_scopes_and_never_a_role(tenancy: MemoryTenancy) -> None:
    issuer = tenant().issuer(MACHINES)
    assert issuer
    principal = await tenancy.service.principal(_scope(), issuer, "ada", frozenset({"uploads.write"}))
    assert (principal.client_id, principal.scopes, principal.roles) == (
        "ada",
        frozenset({"uploads.write"}),
        frozenset(),
    )
    assert principal.actor == "client:ada"


async def test_a_login_without_a_membership_is_nobody(tenancy: MemoryTenancy) -> None:
    issuer = tenant().issuer(ISSUER)
    assert issuer
    with pytest.raises(NotFound):
        await tenancy.service.principal(_scope(), issuer, "bob", frozenset())


async def test_a_membership_of_one_tenant_is_nothing_in_another(tenancy: MemoryTenancy) -> None:
    issuer = tenant().issuer(ISSUER)
    assert issuer
    await tenancy.service.principal(_scope(), issuer, "ada", frozenset())
    with pytest.raises(NotFound):
        await tenancy.service.principal(_scope("south"), issuer, "ada", frozenset())


async def test_a_revoked_role_works_for_thirty_seconds_at_most(tenancy: MemoryTenancy) -> None:
    issuer = tenant().issuer(ISSUER)
    assert issuer
    await tenancy.service.principal(_scope(), issuer, "ada", frozenset())
    tenancy.memberships.records.clear()
    tenancy.clock.advance(29)
    await tenancy.service.principal(_scope(), issuer, "ada", frozenset())
    assert tenancy.memberships.reads == 1
    tenancy.clock.advance(1)
    with pytest.raises(NotFound):
        await tenancy.service.principal(_scope(), issuer, "ada", frozenset())


@pytest.mark.parametrize(("ingress", "allowed"), [(Ingress.OPEN, True), (Ingress.APPLIANCE_ONLY, False)])
async def test_a_tenants_record_says_how_it_takes_files(
    tenancy: MemoryTenancy, ingress: Ingress, allowed: bool
) -> None:
    await tenancy.tenants.put(tenant("south", ingress=ingress, quotas=Quotas(upload_bytes=7)))
    assert await tenancy.service.direct_upload_allowed(_scope("south")) is allowed
    assert await tenancy.service.largest_upload(_scope("south")) == 7


async def test_the_walk_visits_active_tenants_of_this_stamp_only(tenancy: MemoryTenancy) -> None:
    await tenancy.tenants.put(tenant("south"))
    await tenancy.tenants.put(tenant("asleep", status=TenantStatus.SUSPENDED))
    await tenancy.tenants.put(tenant("abroad", home_stamp="other-1"))
    seen = [(scope.tenant_id, record.id) async for scope, record in tenancy.service.each_tenant("timer", "c")]
    assert seen == [("north", "north"), ("south", "south")]


async def test_a_tenant_homed_elsewhere_is_neither_onboarded_nor_served(tenancy: MemoryTenancy) -> None:
    with pytest.raises(WrongStamp):
        await tenancy.service.onboard(tenant("abroad", home_stamp="other-1"), [], "test", "c")
    await tenancy.tenants.put(tenant("abroad", home_stamp="other-1"))
    for refuses in (tenancy.service.of, tenancy.service.require_home):
        with pytest.raises(WrongStamp):
            await refuses(_scope("abroad"))


async def test_a_suspended_tenant_is_at_home_and_an_unknown_one_is_not(tenancy: MemoryTenancy) -> None:
    await tenancy.tenants.put(tenant("asleep", status=TenantStatus.SUSPENDED))
    await tenancy.service.require_home(_scope("asleep"))
    with pytest.raises(WrongStamp):
        await tenancy.service.require_home(_scope("nobody"))


async def test_an_unknown_tenant_is_not_found_and_asked_for_again(tenancy: MemoryTenancy) -> None:
    with pytest.raises(NotFound):
        await tenancy.service.of(_scope("south"))
    await tenancy.tenants.put(tenant("south"))
    assert (await tenancy.service.of(_scope("south"))).id == "south"
