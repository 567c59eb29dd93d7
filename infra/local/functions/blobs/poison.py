"""Poison events: what a function failed on for good, kept where an operator finds it.

The record is the message that the platform puts on the storage queue `webjobs-blobtrigger-poison`. The local
storage runs no queue service, so it lies as a blob under that name.
"""

import json

from infra.local.functions.blobs.receipts import Delivery
from infra.local.functions.host_container import HostContainer

POISON_FOLDER = "webjobs-blobtrigger-poison"


async def record_poison(hosts: HostContainer, function: str, delivery: Delivery) -> None:
    """Write the record of a delivery that failed too often; writing it again changes nothing."""
    blob = delivery.blob
    record = {
        "Type": "BlobTrigger",
        "FunctionId": f"{hosts.host_id}.Functions.{function}",
        "BlobType": blob.kind,
        "ContainerName": blob.container,
        "BlobName": blob.name,
        "ETag": f'"{blob.etag}"',
    }
    container = await hosts.client()
    await container.upload_blob(
        f"{POISON_FOLDER}/{function}/{delivery.id}.json", json.dumps(record), overwrite=True
    )
