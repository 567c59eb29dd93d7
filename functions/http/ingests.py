"""Ingests: what became of each file, and every rejected record with its place."""

from functions.http.gate import gate
from shared.ingestion.ingest_views import IngestViews
from shared.ingestion.views import IngestPage, IngestView, RejectPage, RejectView
from shared.kernel.errors import NotFound
from shared.tenancy.model import RateClass, Role
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.models import PageQuery
from shared.web.routing import PathParameter, Route

blueprint = HttpBlueprint(gate)

_READERS = frozenset({Role.TENANT_ADMIN, Role.SUPPORT_READONLY})
_SCOPES = frozenset({"ingests.read"})
_INGEST = PathParameter(
    "ingestId",
    "The id that came with the upload.",
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "0193a5c8-51f2-7c3e-9a41-6d2b8f0e7a15",
)


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="ingests",
        operation="list_ingests",
        summary="List ingests, newest first",
        tag="ingestion",
        rate=RateClass.READ,
        roles=_READERS,
        scopes=_SCOPES,
        query=PageQuery,
        response=IngestPage,
    ),
)
async def list_ingests(call: Call) -> Reply:
    """Answer one page of the tenant's ingests."""
    page = await _views().ingests(call.scope, call.query_as(PageQuery).limit, call.position)
    items = [IngestView.of(ingest) for ingest in page.items]
    return Reply(IngestPage(items=items, next_cursor=await call.next_cursor(page.cursor)))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="ingests/{ingestId}",
        operation="read_ingest",
        summary="Show an ingest: state, progress, counts, and what went wrong",
        tag="ingestion",
        rate=RateClass.READ,
        roles=_READERS,
        scopes=_SCOPES,
        parameters=(_INGEST,),
        response=IngestView,
        errors=(NotFound,),
    ),
)
async def read_ingest(call: Call) -> Reply:
    """Answer one ingest."""
    ingest = await _views().ingest(call.scope, call.path["ingestId"])
    return Reply(IngestView.of(ingest.value), etag=ingest.etag)


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="ingests/{ingestId}/rejects",
        operation="list_rejects",
        summary="List the rejected records of an ingest with place and reason, in the order of the file",
        tag="ingestion",
        rate=RateClass.READ,
        roles=_READERS,
        scopes=_SCOPES,
        parameters=(_INGEST,),
        query=PageQuery,
        response=RejectPage,
        errors=(NotFound,),
    ),
)
async def list_rejects(call: Call) -> Reply:
    """Answer one page of rejects of the chunks that are done."""
    limit = call.query_as(PageQuery).limit
    page = await _views().rejects(call.scope, call.path["ingestId"], limit, call.position)
    items = [RejectView.of(reject) for reject in page.items]
    return Reply(RejectPage(items=items, next_cursor=await call.next_cursor(page.cursor)))


def _views() -> IngestViews:
    from shared.bootstrap import services  # noqa: PLC0415 - what it wires is needed by a request, not by indexing

    return services().ingest_views
