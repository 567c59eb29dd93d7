"""Uploads: the right to land one file."""

from functions.http.gate import gate
from functions.http.wiring import services
from shared.ingestion.views import UploadRequest, UploadView
from shared.kernel.errors import TooLarge
from shared.tenancy.model import RateClass, Role
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.routing import Route

blueprint = HttpBlueprint(gate)


@endpoint(
    blueprint,
    Route(
        method="POST",
        path="uploads",
        operation="request_upload",
        summary="Get a URL that may write one file, and follow its ingest by the id that comes with it",
        tag="ingestion",
        rate=RateClass.UPLOAD,
        roles=frozenset({Role.TENANT_ADMIN}),
        scopes=frozenset({"ingests.write"}),
        request=UploadRequest,
        response=UploadView,
        status=201,
        errors=(TooLarge,),
    ),
)
async def request_upload(call: Call) -> Reply:
    """Record the upload and grant its blob."""
    wanted = call.body_as(UploadRequest)
    granted = await services().uploads.request_upload(
        call.scope, wanted.file_name, wanted.size, wanted.feed, wanted.way
    )
    return Reply(UploadView.of(granted), location=f"ingests/{granted.upload.id}")
