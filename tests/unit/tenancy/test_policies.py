"""What principals may see and tenants allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.kernel.errors import Forbidden, NotFound, WrongStamp
from shared.tenancy import policies
from shared.tenancy.model import (
    Budget,
    Ingress,
    Issuer,
    Principal,
    Quotas,
    RateClass,
    Role,
    Tenant,
    TenantStatus,
)
from tests.fixtures.tenancy import STAMP, tenant

_COURSES = st.frozensets(st.sampled_from(["algebra", "biology", "civics"]))
_ROLES = st.frozensets(st.sampled_from(Role))


def _person(
    *roles: Role, courses: frozenset[str] = frozenset(), learners: frozenset[str] = frozenset()
) -> Principal:
    return Principal(
        "north", "iss", "sub", person_id="p", roles=frozenset(roles), courses=courses, learners=learners
    )


@given(own=_COURSES, course=st.sampled_from(["algebra", "biology", "civics"]))
def test_an_instructor_sees_exactly_their_courses(own: frozenset[str], course: str) -> None:
    assert policies.may_see_course(_person(Role.INSTRUCTOR, courses=own), course) == (course in own)


@pytest.mark.parametrize("role", [Role.SUPER_ADMIN, Role.TENANT_ADMIN, Role.SUPPORT_READONLY])
def test_staff_of_the_tenant_see_every_course(role: Role) -> None:
    assert policies.may_see_course(_person(role), "algebra")


def test_a_learner_sees_no_course_figures() -> None:
    assert not policies.may_see_course(_person(Role.LEARNER, courses=frozenset({"algebra"})), "algebra")


def test_a_learner_sees_themselves_and_nobody_else() -> None:
    me = _person(Role.LEARNER, learners=frozenset({"l1"}))
    assert policies.may_see_learner(me, "l1", ["algebra"])
    assert not policies.may_see_learner(me, "l2", ["algebra"])


def test_an_instructor_sees_learners_of_their_courses_only() -> None:
    me = _person(Role.INSTRUCTOR, courses=frozenset({"algebra"}))
    assert policies.may_see_learner(me, "l1", ["algebra", "civics"])
    assert not policies.may_see_learner(me, "l1", ["civics"])
    assert not policies.may_see_learner(me, "l1", [])


def test_support_staff_see_no_person() -> None:
    assert not policies.may_see_learner(_person(Role.SUPPORT_READONLY), "l1", ["algebra"])


@given(roles=_ROLES, own=_COURSES)
def test_without_a_role_that_says_so_nothing_is_seen(roles: frozenset[Role], own: frozenset[str]) -> None:
    person = Principal("north", "iss", "sub", person_id="p", roles=roles - {*_WIDE}, courses=own)
    assert policies.may_see_course(person, "algebra") == (Role.INSTRUCTOR in roles and "algebra" in own)


_WIDE = (Role.SUPER_ADMIN, Role.TENANT_ADMIN, Role.SUPPORT_READONLY)


def test_a_tenant_of_another_stamp_is_refused_even_when_suspended() -> None:
    with pytest.raises(WrongStamp):
        policies.require_served_here(tenant(home_stamp="other-1", status=TenantStatus.SUSPENDED), STAMP)


def test_a_suspended_tenant_looks_unknown() -> None:
    with pytest.raises(NotFound):
        policies.require_served_here(tenant(status=TenantStatus.SUSPENDED), STAMP)


def test_the_small_group_threshold_is_the_smallest_group_shown() -> None:
    assert policies.is_small_group(tenant(), 9)
    assert not policies.is_small_group(tenant(), 10)


def test_an_appliance_only_tenant_takes_no_direct_upload() -> None:
    policies.require_direct_upload(tenant())
    with pytest.raises(Forbidden):
        policies.require_direct_upload(tenant(ingress=Ingress.APPLIANCE_ONLY))


def test_a_budget_of_the_agreement_replaces_the_default() -> None:
    agreed = Budget(per_second=1, burst=2)
    own = tenant(quotas=Quotas(budgets={RateClass.READ: agreed}))
    assert policies.budget_of(own, RateClass.READ) == agreed
    assert policies.budget_of(own, RateClass.WRITE) == policies.default_budget(RateClass.WRITE)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256K", ""])
def test_an_issuer_can_only_be_pinned_to_asymmetric_algorithms(algorithm: str) -> None:
    with pytest.raises(ValidationError):
        Issuer.model_validate({"url": "https://x.example", "algorithms": [algorithm]})


def test_a_tenant_survives_its_own_document() -> None:
    assert Tenant.model_validate(tenant().document()) == tenant()


def test_a_tenant_lists_an_issuer_once() -> None:
    document = tenant().document()
    with pytest.raises(ValidationError, match="listed twice"):
        Tenant.model_validate({**document, "issuers": document["issuers"] * 2})
