"""The operations of one transactional batch: all of them happen, or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.kernel.events import Json

type Document = dict[str, Json]

BATCH_LIMIT = 100
"""Operations in one batch (Cosmos DB service limits)."""


@dataclass(frozen=True, slots=True)
class Create:
    """Write a document whose id must be new, else `Conflict`."""

    document: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Upsert:
    """Write a document, new or not."""

    document: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Replace:
    """Write over the document that still carries `etag`, else `PreconditionFailed`."""

    document: Mapping[str, Json]
    etag: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete a document that exists and, when `etag` is given, still carries it."""

    item_id: str
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Patch:
    """Set members of a document in place, each by its JSON pointer (RFC 6901), else `NotFound`."""

    item_id: str
    values: Mapping[str, Json]


type Operation = Create | Upsert | Replace | Delete | Patch
type SdkOperation = tuple[str, tuple[Any, ...], dict[str, Any]]


def as_sdk(operation: Operation, written: Document | None) -> SdkOperation:
    """Return `operation` in the form `execute_item_batch` takes; `written` is its document, keys included."""
    match operation:
        case Create():
            return "create", (written,), {}
        case Upsert():
            return "upsert", (written,), {}
        case Replace(document, etag):
            return "replace", (document["id"], written), {"if_match_etag": etag}
        case Delete(item_id, etag):
            return "delete", (item_id,), {} if etag is None else {"if_match_etag": etag}
        case Patch(item_id, values):
            steps = [{"op": "set", "path": path, "value": value} for path, value in values.items()]
            return "patch", (item_id, steps), {}
