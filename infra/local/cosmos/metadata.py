"""Requests about the account, databases, containers, their partition ranges and offers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.cosmos.catalog import Catalog, Container, Database
from infra.local.cosmos.errors import not_found
from infra.local.cosmos.item_table import ItemTable
from infra.local.cosmos.messages import Request, Response, json_response
from infra.local.cosmos.offers import DEFAULT, all_offers, check_offer, find_offer, offer_of_headers
from infra.local.cosmos.queries import parse_statement
from infra.local.cosmos.sql.execution import compile_text
from infra.local.cosmos.store import Store

RANGES_ETAG = '"1"'


@dataclass(frozen=True, slots=True)
class Metadata:
    """Answers requests about everything but items."""

    store: Store
    catalog: Catalog

    def account(self, request: Request) -> Response:
        """Return the account document: it names the address that the client used, where the SDK goes on."""
        locations = [
            {"name": "Local", "databaseAccountEndpoint": f"http://{request.headers.get('host', '')}/"}
        ]
        replicas = {"asyncReplication": False, "minReplicaSetSize": 1, "maxReplicasetSize": 4}
        return json_response(
            200,
            {
                "id": "localhost",
                "_rid": "localhost",
                "_self": "",
                "_dbs": "//dbs/",
                "media": "//media/",
                "addresses": "//addresses/",
                "writableLocations": locations,
                "readableLocations": locations,
                "enableMultipleWriteLocations": False,
                "userReplicationPolicy": replicas,
                "systemReplicationPolicy": replicas,
                "userConsistencyPolicy": {"defaultConsistencyLevel": "Session"},
                "readPolicy": {"primaryReadCoefficient": 1, "secondaryReadCoefficient": 1},
                "queryEngineConfiguration": "{}",
            },
        )

    def databases(self, request: Request) -> Response:
        """List, query or create databases."""
        if request.method == "POST" and not request.is_query:
            with self.store.writing():
                database = self.catalog.create_database(
                    request.json_object(), offer_of_headers(request.headers)
                )
            return json_response(201, database.as_json())
        return _feed(request, "", "Databases", (each.as_json() for each in self.catalog.databases()))

    def database(self, request: Request, database: Database) -> Response:
        """Read or delete a database."""
        if request.method == "DELETE":
            with self.store.writing():
                self.catalog.delete_database(database)
            return Response(204)
        return json_response(200, database.as_json())

    def containers(self, request: Request, database: Database) -> Response:
        """List, query or create containers."""
        if request.method == "POST" and not request.is_query:
            offer = offer_of_headers(request.headers)
            if offer is None and database.offer is None:
                offer = dict(DEFAULT)
            with self.store.writing():
                container = self.catalog.create_container(database, request.json_object(), offer)
            return json_response(201, container.as_json())
        containers = (each.as_json() for each in self.catalog.containers(database))
        return _feed(request, database.rid, "DocumentCollections", containers)

    def container(self, request: Request, container: Container) -> Response:
        """Read, replace or delete a container."""
        if request.method == "DELETE":
            with self.store.writing():
                self.catalog.delete_container(container)
            return Response(204)
        if request.method == "PUT":
            with self.store.writing():
                changed = self.catalog.replace_container(container, request.json_object())
                if changed.default_ttl != container.default_ttl:
                    ItemTable(self.store, changed.number).set_default_ttl(changed.default_ttl)
            return json_response(200, changed.as_json())
        return json_response(200, container.as_json())

    def partition_ranges(self, request: Request, container: Container) -> Response:
        """Return the one range there is; 304 when the client has it, for the SDK reads until it gets one."""
        headers = {"etag": RANGES_ETAG}
        if request.headers.get("if-none-match") == RANGES_ETAG:
            return Response(304, headers=headers)
        whole = {
            "id": "0",
            "_rid": container.rid,
            "_self": f"{container.self_link}pkranges/0/",
            "_etag": RANGES_ETAG,
            "_ts": container.ts,
            "minInclusive": "",
            "maxExclusive": "FF",
            "ridPrefix": 0,
            "throughputFraction": 1,
            "status": "online",
            "parents": [],
        }
        return json_response(
            200, {"_rid": container.rid, "PartitionKeyRanges": [whole], "_count": 1}, headers
        )

    def offers(self, request: Request) -> Response:
        """List or query offers."""
        return _feed(request, "", "Offers", (resource for _, resource in all_offers(self.catalog)))

    def offer(self, request: Request, rid: str) -> Response:
        """Read or replace an offer."""
        owner, resource = find_offer(self.catalog, rid)
        if request.method != "PUT":
            return json_response(200, resource)
        wanted = request.json_object()
        if wanted.get("resource") != resource["resource"]:
            raise not_found("The offer belongs to another resource.")
        with self.store.writing():
            self.catalog.set_offer(owner, check_offer(wanted.get("content") or {}))
        return json_response(200, find_offer(self.catalog, rid)[1])


def _feed(request: Request, rid: str, name: str, resources: Iterable[Mapping[str, Any]]) -> Response:
    found: list[Any] = list(resources)
    if request.is_query:
        statement = parse_statement(request.body)
        found = list(compile_text(statement.text).run(found, statement.parameters))
    return json_response(200, {"_rid": rid, name: found, "_count": len(found)})
