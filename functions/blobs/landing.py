"""Landed files: the event says that a blob came, never what is in it."""

import azure.functions as func
from azurefunctions.extensions.bindings import blob

from shared.bootstrap import services
from shared.kernel.errors import NotFound, WrongStamp

blueprint = func.Blueprint()


@blueprint.blob_trigger(
    arg_name="client",
    path="landing/{tenant}/{upload}/{name}",
    connection="Storage",
    source="EventGrid",  # type: ignore[arg-type]  # the library converts the text, its annotation lags behind
)
async def upload_landed(client: blob.BlobClient) -> None:
    """Make the landed blob an ingest, when an upload record names it."""
    tenant, upload, name = str(client.blob_name).split("/", 2)
    try:
        await services().landing.receive(tenant, upload, name)
    except NotFound as refusal:
        # Nobody here asked for it: it stays where it is, is never read, and the audit keeps that it came.
        reason = "wrong-stamp" if isinstance(refusal, WrongStamp) else "no-upload-record"
        stamp = services().stamp_scope("upload_landed")
        await services().audit.refused(stamp, "blob.land", f"blob:{tenant}/{upload}", reason)
