"""Standards: rollups by learning objective, of the district, of a course, of a learner."""

from typing import Final

from functions.http.answering import reply_of
from functions.http.audience import STAFF, audience_of
from functions.http.gate import gate
from functions.http.parameters import COURSE, IDENTIFIER, LEARNER, identifier_of
from functions.http.wiring import services
from shared.analytics.standards.views import (
    CourseStandards,
    LearnerStandards,
    StandardDashboard,
    Standards,
)
from shared.kernel.errors import NotFound
from shared.tenancy.model import RateClass, Role
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.routing import PathParameter, Route

blueprint = HttpBlueprint(gate)

_ADMINISTRATORS: Final = frozenset({Role.TENANT_ADMIN})
_STANDARD: Final = PathParameter(
    "standardId",
    "The standard as files identify it, such as a CFItem of CASE; `/` in it is written `~1` and `~` `~0`.",
    IDENTIFIER,
    "urn:uuid:6b9f6f7c-4a5b-11f0-9fe2-0242ac120002",
)


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/standards",
        operation="read_standards",
        summary="Show every standard on which there are results, with its headline figures",
        tag="dashboards",
        rate=RateClass.READ,
        roles=_ADMINISTRATORS,
        response=Standards,
        errors=(NotFound,),
    ),
)
async def read_standards(call: Call) -> Reply:
    """Answer the standards of the caller's tenant."""
    return reply_of(await services().standards.of_district(call.scope, audience_of(call)))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/standards/{standardId}",
        operation="read_standard",
        summary="Show a standard: figures, distribution, the courses that have results on it",
        tag="dashboards",
        rate=RateClass.READ,
        roles=_ADMINISTRATORS,
        parameters=(_STANDARD,),
        response=StandardDashboard,
        errors=(NotFound,),
    ),
)
async def read_standard(call: Call) -> Reply:
    """Answer one standard."""
    standard = identifier_of(call.path["standardId"])
    return reply_of(await services().standards.of_standard(call.scope, audience_of(call), standard))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/courses/{courseId}/standards",
        operation="read_course_standards",
        summary="Show the standards of a course: figures, distribution, the assessments aligned to each",
        tag="dashboards",
        rate=RateClass.READ,
        roles=STAFF,
        parameters=(COURSE,),
        response=CourseStandards,
        errors=(NotFound,),
    ),
)
async def read_course_standards(call: Call) -> Reply:
    """Answer the standards of one course."""
    return reply_of(
        await services().standards.of_course(call.scope, audience_of(call), call.path["courseId"])
    )


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/learners/{learnerId}/standards",
        operation="read_learner_standards",
        summary="Show the results of a learner by standard: all to the learner, to an instructor own courses",
        tag="dashboards",
        rate=RateClass.READ,
        roles=frozenset({Role.TENANT_ADMIN, Role.INSTRUCTOR, Role.LEARNER}),
        parameters=(LEARNER,),
        response=LearnerStandards,
        errors=(NotFound,),
    ),
)
async def read_learner_standards(call: Call) -> Reply:
    """Answer what the caller may see of one learner by standard."""
    return reply_of(
        await services().standards.of_learner(call.scope, audience_of(call), call.path["learnerId"])
    )
