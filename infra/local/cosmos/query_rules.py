"""What the gateway refuses before it runs a query, and whether an index serves its filter."""

from infra.local.cosmos.errors import QueryError, bad_request
from infra.local.cosmos.indexing import IndexingPolicy, Path
from infra.local.cosmos.sql.syntax import Expression, Member, Query, aggregates_of, children, property_path


def check_cross_partition(query: Query) -> None:
    """Refuse what the Python SDK does not declare: GROUP BY and any aggregates but a single VALUE one."""
    aggregates = aggregates_of(query)
    if query.group_by:
        raise bad_request(_unsupported("GroupBy"))
    if len(aggregates) > 1:
        raise bad_request(_unsupported("MultipleAggregates"))
    if aggregates and query.value is None:
        raise bad_request("Cross partition query only supports 'VALUE <AggregateFunc>' for aggregates.")


def _unsupported(feature: str) -> str:
    return (
        "Query contains 1 or more unsupported features. Upgrade your SDK to a version that does support the "
        f"requested features: Query contained {feature}, which the calling client does not support."
    )


def check_order(query: Query, policy: IndexingPolicy) -> None:
    """Refuse an ORDER BY that no index serves."""
    if not query.order_by:
        return
    order = tuple((_order_path(query, item.expression), item.descending) for item in query.order_by)
    if len(order) > 1 and not policy.serves(order):
        raise bad_request(
            "The order by query does not have a corresponding composite index that it can be served from."
        )
    if len(order) == 1 and not policy.covers(order[0][0]):
        raise bad_request("The index path corresponding to the specified order-by item is excluded.")


def _order_path(query: Query, expression: Expression) -> Path:
    root = query.sources[0] if query.sources else None
    path = property_path(expression, root.alias) if root and isinstance(root.origin, str) else None
    if root is None or not path or root.iterated:
        raise QueryError(
            "Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.",
            code="SC2060",
        )
    return tuple("[]" if isinstance(key, int) else key for key in root.path) + path


def is_served_by_index(query: Query, policy: IndexingPolicy) -> bool:
    """Tell whether every property of the document that the filter reads is indexed; if not, it is a scan."""
    if query.where is None:
        return True
    alias = query.sources[0].alias if query.sources else ""
    return all(policy.covers(path) for path in _paths_read(query.where, alias))


def _paths_read(node: object, alias: str) -> list[Path]:
    path = property_path(node, alias) if isinstance(node, Member) else None
    if path:
        return [path]
    return [found for child in children(node) for found in _paths_read(child, alias)]
