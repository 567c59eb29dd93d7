"""Syntax trees -> compiled queries: FROM, WHERE, GROUP BY, ORDER BY, projection, DISTINCT and the window."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from infra.local.cosmos.errors import QueryError
from infra.local.cosmos.sql.aggregates import ACCUMULATORS, Accumulator
from infra.local.cosmos.sql.compiler import AGGREGATES, PARAMETERS, Evaluate, ExpressionCompiler, Row
from infra.local.cosmos.sql.parser import parse
from infra.local.cosmos.sql.syntax import (
    Aggregate,
    Expression,
    Identifier,
    Query,
    Source,
    Subquery,
    children,
)
from infra.local.cosmos.values import UNDEFINED, identity, member, order_key

type Documents = Iterable[Mapping[str, Any]]
type Expand = Callable[[Row, Documents], Iterator[Row]]

MOST_ROWS = 2**31


@dataclass(frozen=True, slots=True)
class Group:
    """The aggregates over the rows that share a key; `row` is the first of them."""

    row: Row
    accumulators: list[Accumulator]


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A query that is ready to run; safe to keep and to run any number of times."""

    sources: tuple[Expand, ...]
    where: Evaluate | None
    group_by: tuple[Evaluate, ...]
    aggregates: tuple[tuple[type[Accumulator], Evaluate], ...]
    order_by: tuple[tuple[Evaluate, bool], ...]
    project: Evaluate
    distinct: bool
    offset: Evaluate | None
    limit: Evaluate | None

    @property
    def is_streaming(self) -> bool:
        """Whether each document yields its rows whatever the other documents are."""
        return not (
            self.group_by or self.aggregates or self.order_by or self.distinct or self.limit is not None
        )

    def run(self, documents: Documents, parameters: Mapping[str, Any]) -> Iterator[Any]:
        """Yield the results over the documents; `parameters` are values by `@name`."""
        return self.run_within({PARAMETERS: parameters}, documents)

    def run_within(self, row: Row, documents: Documents) -> Iterator[Any]:
        """Yield the results as a part of the query that the row belongs to."""
        rows = self._filtered(self._expanded(documents, row))
        if self.group_by or self.aggregates:
            rows = self._grouped(rows, row)
        if self.order_by:
            rows = iter(self._ordered(rows))
        results: Iterator[Any] = (value for each in rows if (value := self.project(each)) is not UNDEFINED)
        if self.distinct:
            results = _distinct(results)
        if self.limit is None:
            return results
        offset = _count(self.offset(row), "OFFSET") if self.offset else 0
        return islice(results, offset, offset + _count(self.limit(row), "LIMIT or TOP"))

    def _expanded(self, documents: Documents, row: Row) -> Iterator[Row]:
        rows = iter((row,))
        for source in self.sources:
            rows = _each(source, rows, documents)
        return rows

    def _filtered(self, rows: Iterator[Row]) -> Iterator[Row]:
        where = self.where
        return rows if where is None else (row for row in rows if where(row) is True)

    def _grouped(self, rows: Iterator[Row], outer: Row) -> Iterator[Row]:
        groups: dict[object, Group] = {}
        if not self.group_by:
            groups[()] = Group(outer, [make() for make, _ in self.aggregates])
        for row in rows:
            key = tuple(identity(evaluate(row)) for evaluate in self.group_by)
            group = groups.get(key)
            if group is None:
                group = groups[key] = Group(row, [make() for make, _ in self.aggregates])
            for accumulator, (_, argument) in zip(group.accumulators, self.aggregates, strict=True):
                accumulator.add(argument(row))
        for group in groups.values():
            yield {**group.row, AGGREGATES: [accumulator.result() for accumulator in group.accumulators]}

    def _ordered(self, rows: Iterator[Row]) -> list[Row]:
        ordered = list(rows)
        for evaluate, descending in reversed(self.order_by):
            ordered.sort(key=_sort_key(evaluate), reverse=descending)
        return ordered


def _sort_key(evaluate: Evaluate) -> Callable[[Row], tuple[int, Any]]:
    return lambda row: order_key(evaluate(row))


def _each(source: Expand, rows: Iterator[Row], documents: Documents) -> Iterator[Row]:
    for row in rows:
        yield from source(row, documents)


def _distinct(values: Iterator[Any]) -> Iterator[Any]:
    seen: set[object] = set()
    for value in values:
        key = identity(value)
        if key not in seen:
            seen.add(key)
            yield value


def _count(value: object, clause: str) -> int:
    if type(value) is not int or not 0 <= value < MOST_ROWS:
        raise QueryError(f"{clause} must be a non-negative integer, not {value!r}.", code="SC2061")
    return value


@lru_cache(128)
def compile_text(text: str) -> CompiledQuery:
    """Compile a query text; QueryError (400) tells what is wrong with it."""
    try:
        return compile_query(parse(text).query, frozenset())
    except RecursionError as error:
        raise QueryError("The query is nested too deeply.", code="SC1002") from error


def compile_query(query: Query, outer: frozenset[str]) -> CompiledQuery:
    """Compile a syntax tree whose expressions may use the outer aliases."""
    scope = outer
    sources: list[Expand] = []
    for source in query.sources:
        sources.append(_compile_source(source, scope, is_first=not sources))
        scope |= {source.alias}
    compiler = ExpressionCompiler(scope, _compile_subquery)
    project = _compile_projection(query, compiler)
    _check_clauses(query, compiler)
    window = _compile_window(query, compiler)
    where = None if query.where is None else _without_aggregates(query.where, scope, "WHERE")
    group_by = tuple(_without_aggregates(key, scope, "GROUP BY") for key in query.group_by)
    order_by = tuple(
        (_without_aggregates(item.expression, scope, "ORDER BY"), item.descending) for item in query.order_by
    )
    aggregates = tuple((ACCUMULATORS[name], argument) for name, argument in compiler.aggregates)
    return CompiledQuery(
        tuple(sources), where, group_by, aggregates, order_by, project, query.distinct, *window
    )


def _compile_subquery(query: Query, scope: frozenset[str]) -> Callable[[Row], list[Any]]:
    compiled = compile_query(query, scope)
    return lambda row: list(compiled.run_within(row, ()))


def _compile_projection(query: Query, compiler: ExpressionCompiler) -> Evaluate:
    if query.selects_all:
        if len(query.sources) != 1:
            raise QueryError("'SELECT *' is only valid with a single input set.", code="SC2030")
        return compiler.evaluator(Identifier(query.sources[0].alias))
    if query.value is not None:
        return compiler.evaluator(query.value)
    return compiler.compile_members([(item.name, item.expression) for item in query.items])


def _compile_window(query: Query, compiler: ExpressionCompiler) -> tuple[Evaluate | None, Evaluate | None]:
    limit = query.limit if query.limit is not None else query.top
    return (
        None if query.offset is None else compiler.evaluator(query.offset),
        None if limit is None else compiler.evaluator(limit),
    )


def _without_aggregates(expression: Expression, scope: frozenset[str], clause: str) -> Evaluate:
    compiler = ExpressionCompiler(scope, _compile_subquery)
    evaluate = compiler.evaluator(expression)
    if compiler.aggregates:
        raise QueryError(f"An aggregate function cannot be used in the {clause} clause.", code="SC2102")
    return evaluate


def _check_clauses(query: Query, compiler: ExpressionCompiler) -> None:
    grouped = bool(query.group_by or compiler.aggregates)
    if query.group_by and query.order_by:
        raise QueryError("'ORDER BY' is not supported in presence of GROUP BY.", code="SC2203")
    if query.top is not None and query.limit is not None:
        raise QueryError("TOP cannot be used in the same query as OFFSET LIMIT.", code="SC2204")
    if grouped and (query.selects_all or any(_reads_rows(each, query.group_by) for each in query.projected)):
        raise QueryError(
            "A property reference in the select list is invalid because it is not contained in an aggregate "
            "function or the GROUP BY clause.",
            code="SC2103",
        )


def _reads_rows(node: object, keys: tuple[Expression, ...]) -> bool:
    if isinstance(node, (Aggregate, Subquery)) or node in keys:
        return False
    return isinstance(node, Identifier) or any(_reads_rows(child, keys) for child in children(node))


def _compile_source(source: Source, scope: frozenset[str], *, is_first: bool) -> Expand:
    values = _source_values(source, scope, is_first=is_first)
    alias, iterated = source.alias, source.iterated

    def expand(row: Row, documents: Documents) -> Iterator[Row]:
        for value in values(row, documents):
            if not iterated:
                yield {**row, alias: value}
            elif type(value) is list:
                for element in value:
                    yield {**row, alias: element}

    return expand


def _source_values(
    source: Source, scope: frozenset[str], *, is_first: bool
) -> Callable[[Row, Documents], Iterable[Any]]:
    if isinstance(source.origin, Query):
        return compile_query(source.origin, scope).run_within
    origin = source.origin
    keys = source.path
    if origin in scope:
        return lambda row, _documents: _defined([_follow(row[origin], keys)])
    if not is_first:
        raise QueryError(f"Identifier '{origin}' could not be resolved.", code="SC2001")
    if not keys:
        return lambda _row, documents: documents
    return lambda _row, documents: _defined(_follow(document, keys) for document in documents)


def _follow(value: object, keys: tuple[str | int, ...]) -> object:
    for key in keys:
        value = member(value, key)
    return value


def _defined(values: Iterable[object]) -> Iterator[object]:
    return (value for value in values if value is not UNDEFINED)
