"""Pure rules about what a principal may see and what a tenant allows."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from shared.kernel.errors import Forbidden, NotFound, WrongStamp
from shared.tenancy.model import Budget, Ingress, Principal, RateClass, Role, Tenant, TenantStatus

_SEES_EVERY_COURSE = frozenset({Role.SUPER_ADMIN, Role.TENANT_ADMIN, Role.SUPPORT_READONLY})
_SEES_EVERY_LEARNER = frozenset({Role.SUPER_ADMIN, Role.TENANT_ADMIN})

_PER_SECOND_AND_BURST: Mapping[RateClass, tuple[float, int]] = MappingProxyType(
    {
        RateClass.READ: (200, 400),
        RateClass.WRITE: (50, 100),
        RateClass.UPLOAD: (5, 50),
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


def may_see_every_course(principal: Principal) -> bool:
    """Tell whether figures of the whole tenant are open to the caller.

    A machine client that a route admits by scope sees the whole tenant.
    """
    return principal.client_id is not None or bool(principal.roles & _SEES_EVERY_COURSE)


def may_see_course(principal: Principal, course: str) -> bool:
    """Tell whether figures of `course` are open: to those who see all courses, and to its instructors."""
    if may_see_every_course(principal):
        return True
    return Role.INSTRUCTOR in principal.roles and course in principal.courses


def may_see_learner(principal: Principal, learner: str, courses: Iterable[str]) -> bool:
    """Tell whether the results of one learner, who takes `courses`, are open to the caller.

    Support staff see figures, never a person. Instructors see learners of their own courses, learners see
    themselves.
    """
    if principal.client_id is not None or principal.roles & _SEES_EVERY_LEARNER:
        return True
    if Role.LEARNER in principal.roles and learner in principal.learners:
        return True
    return Role.INSTRUCTOR in principal.roles and not principal.courses.isdisjoint(courses)


def is_small_group(tenant: Tenant, learners: int) -> bool:
    """Tell whether a figure over so many learners could point at one of them and is to be withheld."""
    return learners < tenant.small_group_threshold


def require_direct_upload(tenant: Tenant) -> None:
    """Refuse direct files of a tenant whose own appliance must see them first (`Forbidden`)."""
    if tenant.ingress is Ingress.APPLIANCE_ONLY:
        raise Forbidden("this tenant takes files from its own appliance only")
