"""Dashboards: read models by course, assessment and learner, each one point read."""

from pydantic import BaseModel

from functions.http.audience import audience_of
from functions.http.gate import gate
from functions.http.parameters import COURSE, LEARNER
from shared.analytics.items.views import ItemDashboard
from shared.analytics.polling import next_poll
from shared.analytics.service import Dashboards, Served
from shared.analytics.views import AssessmentDashboard, CourseDashboard, LearnerDashboard, Overview
from shared.kernel.errors import NotFound
from shared.tenancy.model import RateClass, Role
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.routing import PathParameter, Route

blueprint = HttpBlueprint(gate)

_STAFF = frozenset({Role.TENANT_ADMIN, Role.INSTRUCTOR, Role.SUPPORT_READONLY})
_LINE_ITEM = PathParameter("lineItemId", "The line item as its feed names it.", r"[^/]{1,200}", "8801")


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards",
        operation="read_overview",
        summary="List the courses that the caller may see, with their headline figures",
        tag="dashboards",
        rate=RateClass.READ,
        roles=_STAFF,
        response=Overview,
        errors=(NotFound,),
    ),
)
async def read_overview(call: Call) -> Reply:
    """Answer the overview of the caller's tenant."""
    return _reply(await _dashboards().overview(call.scope, audience_of(call)))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/courses/{courseId}",
        operation="read_course",
        summary="Show a course: figures, distribution, assessments",
        tag="dashboards",
        rate=RateClass.READ,
        roles=_STAFF,
        parameters=(COURSE,),
        response=CourseDashboard,
        errors=(NotFound,),
    ),
)
async def read_course(call: Call) -> Reply:
    """Answer one course."""
    return _reply(await _dashboards().course(call.scope, audience_of(call), call.path["courseId"]))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/courses/{courseId}/assessments/{lineItemId}",
        operation="read_assessment",
        summary="Show an assessment of a course: figures, distribution, states of results",
        tag="dashboards",
        rate=RateClass.READ,
        roles=_STAFF,
        parameters=(COURSE, _LINE_ITEM),
        response=AssessmentDashboard,
        errors=(NotFound,),
    ),
)
async def read_assessment(call: Call) -> Reply:
    """Answer one assessment."""
    course, line_item = call.path["courseId"], call.path["lineItemId"]
    return _reply(await _dashboards().assessment(call.scope, audience_of(call), course, line_item))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/courses/{courseId}/assessments/{lineItemId}/items",
        operation="read_items",
        summary="Show how the items of an assessment worked: difficulty, discrimination, options",
        tag="dashboards",
        rate=RateClass.READ,
        roles=_STAFF,
        parameters=(COURSE, _LINE_ITEM),
        response=ItemDashboard,
        errors=(NotFound,),
    ),
)
async def read_items(call: Call) -> Reply:
    """Answer the item analysis of one assessment."""
    course, line_item = call.path["courseId"], call.path["lineItemId"]
    return _reply(await _dashboards().items(call.scope, audience_of(call), course, line_item))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/learners/{learnerId}",
        operation="read_learner",
        summary="Show the results of a learner: all to the learner, to an instructor those in own courses",
        tag="dashboards",
        rate=RateClass.READ,
        roles=frozenset({Role.TENANT_ADMIN, Role.INSTRUCTOR, Role.LEARNER}),
        parameters=(LEARNER,),
        response=LearnerDashboard,
        errors=(NotFound,),
    ),
)
async def read_learner(call: Call) -> Reply:
    """Answer what the caller may see of one learner."""
    return _reply(await _dashboards().learner(call.scope, audience_of(call), call.path["learnerId"]))


def _dashboards() -> Dashboards:
    from shared.bootstrap import services  # noqa: PLC0415 - what it wires is needed by a request, not by indexing

    return services().dashboards


def _reply[M: BaseModel](served: Served[M]) -> Reply:
    # The body decides the tag: one table version may be shown in different ways to different roles.
    from shared.bootstrap import services  # noqa: PLC0415 - what it wires is needed by a request, not by indexing

    pace = next_poll(served.changed_at, services().clock.now())
    return Reply(served.model, data_version=served.data_version, next_poll=pace)
