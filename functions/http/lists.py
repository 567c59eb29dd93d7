"""Lists of schools and courses: sorted, filtered, page by page."""

from typing import Annotated

from pydantic import Field

from functions.http.answering import reply_of
from functions.http.audience import STAFF, audience_of
from functions.http.gate import gate
from functions.http.wiring import services
from shared.analytics.serving.listing import Order, Wanted
from shared.analytics.views import CourseList, SchoolList
from shared.kernel.errors import NotFound
from shared.tenancy.model import RateClass
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.models import PageQuery
from shared.web.routing import Route

blueprint = HttpBlueprint(gate)


class GroupQuery(PageQuery):
    """Which groups of a list, in which order."""

    sort: Annotated[
        Order, Field(description="A minus sign: the greatest first. What is withheld comes last.")
    ] = Order.TITLE
    q: Annotated[str, Field(max_length=100, description="Words of a title or an id.")] = ""


class CourseQuery(GroupQuery):
    """Which courses of a list, in which order."""

    school: Annotated[str | None, Field(max_length=200, description="Only courses of this school.")] = None


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/courses",
        operation="list_courses",
        summary="List courses by title, mean, learners or newest file",
        tag="dashboards",
        rate=RateClass.READ,
        roles=STAFF,
        query=CourseQuery,
        response=CourseList,
        errors=(NotFound,),
    ),
)
async def list_courses(call: Call) -> Reply:
    """Answer one page of courses."""
    query = call.query_as(CourseQuery)
    found = await services().lists.courses(call.scope, audience_of(call), _wanted(call, query), query.school)
    cursor = await call.next_cursor(found.next_position)
    return reply_of(found.served.showing({"next_cursor": cursor}))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/schools",
        operation="list_schools",
        summary="List schools by title, mean, learners or newest file",
        tag="dashboards",
        rate=RateClass.READ,
        roles=STAFF,
        query=GroupQuery,
        response=SchoolList,
        errors=(NotFound,),
    ),
)
async def list_schools(call: Call) -> Reply:
    """Answer one page of schools."""
    wanted = _wanted(call, call.query_as(GroupQuery))
    found = await services().lists.schools(call.scope, audience_of(call), wanted)
    cursor = await call.next_cursor(found.next_position)
    return reply_of(found.served.showing({"next_cursor": cursor}))


def _wanted(call: Call, query: GroupQuery) -> Wanted:
    return Wanted(query.sort, query.q, query.limit, call.position)
