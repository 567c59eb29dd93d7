"""Expressions -> closures over a row.

A row maps the aliases of the input sets to their values, PARAMETERS to the values of the parameters by
`@name`, and AGGREGATES to the results of the group that the row stands for.
"""

import math
import operator
import re
from collections.abc import Callable
from functools import lru_cache, singledispatchmethod
from typing import Any

from infra.local.cosmos.errors import QueryError
from infra.local.cosmos.sql.functions import Function, find_function, tidy
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
    Parameter,
    Query,
    Subquery,
    Unary,
)
from infra.local.cosmos.values import NUMBER, RANKS, STRING, UNDEFINED, Undefined, equals, member, ordering

type Row = dict[str, Any]
type Evaluate = Callable[[Row], Any]
type Operation = Callable[[Any, Any], Any]
type RunSubquery = Callable[[Row], list[Any]]
type CompileSubquery = Callable[[Query, frozenset[str]], RunSubquery]

AGGREGATES = "$aggregates"
PARAMETERS = "$parameters"


def _arithmetic(compute: Callable[[float, float], float]) -> Operation:
    def apply(left: Any, right: Any) -> object:  # noqa: ANN401 - the ranks tell the types
        if RANKS[type(left)] != NUMBER or RANKS[type(right)] != NUMBER:
            return UNDEFINED
        try:
            return tidy(compute(left, right))
        except (ArithmeticError, ValueError):
            return UNDEFINED

    return apply


def _join_texts(left: object, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    return UNDEFINED


def _differs(left: object, right: object) -> bool | Undefined:
    same = equals(left, right)
    return UNDEFINED if isinstance(same, Undefined) else not same


OPERATIONS: dict[str, Operation] = {
    "=": equals,
    "!=": _differs,
    "<": ordering(operator.lt),
    "<=": ordering(operator.le),
    ">": ordering(operator.gt),
    ">=": ordering(operator.ge),
    "+": _arithmetic(operator.add),
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(operator.truediv),
    "%": _arithmetic(math.fmod),
    "||": _join_texts,
}


def negate(value: object) -> object:
    """Return NOT of a boolean, undefined for anything else."""
    return (not value) if isinstance(value, bool) else UNDEFINED


def _logical(operands: list[Evaluate], decisive: bool) -> Evaluate:
    def combine(row: Row) -> object:
        result: object = not decisive
        for operand in operands:
            value = operand(row)
            if value is decisive:
                return decisive
            if value is not result:
                result = UNDEFINED
        return result

    return combine


@lru_cache(1024)
def like_pattern(pattern: str, escape: str) -> re.Pattern[str]:
    """Translate a LIKE pattern: `%` any text, `_` any character, `[a-c]` and `[^a-c]` a set."""
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        closing = pattern.find("]", at + 2)
        if character == escape and at + 1 < len(pattern):
            at += 1
            parts.append(re.escape(pattern[at]))
        elif character == "[" and closing > 0:
            parts.append("[" + pattern[at + 1 : closing].replace("\\", r"\\").replace("[", r"\[") + "]")
            at = closing
        else:
            parts.append({"%": ".*", "_": "."}.get(character) or re.escape(character))
        at += 1
    return re.compile("".join(parts), re.DOTALL)


class ExpressionCompiler:
    """Compiles the expressions of one SELECT. `aggregates` collects those it meets, in order."""

    def __init__(self, scope: frozenset[str], compile_subquery: CompileSubquery) -> None:
        self._scope = scope
        self._compile_subquery = compile_subquery
        self.aggregates: list[tuple[str, Evaluate]] = []

    @singledispatchmethod
    def evaluator(self, node: Expression) -> Evaluate:
        """Return the function that evaluates the expression on a row."""
        raise TypeError(f"{type(node).__name__} is not an expression")

    @evaluator.register
    def _(self, node: Constant) -> Evaluate:
        value = node.value
        return lambda row: value

    @evaluator.register
    def _(self, node: Parameter) -> Evaluate:
        name = node.name
        return lambda row: row[PARAMETERS][name]

    @evaluator.register
    def _(self, node: Identifier) -> Evaluate:
        if node.name not in self._scope:
            raise QueryError(f"Identifier '{node.name}' could not be resolved.", code="SC2001")
        return operator.itemgetter(node.name)

    @evaluator.register
    def _(self, node: Member) -> Evaluate:
        base = self.evaluator(node.base)
        if isinstance(node.key, Constant) and isinstance(node.key.value, str):
            name = node.key.value

            def read_property(row: Row) -> object:
                value = base(row)
                return value.get(name, UNDEFINED) if type(value) is dict else UNDEFINED

            return read_property
        key = self.evaluator(node.key)
        return lambda row: member(base(row), key(row))

    @evaluator.register
    def _(self, node: Unary) -> Evaluate:
        operand = self.evaluator(node.operand)
        if node.operator == "NOT":
            return lambda row: negate(operand(row))
        sign = -1 if node.operator == "-" else 1
        multiply = OPERATIONS["*"]
        return lambda row: multiply(operand(row), sign)

    @evaluator.register
    def _(self, node: Binary) -> Evaluate:
        left, right = self.evaluator(node.left), self.evaluator(node.right)
        if node.operator == "??":
            return lambda row: right(row) if (first := left(row)) is UNDEFINED else first
        apply = OPERATIONS[node.operator]
        return lambda row: apply(left(row), right(row))

    @evaluator.register
    def _(self, node: Logical) -> Evaluate:
        return _logical([self.evaluator(operand) for operand in node.operands], node.operator == "OR")

    @evaluator.register
    def _(self, node: Between) -> Evaluate:
        low = Binary("<=", node.low, node.operand)
        return self.evaluator(Logical("AND", (low, Binary("<=", node.operand, node.high))))

    @evaluator.register
    def _(self, node: In) -> Evaluate:
        operand = self.evaluator(node.operand)
        choices = [self.evaluator(choice) for choice in node.choices]

        def contained(row: Row) -> object:
            value = operand(row)
            if value is UNDEFINED:
                return UNDEFINED
            return any(equals(value, choice(row)) is True for choice in choices)

        return contained

    @evaluator.register
    def _(self, node: Like) -> Evaluate:
        operand, pattern, escape = self.evaluator(node.operand), self.evaluator(node.pattern), node.escape

        def matches(row: Row) -> object:
            text, wanted = operand(row), pattern(row)
            if RANKS[type(text)] != STRING or RANKS[type(wanted)] != STRING:
                return UNDEFINED
            return like_pattern(wanted, escape).fullmatch(text) is not None

        return matches

    @evaluator.register
    def _(self, node: Conditional) -> Evaluate:
        condition, then, otherwise = (
            self.evaluator(part) for part in (node.condition, node.then, node.otherwise)
        )
        return lambda row: then(row) if condition(row) is True else otherwise(row)

    @evaluator.register
    def _(self, node: Call) -> Evaluate:
        function: Function = find_function(node.name, len(node.arguments))
        arguments = [self.evaluator(argument) for argument in node.arguments]
        return lambda row: function(*[argument(row) for argument in arguments])

    @evaluator.register
    def _(self, node: Aggregate) -> Evaluate:
        position = len(self.aggregates)
        self.aggregates.append((node.name, self.evaluator(node.argument)))
        return lambda row: row[AGGREGATES][position]

    @evaluator.register
    def _(self, node: ArrayLiteral) -> Evaluate:
        elements = [self.evaluator(element) for element in node.elements]
        return lambda row: [value for element in elements if (value := element(row)) is not UNDEFINED]

    @evaluator.register
    def _(self, node: ObjectLiteral) -> Evaluate:
        return self.compile_members([(part.name, part.value) for part in node.members])

    def compile_members(self, members: list[tuple[str, Expression]]) -> Evaluate:
        """Return the function that builds an object of the named expressions, without the undefined ones."""
        compiled = [(name, self.evaluator(value)) for name, value in members]
        return lambda row: {
            name: value for name, evaluate in compiled if (value := evaluate(row)) is not UNDEFINED
        }

    @evaluator.register
    def _(self, node: Subquery) -> Evaluate:
        run = self._compile_subquery(node.query, self._scope)
        if node.form == "EXISTS":
            return lambda row: bool(run(row))
        if node.form == "ARRAY":
            return run
        return lambda row: values[0] if (values := run(row)) else UNDEFINED
