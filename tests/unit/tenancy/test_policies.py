"""Which tenants are served, what they may spend, and what their records may say."""

import pytest
from pydantic import ValidationError

from shared.kernel.errors import NotFound, WrongStamp
from shared.tenancy import policies
from shared.tenancy.model import Budget, Issuer, Quotas, RateClass, Tenant, TenantStatus
from tests.fixtures.tenancy import STAMP, tenant


def test_a_tenant_of_another_stamp_is_refused_even_when_suspended() -> None:
    with pytest.raises(WrongStamp):
        policies.require_served_here(tenant(home_stamp="other-1", status=TenantStatus.SUSPENDED), STAMP)


def test_a_suspended_tenant_looks_unknown() -> None:
    with pytest.raises(NotFound):
        policies.require_served_here(tenant(status=TenantStatus.SUSPENDED), STAMP)


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
