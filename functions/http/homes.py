"""Home screens: what each role needs first, in one call."""

from functions.http.answering import reply_of
from functions.http.audience import audience_of
from functions.http.gate import gate
from functions.http.wiring import services
from shared.analytics.views import AdministratorHome, StudentHome, TeacherHome
from shared.kernel.errors import NotFound
from shared.tenancy.model import RateClass, Role
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.routing import Route

blueprint = HttpBlueprint(gate)


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="me/student",
        operation="read_student_home",
        summary="Show the caller's own results beside the means of their assessments",
        tag="dashboards",
        rate=RateClass.READ,
        roles=frozenset({Role.LEARNER}),
        response=StudentHome,
    ),
)
async def read_student_home(call: Call) -> Reply:
    """Answer the home screen of a learner."""
    return reply_of(await services().homes.student(call.scope, audience_of(call)))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="me/teacher",
        operation="read_teacher_home",
        summary="Show the courses that the caller instructs, their sections and assessments",
        tag="dashboards",
        rate=RateClass.READ,
        roles=frozenset({Role.INSTRUCTOR}),
        response=TeacherHome,
    ),
)
async def read_teacher_home(call: Call) -> Reply:
    """Answer the home screen of a teacher."""
    return reply_of(await services().homes.teacher(call.scope, audience_of(call)))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="me/admin",
        operation="read_administrator_home",
        summary="Show the district, its schools, and how fresh each feed is",
        tag="dashboards",
        rate=RateClass.READ,
        roles=frozenset({Role.TENANT_ADMIN}),
        response=AdministratorHome,
        errors=(NotFound,),
    ),
)
async def read_administrator_home(call: Call) -> Reply:
    """Answer the home screen of an administrator."""
    return reply_of(await services().homes.administrator(call.scope, audience_of(call)))
