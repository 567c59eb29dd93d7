"""What routes of dashboards share: who is asking, and how a served view becomes a reply."""

from pydantic import BaseModel

from shared.analytics.policies import Audience
from shared.analytics.polling import next_poll
from shared.analytics.service import Served
from shared.web.call import Call, Reply


def audience_of(call: Call) -> Audience:
    """Return what the caller may see, as the tenant's policies have it."""
    principal, tenant = call.principal, call.tenant
    threshold, mastery = tenant.small_group_threshold, tenant.mastery
    return Audience.of(principal.roles, principal.courses, principal.learners, threshold, mastery)
