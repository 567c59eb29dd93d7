"""Requests about items: points, batches, queries, feeds and the deletion of a partition."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

from infra.local.cosmos.batch import execute_batch
from infra.local.cosmos.catalog import Container
from infra.local.cosmos.change_feed import read_changes
from infra.local.cosmos.errors import bad_request, not_found, not_implemented
from infra.local.cosmos.faults import Operation
from infra.local.cosmos.holding import Hold, preferred_wait
from infra.local.cosmos.items import Conditions, Items, Outcome
from infra.local.cosmos.messages import Request, Response, feed_body
from infra.local.cosmos.partition_keys import MISMATCH_WITH_HEADER, PartitionKey, parse_range
from infra.local.cosmos.queries import Page, Paging, Scope, Statement, parse_statement, run_query
from infra.local.cosmos.store import Store

EVERYTHING = Statement("SELECT * FROM c", {})
POINT_OPERATIONS: dict[str, Operation] = {
    "GET": "read",
    "PUT": "replace",
    "PATCH": "patch",
    "DELETE": "delete",
}


def feed_operation(request: Request) -> Operation:
    """Return what a request to the items of a container as a whole asks for."""
    if request.method == "GET":
        return "changes" if "a-im" in request.headers else "feed"
    if request.has_flag("x-ms-cosmos-is-batch-request"):
        return "batch"
    if request.has_flag("x-ms-cosmos-is-query-plan-request"):
        raise not_implemented("query plans")
    if request.is_query:
        return "query"
    return "upsert" if request.has_flag("x-ms-documentdb-is-upsert") else "create"


@dataclass(frozen=True, slots=True)
class ItemRequests:
    """Answers the requests of one container."""

    store: Store
    container: Container

    def on_feed(self, request: Request, operation: Operation) -> Response:
        """Answer a request to the items as a whole."""
        answers: dict[Operation, Callable[[Request], Response]] = {
            "changes": self._changes,
            "feed": self._feed,
            "batch": self._batch,
            "query": self._query,
            "upsert": self._upsert,
            "create": self._create,
        }
        return answers[operation](request)

    def on_item(self, request: Request, segment: str, *, by_rid: bool) -> Response:
        """Answer a request to one item, which the link names by id or by resource id."""
        key = self._complete_key(request)
        items = Items(self.store, self.container)
        item_id = self._id_of(items, segment) if by_rid else segment
        if request.method == "GET":
            return self._read(request, items, key, item_id)
        conditions = _conditions(request)
        with self.store.writing() as lsn:
            if request.method == "PUT":
                outcome = items.replace(key, item_id, request.json_object(), lsn, conditions)
            elif request.method == "PATCH":
                outcome = items.patch(key, item_id, request.json_object(), lsn, conditions)
            else:
                outcome = items.delete(key, item_id, conditions)
        return _written(request, outcome)

    def delete_partition(self, request: Request) -> Response:
        """Delete all items of a partition key."""
        key = self._complete_key(request)
        with self.store.writing():
            Items(self.store, self.container).table.delete_range(key.range)
        return Response(200)

    def _read(self, request: Request, items: Items, key: PartitionKey, item_id: str) -> Response:
        outcome = items.read(key, item_id)
        if outcome.item is None:
            raise not_found()
        headers = {"etag": outcome.item.etag}
        if request.headers.get("if-none-match") == outcome.item.etag:
            return Response(304, headers=headers, charge=outcome.charge)
        return Response(200, outcome.item.body, headers, outcome.charge)

    def _create(self, request: Request) -> Response:
        document, key = request.json_object(), self._complete_key(request)
        with self.store.writing() as lsn:
            outcome = Items(self.store, self.container).create(key, document, lsn, _conditions(request))
        return _written(request, outcome)

    def _upsert(self, request: Request) -> Response:
        document, key = request.json_object(), self._complete_key(request)
        with self.store.writing() as lsn:
            outcome = Items(self.store, self.container).upsert(key, document, lsn, _conditions(request))
        return _written(request, outcome)

    def _batch(self, request: Request) -> Response:
        if not request.has_flag("x-ms-cosmos-batch-atomic"):
            raise not_implemented("batches that are not atomic")
        key = self._complete_key(request)
        minimal = _is_minimal(request)
        result = execute_batch(self.store, self.container, key, request.body, minimal=minimal)
        return Response(result.status, result.body, charge=result.charge)

    def _query(self, request: Request) -> Response:
        return self._page(request, parse_statement(request.body), self._scope(request))

    def _feed(self, request: Request) -> Response:
        return self._page(request, EVERYTHING, self._scope(request, may_cross=True))

    def _page(self, request: Request, statement: Statement, scope: Scope) -> Response:
        paging = Paging(request.page_size, request.headers.get("x-ms-continuation", ""))
        page: Page = run_query(self.store, self.container, statement, scope, paging)
        headers = {"x-ms-item-count": str(len(page.results))}
        if page.continuation:
            headers["x-ms-continuation"] = page.continuation
        return Response(200, feed_body(self.container.rid, "Documents", page.results), headers, page.charge)

    def _changes(self, request: Request) -> Response:
        span = self._scope(request).span
        changes = read_changes(self.store, self.container, span, request.headers, request.page_size)
        headers = {"etag": f'"{changes.lsn}"', "x-ms-item-count": str(len(changes.results))}
        if not changes.results:
            wait = preferred_wait(request.headers)
            hold = Hold(self.container.number, wait) if wait else None
            return Response(304, headers=headers, charge=changes.charge, hold=hold)
        return Response(
            200, feed_body(self.container.rid, "Documents", changes.results), headers, changes.charge
        )

    def _scope(self, request: Request, *, may_cross: bool = False) -> Scope:
        headers = request.headers
        if "x-ms-documentdb-partitionkey" in headers:
            key = self.container.partition_key.of_header(headers["x-ms-documentdb-partitionkey"])
            return Scope(key.range, crosses_partitions=False)
        if "x-ms-start-epk" in headers and "x-ms-end-epk" in headers:
            span = parse_range(headers["x-ms-start-epk"], headers["x-ms-end-epk"])
            is_prefix = bool(span[0]) and span[1] == span[0] + b"\xff"
            return Scope(span, crosses_partitions=not is_prefix)
        crossing = may_cross or request.has_flag("x-ms-documentdb-query-enablecrosspartition")
        return Scope(may_cross=crossing)

    def _complete_key(self, request: Request) -> PartitionKey:
        header = request.headers.get("x-ms-documentdb-partitionkey")
        if header is None:
            raise bad_request("PartitionKey value must be supplied for this operation.")
        key = self.container.partition_key.of_header(header)
        if not self.container.partition_key.is_complete(key):
            raise bad_request("The operation needs all levels of the partition key.", MISMATCH_WITH_HEADER)
        return key

    def _id_of(self, items: Items, rid: str) -> str:
        try:
            decoded = base64.b64decode(rid.replace("-", "/"), validate=True)
        except binascii.Error as error:
            raise not_found() from error
        item_id = items.table.id_of(int.from_bytes(decoded[8:16], "big"))
        if item_id is None or decoded[:8] != self.container.rid_bytes:
            raise not_found()
        return item_id


def _conditions(request: Request) -> Conditions:
    return Conditions(request.headers.get("if-match", ""), request.headers.get("if-none-match", ""))


def _written(request: Request, outcome: Outcome) -> Response:
    if outcome.item is None:
        return Response(outcome.status, charge=outcome.charge)
    body = b"" if _is_minimal(request) else outcome.item.body
    return Response(outcome.status, body, {"etag": outcome.item.etag}, outcome.charge)


def _is_minimal(request: Request) -> bool:
    """Tell whether the caller has no use for what it wrote (RFC 7240)."""
    return "return=minimal" in request.headers.get("prefer", "")
