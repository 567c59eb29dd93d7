"""Stored mail: the event says that a message came, never from whom."""

import azure.functions as func
from azurefunctions.extensions.bindings import blob

from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.blob_trigger(
    arg_name="client",
    path="mail/{tenant}/{name}",
    connection="Storage",
    source="EventGrid",  # type: ignore[arg-type]  # the library converts the text, its annotation lags behind
)
async def mail_stored(client: blob.BlobClient) -> None:
    """Take in what is attached to the message, when a rule of the tenant names its sender."""
    await services().mail_intake.receive(services().stamp_scope("mail_stored"), str(client.blob_name))
