"""Cohorts and search: groups beside each other, and groups by name."""

from typing import Annotated

from pydantic import Field

from functions.http.answering import reply_of
from functions.http.audience import STAFF, audience_of
from functions.http.gate import gate
from functions.http.wiring import services
from shared.analytics.views import Cohorts, Comparison, Matches
from shared.kernel.errors import NotFound
from shared.tenancy.model import RateClass
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.models import RequestModel
from shared.web.routing import Route

blueprint = HttpBlueprint(gate)


class ComparisonQuery(RequestModel):
    """Which two cohorts to compare."""

    first: Annotated[str, Field(max_length=220, examples=["school:NORTH_HIGH"])]
    second: Annotated[str, Field(max_length=220, examples=["school:WEST_HIGH"])]


class SearchQuery(RequestModel):
    """What to look for."""

    q: Annotated[str, Field(min_length=1, max_length=100, description="Words of a title or an id.")]


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/cohorts",
        operation="list_cohorts",
        summary="List the schools, courses and periods that the caller may compare",
        tag="dashboards",
        rate=RateClass.READ,
        roles=STAFF,
        response=Cohorts,
        errors=(NotFound,),
    ),
)
async def list_cohorts(call: Call) -> Reply:
    """Answer the cohorts of the caller's tenant."""
    return reply_of(await services().comparisons.cohorts(call.scope, audience_of(call)))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/comparisons",
        operation="compare_cohorts",
        summary="Show two cohorts side by side, their difference and its size",
        tag="dashboards",
        rate=RateClass.READ,
        roles=STAFF,
        query=ComparisonQuery,
        response=Comparison,
        errors=(NotFound,),
    ),
)
async def compare_cohorts(call: Call) -> Reply:
    """Answer a comparison."""
    query = call.query_as(ComparisonQuery)
    served = await services().comparisons.compare(call.scope, audience_of(call), query.first, query.second)
    return reply_of(served)


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/search",
        operation="search_groups",
        summary="Find schools and courses by the words of their titles and ids",
        tag="dashboards",
        rate=RateClass.READ,
        roles=STAFF,
        query=SearchQuery,
        response=Matches,
        errors=(NotFound,),
    ),
)
async def search_groups(call: Call) -> Reply:
    """Answer at most twenty groups."""
    return reply_of(await services().search.find(call.scope, audience_of(call), call.query_as(SearchQuery).q))
