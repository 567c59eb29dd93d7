"""What the caller of a route may see of figures and facts."""

from shared.analytics.policies import Audience
from shared.web.call import Call


def audience_of(call: Call) -> Audience:
    """Return the audience that the caller's roles, courses and own results amount to."""
    principal = call.principal
    threshold = call.tenant.small_group_threshold
    return Audience.of(principal.roles, principal.courses, principal.learners, threshold)
