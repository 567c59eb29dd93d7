"""People: how those of other systems were found in the roster, and who was not."""

from functions.http.gate import gate
from functions.http.wiring import services
from shared.ingestion.linking.views import MatchingPage, UnmatchedPage
from shared.tenancy.model import RateClass, Role
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.models import PageQuery
from shared.web.routing import Route

blueprint = HttpBlueprint(gate)

_READERS = frozenset({Role.TENANT_ADMIN, Role.SUPPORT_READONLY})
_SCOPES = frozenset({"ingests.read"})


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="people/matchings",
        operation="list_matchings",
        summary="Show by which identifiers the people of each system were matched with the roster",
        tag="people",
        rate=RateClass.READ,
        roles=_READERS,
        scopes=_SCOPES,
        response=MatchingPage,
    ),
)
async def list_matchings(call: Call) -> Reply:
    """Answer one line per system."""
    return Reply(MatchingPage(items=await services().link_views.matchings(call.scope)))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="people/unmatched",
        operation="list_unmatched",
        summary="List people whom nobody of the roster matches, with the record that names each",
        tag="people",
        rate=RateClass.READ,
        roles=_READERS,
        scopes=_SCOPES,
        query=PageQuery,
        response=UnmatchedPage,
    ),
)
async def list_unmatched(call: Call) -> Reply:
    """Answer one page of people without a match."""
    page = await services().link_views.unmatched(call.scope, call.query_as(PageQuery).limit, call.position)
    cursor = await call.next_cursor(page.cursor)
    return Reply(UnmatchedPage(items=list(page.items), next_cursor=cursor))
