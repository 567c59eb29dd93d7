"""Query text -> syntax tree."""

from dataclasses import dataclass
from functools import lru_cache

from infra.local.cosmos.errors import QueryError
from infra.local.cosmos.sql.expressions import ExpressionParser
from infra.local.cosmos.sql.lexer import Kind, TokenStream
from infra.local.cosmos.sql.syntax import (
    Constant,
    Expression,
    Identifier,
    Member,
    OrderItem,
    Query,
    SelectItem,
    Source,
)

LONGEST_QUERY = 512 * 1024
CLAUSES = frozenset(
    {"FROM", "WHERE", "ORDER", "GROUP", "OFFSET", "LIMIT", "JOIN", "IN", "AS", "ASC", "DESC", "ESCAPE", "NOT"}
)


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query with the names of the parameters that it uses."""

    query: Query
    parameters: frozenset[str]


@lru_cache(128)
def parse(text: str) -> ParsedQuery:
    """Parse a whole query; QueryError (400) names what is wrong and where."""
    if len(text) > LONGEST_QUERY:
        raise QueryError(
            f"The SQL query text exceeded the maximum limit of {LONGEST_QUERY} characters.", code="SC3001"
        )
    parser = QueryParser(TokenStream(text))
    try:
        query = parser.query()
    except RecursionError as error:
        raise QueryError("The query is nested too deeply.", code="SC1002") from error
    if parser.tokens.current.kind is not Kind.END:
        raise parser.tokens.failure()
    return ParsedQuery(query, frozenset(parser.parameters))


class QueryParser(ExpressionParser):
    """Reads a SELECT clause by clause."""

    def query(self) -> Query:
        """Read a SELECT up to its end."""
        self.tokens.expect_word("SELECT")
        distinct = bool(self.tokens.accept_word("DISTINCT"))
        top = self._signed() if self.tokens.accept_word("TOP") else None
        items, value = self._projection()
        sources = self._sources()
        where = self.expression() if self.tokens.accept_word("WHERE") else None
        group_by = self._group_by()
        order_by = self._order_by()
        offset, limit = self._window()
        return Query(items, value, distinct, top, sources, where, group_by, order_by, offset, limit)

    def _projection(self) -> tuple[tuple[SelectItem, ...], Expression | None]:
        if self.tokens.accept("*"):
            return (), None
        if self.tokens.current.word == "VALUE" and not self.tokens.followed_by("."):
            self.tokens.advance()
            return (), self.expression()
        items = [self._item(1)]
        while self.tokens.accept(","):
            items.append(self._item(1 + sum(item.name.startswith("$") for item in items)))
        names = [item.name for item in items]
        if len(set(names)) < len(names):
            raise QueryError(
                f"Cannot use the same property name twice in a projection: {names}.", code="SC2022"
            )
        return tuple(items), None

    def _item(self, unnamed: int) -> SelectItem:
        expression = self.expression()
        return SelectItem(self._alias() or _property_name(expression) or f"${unnamed}", expression)

    def _alias(self) -> str:
        if self.tokens.accept_word("AS"):
            return self.name()
        token = self.tokens.current
        return self.name() if token.kind is Kind.NAME and token.word not in CLAUSES else ""

    def _sources(self) -> tuple[Source, ...]:
        if not self.tokens.accept_word("FROM"):
            return ()
        sources = [self._source()]
        while self.tokens.accept_word("JOIN"):
            sources.append(self._source())
        return tuple(sources)

    def _source(self) -> Source:
        if self.tokens.accept("("):
            query = self.query()
            self.tokens.expect(")")
            return Source(self._alias() or "$subquery", query)
        name = self.name()
        if not self.tokens.accept_word("IN"):
            path = self._path()
            return Source(self._alias() or str(path[-1] if path else name), name, path)
        if self.tokens.accept("("):
            query = self.query()
            self.tokens.expect(")")
            return Source(name, query, iterated=True)
        return Source(name, self.name(), self._path(), iterated=True)

    def _path(self) -> tuple[str | int, ...]:
        path: list[str | int] = []
        while True:
            if self.tokens.accept("."):
                path.append(self.name())
            elif self.tokens.accept("["):
                path.append(self._key())
                self.tokens.expect("]")
            else:
                return tuple(path)

    def _key(self) -> str | int:
        key = self.tokens.current
        if key.kind not in {Kind.STRING, Kind.NUMBER} or isinstance(key.value, float):
            raise self.tokens.failure()
        self.tokens.advance()
        return key.value

    def _group_by(self) -> tuple[Expression, ...]:
        if not self.tokens.accept_word("GROUP"):
            return ()
        self.tokens.expect_word("BY")
        keys = [self.expression()]
        while self.tokens.accept(","):
            keys.append(self.expression())
        return tuple(keys)

    def _order_by(self) -> tuple[OrderItem, ...]:
        if not self.tokens.accept_word("ORDER"):
            return ()
        self.tokens.expect_word("BY")
        items = [self._order_item()]
        while self.tokens.accept(","):
            items.append(self._order_item())
        return tuple(items)

    def _order_item(self) -> OrderItem:
        expression = self.expression()
        return OrderItem(expression, self.tokens.accept_word("ASC", "DESC") == "DESC")

    def _window(self) -> tuple[Expression | None, Expression | None]:
        if not self.tokens.accept_word("OFFSET"):
            return None, None
        offset = self._signed()
        self.tokens.expect_word("LIMIT")
        return offset, self._signed()


def _property_name(expression: Expression) -> str:
    match expression:
        case Member(key=Constant(value=str(name))) | Identifier(name=name):
            return name
        case _:
            return ""
