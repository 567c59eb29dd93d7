"""Dashboards: what folds made of courses, assessments, learners and the groups above them."""

from functions.http.answering import reply_of
from functions.http.audience import STAFF, audience_of
from functions.http.gate import gate
from functions.http.parameters import COURSE, LEARNER
from functions.http.wiring import services
from shared.analytics.items.views import ItemDashboard
from shared.analytics.views import (
    AssessmentDashboard,
    CourseDashboard,
    Feeds,
    LearnerDashboard,
    Overview,
    Periods,
    SchoolDashboard,
    SectionDashboard,
)
from shared.kernel.errors import NotFound
from shared.tenancy.model import RateClass, Role
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.routing import PathParameter, Route

blueprint = HttpBlueprint(gate)

_ADMINISTRATORS = frozenset({Role.TENANT_ADMIN})
_TEACHERS = frozenset({Role.TENANT_ADMIN, Role.INSTRUCTOR})
_SCHOOL = PathParameter("schoolId", "A school of the roster, or `-`.", r"[^/]{1,200}", "NORTH_HIGH")
_SECTION = PathParameter("sectionId", "The section as its feed names it.", r"[^/]{1,200}", "ALG_1_A")
_LINE_ITEM = PathParameter("lineItemId", "The line item as its feed names it.", r"[^/]{1,200}", "8801")


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards",
        operation="read_overview",
        summary="Show the district: its figures, schools and courses, as far as the caller may see them",
        tag="dashboards",
        rate=RateClass.READ,
        roles=STAFF,
        response=Overview,
        errors=(NotFound,),
    ),
)
async def read_overview(call: Call) -> Reply:
    """Answer the overview of the caller's tenant."""
    return reply_of(await services().dashboards.overview(call.scope, audience_of(call)))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/schools/{schoolId}",
        operation="read_school",
        summary="Show a school: figures, distribution, growth, courses",
        tag="dashboards",
        rate=RateClass.READ,
        roles=frozenset({Role.TENANT_ADMIN, Role.SUPPORT_READONLY}),
        parameters=(_SCHOOL,),
        response=SchoolDashboard,
        errors=(NotFound,),
    ),
)
async def read_school(call: Call) -> Reply:
    """Answer one school."""
    return reply_of(await services().dashboards.school(call.scope, audience_of(call), call.path["schoolId"]))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/courses/{courseId}",
        operation="read_course",
        summary="Show a course: figures, distribution, growth, assessments and sections",
        tag="dashboards",
        rate=RateClass.READ,
        roles=STAFF,
        parameters=(COURSE,),
        response=CourseDashboard,
        errors=(NotFound,),
    ),
)
async def read_course(call: Call) -> Reply:
    """Answer one course."""
    return reply_of(await services().dashboards.course(call.scope, audience_of(call), call.path["courseId"]))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/courses/{courseId}/sections/{sectionId}",
        operation="read_section",
        summary="Show a section of a course and its learners",
        tag="dashboards",
        rate=RateClass.READ,
        roles=_TEACHERS,
        parameters=(COURSE, _SECTION),
        response=SectionDashboard,
        errors=(NotFound,),
    ),
)
async def read_section(call: Call) -> Reply:
    """Answer one section."""
    course, section = call.path["courseId"], call.path["sectionId"]
    return reply_of(await services().dashboards.section(call.scope, audience_of(call), course, section))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/courses/{courseId}/assessments/{lineItemId}",
        operation="read_assessment",
        summary="Show an assessment of a course: figures, distribution, states of results",
        tag="dashboards",
        rate=RateClass.READ,
        roles=STAFF,
        parameters=(COURSE, _LINE_ITEM),
        response=AssessmentDashboard,
        errors=(NotFound,),
    ),
)
async def read_assessment(call: Call) -> Reply:
    """Answer one assessment."""
    course, line_item = call.path["courseId"], call.path["lineItemId"]
    return reply_of(await services().dashboards.assessment(call.scope, audience_of(call), course, line_item))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/courses/{courseId}/assessments/{lineItemId}/items",
        operation="read_items",
        summary="Show how the items of an assessment worked: difficulty, discrimination, options",
        tag="dashboards",
        rate=RateClass.READ,
        roles=STAFF,
        parameters=(COURSE, _LINE_ITEM),
        response=ItemDashboard,
        errors=(NotFound,),
    ),
)
async def read_items(call: Call) -> Reply:
    """Answer the item analysis of one assessment."""
    course, line_item = call.path["courseId"], call.path["lineItemId"]
    return reply_of(await services().dashboards.items(call.scope, audience_of(call), course, line_item))


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
    return reply_of(
        await services().dashboards.learner(call.scope, audience_of(call), call.path["learnerId"])
    )


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/periods",
        operation="read_periods",
        summary="Show every period, with its schools beside each other",
        tag="dashboards",
        rate=RateClass.READ,
        roles=_ADMINISTRATORS,
        response=Periods,
        errors=(NotFound,),
    ),
)
async def read_periods(call: Call) -> Reply:
    """Answer the periods of the caller's tenant."""
    return reply_of(await services().dashboards.periods(call.scope, audience_of(call)))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/feeds",
        operation="read_feeds",
        summary="Show what came by each feed, and when its newest file came in",
        tag="dashboards",
        rate=RateClass.READ,
        roles=_ADMINISTRATORS,
        response=Feeds,
        errors=(NotFound,),
    ),
)
async def read_feeds(call: Call) -> Reply:
    """Answer the feeds of the caller's tenant."""
    return reply_of(await services().dashboards.feeds(call.scope, audience_of(call)))
