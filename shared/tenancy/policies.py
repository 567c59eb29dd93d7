"""Pure rules about whether a tenant is served and what it may spend."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.kernel.errors import NotFound, WrongStamp
from shared.tenancy.model import Budget, RateClass, Tenant, TenantStatus

_PER_SECOND_AND_BURST: Mapping[RateClass, tuple[float, int]] = MappingProxyType(
    {
        RateClass.READ: (200, 400),
        RateClass.WRITE: (50, 100),
        RateClass.UPLOAD: (5, 50),
        RateClass.QUERY: (20, 200),
        RateClass.PUBLIC: (200, 400),
    }
)


def default_budget(rate: RateClass) -> Budget:
    """Return what a tenant may spend in each process when its agreement says nothing else."""
    per_second, burst = _PER_SECOND_AND_BURST[rate]
    return Budget(per_second=per_second, burst=burst)


def budget_of(tenant: Tenant, rate: RateClass) -> Budget:
    """Return the tenant's budget for a rate class."""
    return tenant.quotas.budgets.get(rate) or default_budget(rate)


def is_served_here(tenant: Tenant, stamp: str) -> bool:
    """Tell whether the tenant is active and homed on `stamp`."""
    return tenant.home_stamp == stamp and tenant.status is TenantStatus.ACTIVE


def require_served_here(tenant: Tenant, stamp: str) -> None:
    """Refuse a tenant that is homed on another stamp (`WrongStamp`) or suspended (`NotFound`)."""
    if tenant.home_stamp != stamp:
        raise WrongStamp
    if not is_served_here(tenant, stamp):
        raise NotFound
