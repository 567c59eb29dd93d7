"""The rows of the Cosmos probe that query the thirty items of its point rows."""

from collections.abc import Iterator

from azure.cosmos import ContainerProxy

from tests.contract.probes.cosmos_row import Row, has_length, refused


def partition_query_rows(items: ContainerProxy) -> Iterator[Row]:
    """Queries within one partition."""

    def row(name: str, text: str, expected: object) -> Row:
        return Row(f"query: {name}", lambda: list(items.query_items(text, partition_key="t0")), expected)

    yield Row(
        "query: filter with a parameter",
        lambda: list(
            items.query_items(
                "SELECT VALUE c.n FROM c WHERE c.n > @x",
                parameters=[{"name": "@x", "value": 10}],
                partition_key="t1",
            )
        ),
        has_length(6),
    )
    yield row("order and window", "SELECT VALUE c.n FROM c ORDER BY c.n DESC OFFSET 2 LIMIT 3", [21, 18, 15])
    yield row("count", "SELECT VALUE COUNT(1) FROM c WHERE IS_DEFINED(c.n)", [10])
    yield row(
        "several aggregates",
        "SELECT SUM(c.n) AS s, AVG(c.n) AS a, MIN(c.n) AS lo, MAX(c.n) AS hi FROM c",
        [{"s": 135, "a": 13.5, "lo": 0, "hi": 27}],
    )
    yield row("groups", "SELECT c.g, COUNT(1) AS k FROM c GROUP BY c.g", has_length(4))
    yield row(
        "join over an array", "SELECT c.id, a.k FROM c JOIN a IN c.nested.list WHERE a.k = 7", has_length(1)
    )
    yield row(
        "distinct", "SELECT DISTINCT VALUE c.g FROM c", lambda found: set(found) == {"g0", "g1", "g2", "g3"}
    )
    yield row("top", "SELECT TOP 3 * FROM c", has_length(3))
    yield row(
        "array and text functions",
        "SELECT * FROM c WHERE STARTSWITH(c.name, 'Name 1') "
        "AND ARRAY_CONTAINS(c.nested.list, {'k': 12}, true)",
        has_length(1),
    )
    yield row("LIKE", "SELECT * FROM c WHERE c.name LIKE 'Name 1%'", has_length(3))
    yield row("IN", "SELECT * FROM c WHERE c.n IN (3, 6, 9)", has_length(3))
    yield row(
        "EXISTS",
        "SELECT * FROM c WHERE EXISTS(SELECT VALUE a FROM a IN c.nested.list WHERE a.k > 20)",
        has_length(3),
    )
    yield row("clock", "SELECT TOP 1 VALUE GetCurrentTimestamp() FROM c", lambda found: found[0] > 1.7e12)
    yield row("coalesce", "SELECT TOP 1 VALUE (c.none ?? 'd') FROM c", ["d"])


def crossing_query_rows(items: ContainerProxy) -> Iterator[Row]:
    """Queries across partitions."""

    def row(name: str, text: str, expected: object) -> Row:
        return Row(
            f"crossing query: {name}",
            lambda: list(items.query_items(text, enable_cross_partition_query=True)),
            expected,
        )

    yield row("filter", "SELECT * FROM c WHERE c.n >= 0", has_length(30))
    yield row(
        "order",
        "SELECT VALUE c.n FROM c WHERE IS_DEFINED(c.n) ORDER BY c.n DESC",
        lambda found: found[:3] == [29, 28, 27],
    )
    yield row("count", "SELECT VALUE COUNT(1) FROM c", [31])
    groups = "SELECT c.tenantId, COUNT(1) AS k FROM c GROUP BY c.tenantId"
    yield refused(
        "crossing query: groups",
        lambda: list(items.query_items(groups, enable_cross_partition_query=True)),
        400,
        "the gateway refuses what the Python SDK does not declare",
    )
    yield row("window", "SELECT VALUE c.n FROM c WHERE IS_DEFINED(c.n) ORDER BY c.n OFFSET 5 LIMIT 2", [5, 6])
