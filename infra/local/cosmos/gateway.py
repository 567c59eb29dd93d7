"""The gateway: authorises a request, finds what it is about and has it answered."""

from dataclasses import dataclass, field

from infra.local.cosmos.authorization import check_signature
from infra.local.cosmos.catalog import Catalog, Container, Database
from infra.local.cosmos.errors import CosmosError, bad_request, not_found, not_implemented
from infra.local.cosmos.faults import FaultBoard, Operation
from infra.local.cosmos.item_requests import POINT_OPERATIONS, ItemRequests, feed_operation
from infra.local.cosmos.messages import Request, Response, error_response, json_response
from infra.local.cosmos.metadata import Metadata
from infra.local.cosmos.routing import Address, parse_target
from infra.local.cosmos.store import Store

CONTROL = "/_local/"
COLLECTION_RID_MISMATCH = 1024
STRONGER_THAN_SESSION = frozenset({"strong", "boundedstaleness"})


@dataclass(frozen=True, slots=True)
class Gateway:
    """Answers one request at a time. What it writes is durable after the next `store.commit()`."""

    store: Store
    catalog: Catalog
    key: bytes
    faults: FaultBoard = field(default_factory=FaultBoard)

    def answer(self, request: Request) -> Response:
        """Return the response; refusals are responses too."""
        try:
            if request.path.startswith(CONTROL):
                return self._control(request)
            address = parse_target(request.method, request.path)
            check_signature(self.key, request.method, address.resource_type, address.link, request.headers)
            _check_features(request)
            return self._route(request, address)
        except CosmosError as error:
            return error_response(error)

    def _control(self, request: Request) -> Response:
        match request.method, request.path.removeprefix(CONTROL):
            case "GET", "health":
                return json_response(200, {"status": "ok"})
            case "GET", "faults":
                return json_response(200, [rule.model_dump() for rule in self.faults.rules])
            case "POST", "faults":
                return json_response(201, self.faults.add(request.body).model_dump())
            case "DELETE", "faults":
                self.faults.clear()
                return Response(204)
            case _:
                raise not_found(f"There is no control {request.method} {request.path}.")

    def _route(self, request: Request, address: Address) -> Response:
        metadata = Metadata(self.store, self.catalog)
        pattern, names = address.pattern, address.names
        if pattern == "offers/*":
            return metadata.offer(request, names[0])
        if not names:
            answers = {"": metadata.account, "dbs": metadata.databases, "offers": metadata.offers}
            return answers[pattern](request)
        database = self.catalog.database(names[0])
        if len(names) > 1:
            return self._route_container(request, address, self.catalog.container(database, names[1]))
        if pattern == "dbs/*/colls":
            return metadata.containers(request, database)
        return metadata.database(request, database)

    def _route_container(self, request: Request, address: Address, container: Container) -> Response:
        _check_intended(request, container)
        metadata = Metadata(self.store, self.catalog)
        if address.pattern == "dbs/*/colls/*":
            return metadata.container(request, container)
        if address.pattern == "dbs/*/colls/*/pkranges":
            return metadata.partition_ranges(request, container)
        items = ItemRequests(self.store, container)
        if address.pattern == "dbs/*/colls/*/operations/*":
            self._strike(container, "delete_partition")
            return items.delete_partition(request)
        if address.pattern == "dbs/*/colls/*/docs":
            operation = feed_operation(request)
            self._strike(container, operation)
            return items.on_feed(request, operation)
        self._strike(container, POINT_OPERATIONS[request.method])
        by_rid = _is_by_rid(container.database, address.names[0])
        return items.on_item(request, address.names[2], by_rid=by_rid)

    def _strike(self, container: Container, operation: Operation) -> None:
        self.faults.strike(container.database.id, container.id, operation)


def _is_by_rid(database: Database, name: str) -> bool:
    """Tell whether a link is one of resource ids: the SDK never mixes them with names."""
    return name == database.rid != database.id


def _check_features(request: Request) -> None:
    for name in ("x-ms-documentdb-pre-trigger-include", "x-ms-documentdb-post-trigger-include"):
        if name in request.headers:
            raise not_implemented("triggers")
    if request.headers.get("x-ms-consistency-level", "").lower() in STRONGER_THAN_SESSION:
        raise bad_request(
            "The consistency of a request cannot be stronger than that of the account (Session)."
        )


def _check_intended(request: Request, container: Container) -> None:
    """Refuse what was meant for a deleted container of the same name; the SDK then refreshes its cache."""
    intended = request.headers.get("x-ms-cosmos-intended-collection-rid")
    if intended is not None and intended != container.rid:
        raise bad_request("The container of this name is not the intended one.", COLLECTION_RID_MISMATCH)
