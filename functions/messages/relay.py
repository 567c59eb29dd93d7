"""The relay of the outbox: what was written beside a change goes out as messages."""

import azure.functions as func

from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.cosmos_db_trigger(
    arg_name="documents",
    connection="Cosmos",
    database_name="%COSMOS_DATABASE%",
    container_name="ingests",
    lease_container_name="leases",
    lease_container_prefix="relay-ingests",
    feed_poll_delay=200,
    max_items_per_invocation=200,
    start_from_beginning=True,  # type: ignore[arg-type]  # the annotation says time, the setting is a flag
)
# Without a policy the trigger drops a batch whose function raised: unlimited, because a bus that is away
# comes back, and the timer below would only find the messages after a minute.
@blueprint.retry(strategy="fixed_delay", max_retry_count="-1", delay_interval="00:00:02")
async def relay_ingests(documents: func.DocumentList) -> None:
    """Send the outbox documents among the changes of `ingests`."""
    await services().relay.relay([document.to_dict() for document in documents])
