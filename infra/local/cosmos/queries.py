"""Queries over the items of a container: scope, paging and continuation.

A continuation names the query that it belongs to. Where each item yields its rows on its own, it holds the
position of the last item; otherwise the number of rows already given, and the next page runs the query again.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.cosmos import charges
from infra.local.cosmos.catalog import Container
from infra.local.cosmos.errors import QueryError, bad_request
from infra.local.cosmos.item_table import EpkRange, ItemKey, ItemTable, StoredItem
from infra.local.cosmos.partition_keys import ALL_KEYS
from infra.local.cosmos.pushdown import Narrowing, alternatives, narrow
from infra.local.cosmos.query_rules import check_cross_partition, check_order, is_served_by_index
from infra.local.cosmos.sql.execution import CompiledQuery, compile_text
from infra.local.cosmos.sql.parser import parse
from infra.local.cosmos.sql.syntax import Query
from infra.local.cosmos.store import Store
from infra.local.cosmos.values import dump_json, load_json

LARGEST_PAGE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Scope:
    """The keys that a request is confined to. Without confinement it crosses partitions."""

    span: EpkRange = ALL_KEYS
    crosses_partitions: bool = True
    may_cross: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """A query text with its parameters, `@name` to value."""

    text: str
    parameters: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """A short text that a continuation carries to be used with this statement only."""
        return hashlib.blake2b(self.text.encode(errors="replace"), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True)
class Paging:
    """The most results of one response, and the continuation that the caller came with or an empty text."""

    size: int
    continuation: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Results as JSON texts, where to go on (empty at the end), and the charge."""

    results: list[bytes]
    continuation: str
    charge: float


@dataclass(slots=True)
class Meter:
    """Counts the items and bytes that a query read, and those that matched."""

    items: int = 0
    size: int = 0

    def count(self, item: StoredItem) -> None:
        """Count an item."""
        self.items += 1
        self.size += len(item.body)


def parse_statement(body: bytes) -> Statement:
    """Read the body of a query request; 400 when it is not one."""
    try:
        request = load_json(body)
        text = request["query"]
        parameters = {each["name"]: each["value"] for each in request.get("parameters") or ()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise bad_request(f"The query request is not valid: {error!r}.") from error
    if not isinstance(text, str):
        raise bad_request("The query must be a text.")
    missing = sorted(parse(text).parameters - parameters.keys())
    if missing:
        raise QueryError(
            f"The query uses parameters that were not supplied: {', '.join(missing)}.", code="SC2062"
        )
    return Statement(text, parameters)


def run_query(store: Store, container: Container, statement: Statement, scope: Scope, paging: Paging) -> Page:
    """Return a page of results; 400 for what the service refuses."""
    query = parse(statement.text).query
    compiled = compile_text(statement.text)
    check_order(query, container.indexing)
    narrowed = _narrowings(query, statement, container)
    if scope.crosses_partitions:
        check_cross_partition(query)
        if not scope.may_cross and not _is_one_partition(narrowed):
            raise bad_request(
                "Cross partition query is required but disabled. Please set x-ms-documentdb-query-"
                "enablecrosspartition to true, specify x-ms-documentdb-partitionkey, or revise your query to "
                "avoid this exception."
            )
    reader = _Reader(ItemTable(store, container.number), _ranges(scope, narrowed))
    start = _parse_continuation(paging.continuation, statement)
    results, following = (
        _stream(reader, compiled, statement, start, paging.size)
        if compiled.is_streaming
        else _materialise(reader, compiled, statement, start, paging.size)
    )
    token = dump_json({"query": statement.digest, **following}) if following else ""
    return Page(results, token, _charge(reader.meter, results, query, container))


def _narrowings(query: Query, statement: Statement, container: Container) -> list[Narrowing] | None:
    root = query.sources[0] if query.sources else None
    if root is None or not isinstance(root.origin, str) or root.path or root.iterated:
        return None
    cases = alternatives(query.where, root.alias, statement.parameters)
    return narrow(cases, container.partition_key)


def _is_one_partition(narrowed: list[Narrowing] | None) -> bool:
    return narrowed is not None and len(narrowed) == 1 and narrowed[0].is_whole_key


def _ranges(scope: Scope, narrowed: list[Narrowing] | None) -> list[Narrowing]:
    if narrowed is None:
        return [Narrowing(scope.span, None, is_whole_key=False)]
    low, high = scope.span
    clipped = []
    for each in narrowed:
        span = max(low, each.span[0]), min(high, each.span[1])
        if span[0] < span[1]:
            clipped.append(Narrowing(span, each.ids, each.is_whole_key and span == each.span))
    return clipped


class _Reader:
    """Reads the items of several key ranges in key order and meters them."""

    def __init__(self, table: ItemTable, ranges: list[Narrowing]) -> None:
        self._table = table
        self._ranges = ranges
        self.meter = Meter()

    def items(self, after: ItemKey | None) -> Iterator[StoredItem]:
        """Yield the items behind a position, or all."""
        for narrowing in self._ranges:
            if after is not None and narrowing.span[1] <= after[0]:
                continue
            for item in self._items_of(narrowing, after):
                self.meter.count(item)
                yield item

    def _items_of(self, narrowing: Narrowing, after: ItemKey | None) -> Iterator[StoredItem]:
        if narrowing.ids is None or not narrowing.is_whole_key:
            position = after if after is not None and after[0] >= narrowing.span[0] else None
            yield from self._table.scan(narrowing.span, position)
            return
        epk = narrowing.span[0]
        for item_id in sorted(set(narrowing.ids)):
            if after is None or (epk, item_id) > after:
                item = self._table.find_live(epk, item_id)
                if item is not None:
                    yield item


def _stream(
    reader: _Reader, compiled: CompiledQuery, statement: Statement, start: dict[str, Any], page_size: int
) -> tuple[list[bytes], dict[str, Any]]:
    results: list[bytes] = []
    size = 0
    after: ItemKey | None = (bytes.fromhex(start["epk"]), start["id"]) if "epk" in start else None
    skip = start.get("skip", 0)
    for item in reader.items(after):
        document = load_json(item.body)
        emitted = 0
        for value in compiled.run((document,), statement.parameters):
            emitted += 1
            if emitted <= skip:
                continue
            if len(results) == page_size or size > LARGEST_PAGE:
                return results, _position(after, emitted - 1)
            results.append(item.body if value is document else dump_json(value).encode())
            size += len(results[-1])
        skip = 0
        after = item.key
    return results, {}


def _position(after: ItemKey | None, skip: int) -> dict[str, Any]:
    place = {} if after is None else {"epk": after[0].hex(), "id": after[1]}
    return {**place, "skip": skip}


def _materialise(
    reader: _Reader, compiled: CompiledQuery, statement: Statement, start: dict[str, Any], page_size: int
) -> tuple[list[bytes], dict[str, Any]]:
    documents = (load_json(item.body) for item in reader.items(None))
    offset = start.get("offset", 0)
    results: list[bytes] = []
    size = 0
    for position, value in enumerate(compiled.run(documents, statement.parameters)):
        if position < offset:
            continue
        if len(results) == page_size or size > LARGEST_PAGE:
            return results, {"offset": position}
        results.append(dump_json(value).encode())
        size += len(results[-1])
    return results, {}


def _parse_continuation(token: str, statement: Statement) -> dict[str, Any]:
    if not token:
        return {}
    try:
        start: dict[str, Any] = json.loads(token)
        valid = start["query"] == statement.digest
    except (ValueError, KeyError, TypeError):
        valid = False
    if not valid:
        raise bad_request("The continuation token is malformed or belongs to another query.")
    return start


def _charge(meter: Meter, results: list[bytes], query: Query, container: Container) -> float:
    if is_served_by_index(query, container.indexing):
        return charges.query(min(len(results), meter.items), min(sum(map(len, results)), meter.size))
    return charges.query(meter.items, meter.size)
