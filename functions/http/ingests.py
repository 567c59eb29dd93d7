"""Ingests: what became of each file, and every rejected record with its place."""

from functions.http.gate import gate
from functions.http.wiring import services
from shared.ingestion.views import (
    Freshness,
    IngestPage,
    IngestView,
    MemberView,
    OriginView,
    PlanView,
    RejectPage,
    RejectView,
    ReplayView,
)
from shared.kernel.errors import Conflict, InvalidInput, NotFound
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
    page = await services().ingest_views.ingests(call.scope, call.query_as(PageQuery).limit, call.position)
    items = [IngestView.of(ingest) for ingest in page.items]
    return Reply(IngestPage(items=items, next_cursor=await call.next_cursor(page.cursor)))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboards/freshness",
        operation="read_freshness",
        summary="Show how fresh the data of each feed is, what its files lost, and what is on the way",
        tag="ingestion",
        rate=RateClass.READ,
        roles=_READERS,
        scopes=_SCOPES,
        response=Freshness,
    ),
)
async def read_freshness(call: Call) -> Reply:
    """Answer the freshness of the tenant's feeds."""
    return Reply(await services().freshness.freshness(call.scope))


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
    ingest = await services().ingest_views.ingest(call.scope, call.path["ingestId"])
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
    page = await services().ingest_views.rejects(call.scope, call.path["ingestId"], limit, call.position)
    items = [RejectView.of(reject) for reject in page.items]
    return Reply(RejectPage(items=items, next_cursor=await call.next_cursor(page.cursor)))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="ingests/{ingestId}/plan",
        operation="read_plan",
        summary="Show the tables of a planned file: how each is read, its drift, how far its work has come",
        tag="ingestion",
        rate=RateClass.READ,
        roles=_READERS,
        scopes=_SCOPES,
        parameters=(_INGEST,),
        response=PlanView,
        errors=(NotFound,),
    ),
)
async def read_plan(call: Call) -> Reply:
    """Answer the plan of an ingest."""
    ingest_id = call.path["ingestId"]
    planned = await services().ingest_views.plan(call.scope, ingest_id)
    return Reply(PlanView(ingest_id=ingest_id, members=[MemberView.of(table) for table in planned]))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="ingests/{ingestId}/chunks/{chunk}/records/{record}",
        operation="read_origin",
        summary="Lead a fact back to its record: file, member, ordinal and bytes",
        tag="ingestion",
        rate=RateClass.READ,
        roles=_READERS,
        scopes=_SCOPES,
        parameters=(
            _INGEST,
            PathParameter("chunk", "The fact's `chunk`.", r"[0-9]{1,6}", "0"),
            PathParameter("record", "The fact's `record`.", r"[0-9]{1,12}", "17"),
        ),
        response=OriginView,
        errors=(NotFound, InvalidInput),
    ),
)
async def read_origin(call: Call) -> Reply:
    """Answer where a record stands, never what it holds."""
    path = call.path
    origin = await services().lineage.origin(
        call.scope, path["ingestId"], int(path["chunk"]), int(path["record"])
    )
    return Reply(OriginView.of(origin))


@endpoint(
    blueprint,
    Route(
        method="POST",
        path="ingests/{ingestId}/replay",
        operation="replay_ingest",
        summary="Take the file in once more, by the mapping of today",
        tag="ingestion",
        rate=RateClass.UPLOAD,
        roles=frozenset({Role.TENANT_ADMIN}),
        scopes=frozenset({"ingests.write"}),
        parameters=(_INGEST,),
        response=ReplayView,
        status=202,
        errors=(NotFound, Conflict),
    ),
)
async def replay_ingest(call: Call) -> Reply:
    """Start an ingest of the same bytes."""
    old = call.path["ingestId"]
    new = await services().replays.replay(call.scope, old)
    return Reply(ReplayView(ingest_id=new.id, replays=old), location=f"ingests/{new.id}")
