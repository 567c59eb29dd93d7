"""The event that Event Grid delivers for a written blob.

Shape: Azure Event Grid documentation, "Azure Blob Storage as an Event Grid source",
Microsoft.Storage.BlobCreated in the Event Grid schema.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

_TOPIC = "/subscriptions/local/resourceGroups/local/providers/Microsoft.Storage/storageAccounts/"


@dataclass(frozen=True, slots=True)
class WrittenBlob:
    """One version of a blob, as a listing shows it. `etag` is without quotes, `size` in bytes."""

    container: str
    name: str
    etag: str
    size: int
    content_type: str
    kind: str
    modified: datetime


def blob_created(blob: WrittenBlob, account: str, account_url: str) -> dict[str, object]:
    """Return the event. The same version of a blob gives the same event id, so that repeats can be told."""
    url = f"{account_url.rstrip('/')}/{blob.container}/{blob.name}"
    modified = blob.modified.astimezone(UTC)
    return {
        "topic": f"{_TOPIC}{account}",
        "subject": f"/blobServices/default/containers/{blob.container}/blobs/{blob.name}",
        "eventType": "Microsoft.Storage.BlobCreated",
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{url}#{blob.etag}")),
        "eventTime": modified.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "dataVersion": "",
        "metadataVersion": "1",
        "data": {
            "api": "PutBlob",
            "eTag": blob.etag,
            "contentType": blob.content_type,
            "contentLength": blob.size,
            "blobType": blob.kind,
            "url": url,
            "sequencer": f"{int(modified.timestamp() * 1000):048X}",
        },
    }
