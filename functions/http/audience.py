"""What the caller of a route may see of figures and facts."""

from typing import Final

from shared.analytics.policies import Audience
from shared.tenancy.model import Role
from shared.web.call import Call

STAFF: Final = frozenset({Role.TENANT_ADMIN, Role.INSTRUCTOR, Role.SUPPORT_READONLY})
"""Who reads figures of groups; each sees of them what the policies say."""


def audience_of(call: Call) -> Audience:
    """Return the audience that the caller's roles, courses and own results amount to."""
    principal, tenant = call.principal, call.tenant
    threshold, mastery = tenant.small_group_threshold, tenant.mastery
    return Audience.of(principal.roles, principal.courses, principal.learners, threshold, mastery)
