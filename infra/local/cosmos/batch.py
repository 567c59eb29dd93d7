"""Transactional batches: up to 100 operations on one partition, all or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.cosmos.catalog import Container
from infra.local.cosmos.errors import CosmosError, bad_request, too_large
from infra.local.cosmos.items import Conditions, Items, Outcome
from infra.local.cosmos.partition_keys import PartitionKey
from infra.local.cosmos.store import Store
from infra.local.cosmos.values import dump_json, load_json

MOST_OPERATIONS = 100
LARGEST_BATCH = 2 * 1024 * 1024
FAILED_DEPENDENCY = 424


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The answer to a batch: 200, or 207 when an operation failed and nothing was applied."""

    status: int
    body: bytes
    charge: float


class _Rejected(Exception):
    """Carries the refusal of one operation out of the unit of writing, so that the unit is rolled back."""

    def __init__(self, position: int, error: CosmosError) -> None:
        super().__init__(error.message)
        self.position = position
        self.error = error


def execute_batch(
    store: Store, container: Container, key: PartitionKey, body: bytes, *, minimal: bool = False
) -> BatchResult:
    """Run a batch; 400 for more than 100 operations, 413 for more than 2 MB.

    A `minimal` answer leaves out the items that were written; those that were read are in it.
    """
    if len(body) > LARGEST_BATCH:
        raise too_large("The batch is larger than 2 MB.")
    operations = _parse(body)
    try:
        with store.writing() as lsn:
            outcomes = _apply(Items(store, container), key, operations, lsn)
    except _Rejected as rejected:
        return _failure(rejected, len(operations))
    with_body = (not minimal or operation["operationType"] == "Read" for operation in operations)
    results = map(_result, outcomes, with_body)
    return BatchResult(200, b"[" + b",".join(results) + b"]", sum(outcome.charge for outcome in outcomes))


def _parse(body: bytes) -> list[dict[str, Any]]:
    try:
        operations = load_json(body)
    except ValueError as error:
        raise bad_request(f"The batch is not JSON: {error}.") from error
    if not isinstance(operations, list) or not all(isinstance(each, dict) for each in operations):
        raise bad_request("A batch is an array of operations.")
    if not 1 <= len(operations) <= MOST_OPERATIONS:
        raise bad_request(
            f"Batch request has {len(operations)} operations, between 1 and {MOST_OPERATIONS} are supported."
        )
    return operations


def _apply(items: Items, key: PartitionKey, operations: list[dict[str, Any]], lsn: int) -> list[Outcome]:
    outcomes = []
    for position, operation in enumerate(operations):
        try:
            outcomes.append(_run(items, key, operation, lsn))
        except CosmosError as error:
            raise _Rejected(position, error) from error
    return outcomes


def _run(items: Items, key: PartitionKey, operation: Mapping[str, Any], lsn: int) -> Outcome:
    kind = operation.get("operationType")
    conditions = Conditions(operation.get("ifMatch", ""), operation.get("ifNoneMatch", ""))
    document: dict[str, Any] = operation.get("resourceBody", {})
    item_id: str = operation.get("id", "")
    match kind:
        case "Create":
            return items.create(key, document, lsn, conditions)
        case "Upsert":
            return items.upsert(key, document, lsn, conditions)
        case "Replace":
            return items.replace(key, item_id, document, lsn, conditions)
        case "Patch":
            return items.patch(key, item_id, document, lsn, conditions)
        case "Delete":
            return items.delete(key, item_id, conditions)
        case "Read":
            return items.read(key, item_id)
        case _:
            raise bad_request(f"The batch operation {kind!r} is not supported.")


def _result(outcome: Outcome, with_body: bool) -> bytes:
    head = f'{{"statusCode":{outcome.status},"requestCharge":{outcome.charge:.2f}'
    if outcome.item is None:
        return head.encode() + b"}"
    head += f',"eTag":{dump_json(outcome.item.etag)}'
    if not with_body:
        return head.encode() + b"}"
    return f'{head},"resourceBody":'.encode() + outcome.item.body + b"}"


def _failure(rejected: _Rejected, count: int) -> BatchResult:
    results: list[dict[str, object]] = [
        {"statusCode": FAILED_DEPENDENCY, "requestCharge": 0} for _ in range(count)
    ]
    error = rejected.error
    results[rejected.position] = {
        "statusCode": error.status,
        "subStatusCode": error.substatus,
        "requestCharge": 0,
        "message": error.message,
    }
    return BatchResult(207, dump_json(results).encode(), 1.0)
