"""Queries over the items of a container: scope, paging and continuation.

Where each item yields its rows on its own, a page goes on at the item where the one before it stopped;
otherwise each page runs the whole query again and leaves out the rows already given.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.cosmos import charges
from infra.local.cosmos.catalog import Container
from infra.local.cosmos.continuation import Start, read_continuation, write_continuation
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
        whole = dump_json([self.text, dict(self.parameters)]).encode()
        return hashlib.blake2b(whole, digest_size=6).hexdigest()


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
    results = _Results(paging.size)
    start = read_continuation(paging.continuation, statement.digest)
    run = _stream if compiled.is_streaming else _materialise
    following = run(reader, compiled, statement, start, results)
    token = write_continuation(statement.digest, following)
    return Page(results.texts, token, _charge(reader.meter, results.texts, query, container))


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

    def items(self, start: ItemKey | None) -> Iterator[StoredItem]:
        """Yield the items from a position on, or all."""
        for narrowing in self._ranges:
            if start is None or start[0] < narrowing.span[1]:
                for item in self._items_of(narrowing, start):
                    self.meter.count(item)
                    yield item

    def _items_of(self, narrowing: Narrowing, start: ItemKey | None) -> Iterator[StoredItem]:
        if start is not None and start[0] < narrowing.span[0]:
            start = None
        if narrowing.ids is None or not narrowing.is_whole_key:
            yield from self._table.scan(narrowing.span, start)
            return
        epk = narrowing.span[0]
        for item_id in sorted(set(narrowing.ids)):
            if start is None or (epk, item_id) >= start:
                item = self._table.find_live(epk, item_id)
                if item is not None:
                    yield item


class _Results:
    """The results of a page, up to its limits."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self.texts: list[bytes] = []

    @property
    def is_full(self) -> bool:
        """Whether the next result belongs to the next page."""
        return len(self.texts) >= self._most or self._size > LARGEST_PAGE

    def add(self, text: bytes) -> None:
        """Add a result."""
        self.texts.append(text)
        self._size += len(text)


def _stream(
    reader: _Reader, compiled: CompiledQuery, statement: Statement, start: Start, results: _Results
) -> Start | None:
    """Take the rows of one item after the other and return where the next page starts."""
    for item in reader.items(start.at):
        document = load_json(item.body)
        skip = start.skip if item.key == start.at else 0
        for position, value in enumerate(compiled.run((document,), statement.parameters)):
            if position < skip:
                continue
            if results.is_full:
                return Start(at=item.key, skip=position)
            results.add(item.body if value is document else dump_json(value).encode())
    return None


def _materialise(
    reader: _Reader, compiled: CompiledQuery, statement: Statement, start: Start, results: _Results
) -> Start | None:
    """Run the whole query, take the page's part of its rows and return where the next page starts."""
    documents = (load_json(item.body) for item in reader.items(None))
    for position, value in enumerate(compiled.run(documents, statement.parameters)):
        if position < start.offset:
            continue
        if results.is_full:
            return Start(offset=position)
        results.add(dump_json(value).encode())
    return None


def _charge(meter: Meter, results: list[bytes], query: Query, container: Container) -> float:
    if is_served_by_index(query, container.indexing):
        return charges.query(min(len(results), meter.items), min(sum(map(len, results)), meter.size))
    return charges.query(meter.items, meter.size)
