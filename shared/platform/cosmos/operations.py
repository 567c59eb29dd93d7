"""The operations of one transactional batch: all of them happen, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

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
class Change:
    """One step of a `Patch`; `path` is a JSON pointer (RFC 6901). `remove` takes no value."""

    op: Literal["add", "set", "replace", "remove", "incr"]
    path: str
    value: Json = None

    def as_json(self) -> Document:
        """Return the step as the service reads it."""
        return {"op": self.op, "path": self.path} | ({} if self.op == "remove" else {"value": self.value})


@dataclass(frozen=True, slots=True)
class Patch:
    """Change parts of a document in place.

    With `condition` (`FROM c WHERE ...`), the document must satisfy it, else `PreconditionFailed`.
    """

    item_id: str
    changes: Sequence[Change]
    condition: str | None = None


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
        case Patch(item_id, changes, condition):
            steps = [change.as_json() for change in changes]
            return "patch", (item_id, steps), {} if condition is None else {"filter_predicate": condition}
