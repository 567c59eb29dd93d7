"""The rows of the Cosmos probe. Each generator prepares what its next row needs just before it yields it."""

import base64
import time
from collections.abc import Iterator
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.cosmos import ContainerProxy, CosmosClient, DatabaseProxy, PartitionKey

from tests.contract.probes.cosmos_query_rows import crossing_query_rows, partition_query_rows
from tests.contract.probes.cosmos_row import Row, has_length, refused
from tests.fixtures.cosmos import Account

IF_UNCHANGED = MatchConditions.IfNotModified
SCRIPT = {"id": "script", "body": "function () {}"}


def all_rows(client: CosmosClient, account: Account, database_name: str) -> Iterator[Row]:
    """Yield the 71 rows; each must have run before the next is asked for."""
    yield Row("client", lambda: client.get_database_account().ConsistencyPolicy)
    yield Row(
        "create database", lambda: client.create_database_if_not_exists(database_name).id, database_name
    )
    database = client.get_database_client(database_name)
    yield Row("read database", lambda: database.read()["id"], database_name)
    yield from container_rows(database)
    items, unique = database.get_container_client("single"), database.get_container_client("unique")
    yield from point_rows(items)
    yield from partition_query_rows(items)
    yield from crossing_query_rows(items)
    yield from feed_rows(items)
    yield from etag_rows(items)
    yield from change_rows(items)
    yield from change_feed_rows(items)
    yield from service_rows(items)
    yield from refusal_rows(items)
    yield from unique_and_ttl_rows(unique)
    yield from hierarchy_rows(database.get_container_client("levels"))
    yield refused("wrong key", lambda: open_with_wrong_key(account), 401)


def container_rows(database: DatabaseProxy) -> Iterator[Row]:
    """Containers with each kind of setting."""
    yield Row(
        "container with a single key",
        lambda: database.create_container_if_not_exists("single", PartitionKey("/tenantId")).id,
    )
    levels = PartitionKey(["/tenantId", "/courseId"], kind="MultiHash")
    yield Row("container with a hierarchical key", lambda: database.create_container("levels", levels).id)
    settings: dict[str, Any] = {
        "unique_key_policy": {"uniqueKeys": [{"paths": ["/email"]}]},
        "default_ttl": 2,
        "offer_throughput": 400,
        "indexing_policy": {
            "indexingMode": "consistent",
            "includedPaths": [{"path": "/*"}],
            "excludedPaths": [{"path": "/blob/*"}],
            "compositeIndexes": [
                [{"path": "/a", "order": "ascending"}, {"path": "/b", "order": "descending"}]
            ],
        },
    }
    key = PartitionKey("/tenantId")
    yield Row(
        "container with unique keys, TTL and indexes",
        lambda: database.create_container("unique", key, **settings).id,
    )
    unique = database.get_container_client("unique")
    yield Row("container settings", lambda: unique.read()["defaultTtl"], 2)
    yield Row(
        "list containers",
        lambda: {each["id"] for each in database.list_containers()},
        {"single", "levels", "unique"},
    )


def point_rows(items: ContainerProxy) -> Iterator[Row]:
    """Points: thirty items in three partitions."""
    for n in range(30):
        items.upsert_item(
            {
                "id": str(n),
                "tenantId": f"t{n % 3}",
                "n": n,
                "g": f"g{n % 4}",
                "nested": {"a": n, "list": [{"k": n}, {"k": n + 1}]},
                "name": f"Name {n}",
            }
        )
    yield Row("point read", lambda: items.read_item("4", "t1")["n"], 4)
    yield refused("point read under another key", lambda: items.read_item("4", "t2"), 404)
    yield refused("create twice", lambda: items.create_item({"id": "4", "tenantId": "t1"}), 409)
    yield Row(
        "same id under another key", lambda: items.create_item({"id": "4", "tenantId": "tX"})["id"], "4"
    )
    yield Row("the first one is intact", lambda: items.read_item("4", "t1")["tenantId"], "t1")


def feed_rows(items: ContainerProxy) -> Iterator[Row]:
    """Pages and feeds."""

    def pages() -> list[list[int]]:
        found: list[list[int]] = []
        token: str | None = None
        while token or not found:
            result: Any = items.query_items(
                "SELECT VALUE c.n FROM c ORDER BY c.n", partition_key="t0", max_item_count=4
            ).by_page(token)
            found.append(list(next(result)))
            token = result.continuation_token
        return found

    yield Row("continuation", pages, [[0, 3, 6, 9], [12, 15, 18, 21], [24, 27]])
    yield Row("read all items", lambda: len(list(items.read_all_items())), 31)
    wanted = [("1", "t1"), ("2", "t2"), ("3", "t0")]
    yield Row("read many items", lambda: len(items.read_items(wanted)), 3)


def etag_rows(items: ContainerProxy) -> Iterator[Row]:
    """Optimistic concurrency."""
    old = items.read_item("3", "t0")
    stale: dict[str, Any] = {"etag": old["_etag"], "match_condition": IF_UNCHANGED}
    yield Row(
        "replace with the right ETag", lambda: items.replace_item(old, {**old, "n": 300}, **stale)["n"], 300
    )
    yield refused(
        "replace with a stale ETag", lambda: items.replace_item(old, {**old, "n": 301}, **stale), 412
    )
    yield refused("upsert with a stale ETag", lambda: items.upsert_item({**old, "n": 301}, **stale), 412)
    yield refused("delete with a stale ETag", lambda: items.delete_item(old, "t0", **stale), 412)
    current = items.read_item("3", "t0")["_etag"]
    yield Row(
        "read if changed",
        lambda: dict(items.read_item("3", "t0", etag=current, match_condition=MatchConditions.IfModified)),
        {},
        known_difference="the SDK makes an empty dict of the 304",
    )


def change_rows(items: ContainerProxy) -> Iterator[Row]:
    """Patches, batches and deletes."""
    operations: list[dict[str, Any]] = [
        {"op": "set", "path": "/new", "value": 5},
        {"op": "incr", "path": "/n", "value": 4},
        {"op": "remove", "path": "/nested/a"},
        {"op": "replace", "path": "/name", "value": "Z"},
        {"op": "add", "path": "/nested/list/0", "value": {"k": -1}},
    ]
    yield Row(
        "patch",
        lambda: items.patch_item("6", "t0", operations),
        lambda item: (item["n"], item["new"], "a" in item["nested"], item["name"]) == (10, 5, False, "Z"),
    )
    yield refused(
        "patch whose filter does not hold",
        lambda: items.patch_item("6", "t0", operations[:1], filter_predicate="FROM c WHERE c.n = -1"),
        412,
    )
    batch: list[Any] = [
        ("create", ({"id": "b1", "tenantId": "t0"},)),
        ("upsert", ({"id": "b2", "tenantId": "t0"},)),
        ("read", ("b1",)),
        ("replace", ("b1", {"id": "b1", "tenantId": "t0", "v": 2})),
        ("patch", ("b1", [{"op": "incr", "path": "/v", "value": 1}])),
        ("delete", ("b2",)),
    ]
    yield Row(
        "batch",
        lambda: [each["statusCode"] for each in items.execute_item_batch(batch, "t0")],
        [201, 201, 200, 200, 200, 204],
    )
    yield Row("batch that fails leaves nothing", lambda: failed_batch(items), "rolled back")
    yield Row("delete", lambda: items.delete_item("9", "t0"))
    yield Row("delete by partition key", lambda: delete_partition(items, "t2"), [])


def failed_batch(items: ContainerProxy) -> str:
    """Run a batch whose second operation conflicts and tell what is left of the first."""
    batch: list[Any] = [
        ("create", ({"id": "b9", "tenantId": "t0"},)),
        ("create", ({"id": "0", "tenantId": "t0"},)),
    ]
    try:
        items.execute_item_batch(batch, "t0")
    except HttpResponseError:
        left = list(items.query_items("SELECT * FROM c WHERE c.id = 'b9'", partition_key="t0"))
        return "half applied" if left else "rolled back"
    return "no error"


def delete_partition(items: ContainerProxy, key: str) -> list[Any]:
    """Delete a partition and return what is left in it."""
    items.delete_all_items_by_partition_key(key)
    return list(items.query_items("SELECT * FROM c", partition_key=key))


def change_feed_rows(items: ContainerProxy) -> Iterator[Row]:
    """The change feed."""

    def changes(**options: Any) -> list[str]:  # noqa: ANN401 - the options of the SDK
        return [each["id"] for each in items.query_items_change_feed(**options)]

    yield Row("change feed from the beginning", lambda: len(changes(start_time="Beginning")), 21)
    token = items.client_connection.last_response_headers["etag"]
    items.upsert_item({"id": "changed", "tenantId": "t0"})
    yield Row("change feed goes on", lambda: changes(continuation=token), ["changed"])
    yield Row(
        "change feed of a partition", lambda: len(changes(start_time="Beginning", partition_key="t0")), 11
    )
    yield Row("feed ranges", lambda: len(list(items.read_feed_ranges())), lambda count: count >= 1)


def service_rows(items: ContainerProxy) -> Iterator[Row]:
    """Charges, throughput and scripts."""

    def charge() -> tuple[float, str]:
        items.read_item("0", "t0")
        headers = items.client_connection.last_response_headers
        return float(headers["x-ms-request-charge"]), headers["x-ms-session-token"]

    yield Row("charge and session token", charge, lambda found: found[0] >= 1 and "#" in found[1])
    yield Row("throughput", lambda: items.get_throughput().offer_throughput, 400)
    scripts: Any = items.scripts
    absent = "not implemented here, not used by the application"
    yield refused("create a stored procedure", lambda: scripts.create_stored_procedure(SCRIPT), 501, absent)
    yield refused(
        "execute a stored procedure",
        lambda: scripts.execute_stored_procedure("script", partition_key="t0"),
        501,
        absent,
    )
    yield refused(
        "create a user-defined function", lambda: scripts.create_user_defined_function(SCRIPT), 501, absent
    )


def refusal_rows(items: ContainerProxy) -> Iterator[Row]:
    """Items that the service does not take."""
    foreign = {"id": "foreign", "tenantId": "t1"}
    yield refused(
        "body and key differ",
        lambda: items.client_connection.CreateItem(items.container_link, foreign, {"partitionKey": "t0"}),
        400,
    )
    large = {"id": "large", "tenantId": "t0", "x": "y" * (2 * 1024 * 1024 + 10)}
    yield refused("item above 2 MB", lambda: items.create_item(large), 413)


def unique_and_ttl_rows(unique: ContainerProxy) -> Iterator[Row]:
    """Unique keys and time to live."""
    unique.create_item({"id": "a", "tenantId": "t", "email": "x"})
    yield refused("unique key", lambda: unique.create_item({"id": "b", "tenantId": "t", "email": "x"}), 409)
    time.sleep(3.1)
    yield refused("expired item", lambda: unique.read_item("a", "t"), 404)


def hierarchy_rows(levels: ContainerProxy) -> Iterator[Row]:
    """Hierarchical keys."""

    def upserts() -> int:
        for n in range(12):
            levels.upsert_item({"id": str(n), "tenantId": f"t{n % 2}", "courseId": f"c{n % 3}", "n": n})
        return 12

    def query(text: str, *key: str) -> list[Any]:
        return list(levels.query_items(text, partition_key=list(key)))

    key = ["t0", "c1"]
    yield Row("hierarchy: upserts", upserts, 12)
    yield Row("hierarchy: point read", lambda: levels.read_item("4", key)["n"], 4)
    yield refused("hierarchy: read under another key", lambda: levels.read_item("4", ["t0", "c2"]), 404)
    yield Row("hierarchy: query by key", lambda: query("SELECT * FROM c", *key), has_length(2))
    yield Row("hierarchy: query by prefix", lambda: query("SELECT * FROM c", "t0"), has_length(6))
    yield Row(
        "hierarchy: order by prefix",
        lambda: query("SELECT VALUE c.n FROM c ORDER BY c.n DESC", "t0"),
        [10, 8, 6, 4, 2, 0],
    )
    yield Row(
        "hierarchy: groups by prefix",
        lambda: query("SELECT c.courseId, COUNT(1) AS k FROM c GROUP BY c.courseId", "t0"),
        has_length(3),
    )
    yield Row(
        "hierarchy: crossing count",
        lambda: list(levels.query_items("SELECT VALUE COUNT(1) FROM c", enable_cross_partition_query=True)),
        [12],
    )
    new = {"id": "q", "tenantId": "t0", "courseId": "c1"}
    yield Row(
        "hierarchy: batch", lambda: levels.execute_item_batch([("create", (new,))], key)[0]["statusCode"], 201
    )
    step = [{"op": "incr", "path": "/n", "value": 1}]
    yield Row("hierarchy: patch", lambda: levels.patch_item("4", key, step)["n"], 5)
    yield Row("hierarchy: delete", lambda: levels.delete_item("4", key))


def open_with_wrong_key(account: Account) -> object:
    """Try to read the account with another key."""
    wrong = base64.b64encode(b"another key").decode()
    with CosmosClient(account.endpoint, wrong, retry_total=0) as client:
        return client.get_database_account()
