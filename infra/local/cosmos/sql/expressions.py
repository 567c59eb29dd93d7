"""Tokens -> expressions: precedence climbing, loosest first.

`?:`, `??`, OR, AND, NOT, comparisons (with IN, BETWEEN, LIKE), `+ - ||`, `* / %`, signs, member access.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable

from infra.local.cosmos.errors import QueryError, not_implemented
from infra.local.cosmos.sql.lexer import Kind, TokenStream
from infra.local.cosmos.sql.syntax import (
    Aggregate,
    ArrayLiteral,
    Between,
    Binary,
    Call,
    Conditional,
    Constant,
    Expression,
    Identifier,
    In,
    Like,
    Logical,
    Member,
    ObjectLiteral,
    ObjectMember,
    Parameter,
    Query,
    Subquery,
    Unary,
)
from infra.local.cosmos.values import UNDEFINED

COMPARISONS = ("=", "!=", "<>", "<=", ">=", "<", ">")
AGGREGATES = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX", "COUNTIF"})
LITERALS = {"TRUE": True, "FALSE": False, "NULL": None, "UNDEFINED": UNDEFINED}


class ExpressionParser(ABC):
    """Reads one expression at a time from a token stream."""

    def __init__(self, tokens: TokenStream) -> None:
        self.tokens = tokens
        self.parameters: set[str] = set()
        self._inside_aggregate = False

    @abstractmethod
    def query(self) -> Query:
        """Read a subquery."""

    def expression(self) -> Expression:
        """Read an expression up to the first token that cannot continue it."""
        condition = self._coalesced()
        if not self.tokens.accept("?"):
            return condition
        then = self.expression()
        self.tokens.expect(":")
        return Conditional(condition, then, self.expression())

    def _coalesced(self) -> Expression:
        left = self._disjunction()
        while self.tokens.accept("??"):
            left = Binary("??", left, self._disjunction())
        return left

    def _disjunction(self) -> Expression:
        return self._logical("OR", self._conjunction)

    def _conjunction(self) -> Expression:
        return self._logical("AND", self._negation)

    def _logical(self, operator: str, operand: Callable[[], Expression]) -> Expression:
        operands = [operand()]
        while self.tokens.accept_word(operator):
            operands.append(operand())
        return Logical(operator, tuple(operands)) if len(operands) > 1 else operands[0]

    def _negation(self) -> Expression:
        if self.tokens.accept_word("NOT"):
            return Unary("NOT", self._negation())
        return self._comparison()

    def _comparison(self) -> Expression:
        operand = self._sum()
        negated = bool(self.tokens.accept_word("NOT"))
        predicate = self._predicate(operand)
        if predicate is not None:
            return Unary("NOT", predicate) if negated else predicate
        if negated:
            raise self.tokens.failure()
        for operator in COMPARISONS:
            if self.tokens.accept(operator):
                return Binary("!=" if operator == "<>" else operator, operand, self._sum())
        return operand

    def _predicate(self, operand: Expression) -> Expression | None:
        word = self.tokens.accept_word("IN", "BETWEEN", "LIKE")
        if word == "IN":
            self.tokens.expect("(")
            return In(operand, self._list_until(")"))
        if word == "BETWEEN":
            low = self._sum()
            self.tokens.expect_word("AND")
            return Between(operand, low, self._sum())
        if word == "LIKE":
            pattern = self._sum()
            return Like(operand, pattern, self._escape())
        return None

    def _escape(self) -> str:
        if not self.tokens.accept_word("ESCAPE"):
            return ""
        token = self.tokens.current
        if token.kind is not Kind.STRING or len(str(token.value)) != 1:
            raise self.tokens.failure()
        return str(self.tokens.advance().value)

    def _sum(self) -> Expression:
        left = self._product()
        while operator := self._operator("+", "-", "||"):
            left = Binary(operator, left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._signed()
        while operator := self._operator("*", "/", "%"):
            left = Binary(operator, left, self._signed())
        return left

    def _operator(self, *operators: str) -> str:
        return next((operator for operator in operators if self.tokens.accept(operator)), "")

    def _signed(self) -> Expression:
        if operator := self._operator("-", "+"):
            return Unary(operator, self._signed())
        return self._accessed(self._primary())

    def _accessed(self, base: Expression) -> Expression:
        while True:
            if self.tokens.accept("."):
                base = Member(base, Constant(self.name()))
            elif self.tokens.accept("["):
                base = Member(base, self.expression())
                self.tokens.expect("]")
            else:
                return base

    def name(self) -> str:
        """Read a name."""
        if self.tokens.current.kind is not Kind.NAME:
            raise self.tokens.failure()
        return str(self.tokens.advance().value)

    def _primary(self) -> Expression:
        token = self.tokens.current
        if token.kind in {Kind.NUMBER, Kind.STRING}:
            return Constant(self.tokens.advance().value)
        if token.kind is Kind.PARAMETER:
            self.parameters.add(str(token.value))
            return Parameter(str(self.tokens.advance().value))
        if token.kind is Kind.NAME:
            return self._named()
        return self._bracketed()

    def _bracketed(self) -> Expression:
        if self.tokens.accept("("):
            if self.tokens.current.word == "SELECT":
                return self._subquery("SCALAR")
            inner = self.expression()
            self.tokens.expect(")")
            return inner
        if self.tokens.accept("["):
            return ArrayLiteral(self._list_until("]"))
        if self.tokens.accept("{"):
            return self._object()
        raise self.tokens.failure()

    def _subquery(self, form: str) -> Subquery:
        query = self.query()
        self.tokens.expect(")")
        return Subquery(form, query)

    def _list_until(self, closing: str) -> tuple[Expression, ...]:
        if self.tokens.accept(closing):
            return ()
        elements = [self.expression()]
        while self.tokens.accept(","):
            elements.append(self.expression())
        self.tokens.expect(closing)
        return tuple(elements)

    def _object(self) -> ObjectLiteral:
        members: list[ObjectMember] = []
        while not self.tokens.accept("}"):
            if members:
                self.tokens.expect(",")
            if self.tokens.current.kind not in {Kind.STRING, Kind.NAME}:
                raise self.tokens.failure()
            name = str(self.tokens.advance().value)
            self.tokens.expect(":")
            members.append(ObjectMember(name, self.expression()))
        return ObjectLiteral(tuple(members))

    def _named(self) -> Expression:
        token = self.tokens.advance()
        if token.word in LITERALS:
            return Constant(LITERALS[token.word])
        if token.word == "UDF" and self.tokens.accept("."):
            raise not_implemented(f"user-defined functions (udf.{self.name()})")
        if not self.tokens.accept("("):
            return Identifier(str(token.value))
        if token.word in {"EXISTS", "ARRAY"}:
            return self._subquery(token.word)
        if token.word in AGGREGATES:
            return self._aggregate(token.word, token.start, token.end)
        return Call(token.word, self._list_until(")"))

    def _aggregate(self, name: str, start: int, end: int) -> Aggregate:
        if self._inside_aggregate:
            raise QueryError("Cannot perform an aggregate function on an aggregate.", start, end, "SC2102")
        self._inside_aggregate = True
        argument = self.expression()
        self._inside_aggregate = False
        self.tokens.expect(")")
        return Aggregate(name, argument)
