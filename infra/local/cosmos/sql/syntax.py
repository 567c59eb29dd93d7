"""The syntax tree of a query: immutable, comparable nodes."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal; `UNDEFINED` for the word undefined."""

    value: object


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that comes with the query, `@name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """The alias of an input set."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """`base.key` or `base[key]`."""

    base: "Expression"
    key: "Expression"


@dataclass(frozen=True, slots=True)
class Unary:
    """`NOT x`, `-x`, `+x`."""

    operator: str
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two expressions: arithmetic, comparison, `||` or `??`."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Logical:
    """AND or OR over two or more operands."""

    operator: str
    operands: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Between:
    """`operand BETWEEN low AND high`, both ends included."""

    operand: "Expression"
    low: "Expression"
    high: "Expression"


@dataclass(frozen=True, slots=True)
class In:
    """`operand IN (choices)`."""

    operand: "Expression"
    choices: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Like:
    """`operand LIKE pattern ESCAPE escape`; `escape` is one character or empty."""

    operand: "Expression"
    pattern: "Expression"
    escape: str


@dataclass(frozen=True, slots=True)
class Conditional:
    """`condition ? then : otherwise`."""

    condition: "Expression"
    then: "Expression"
    otherwise: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a built-in function; the name is upper-case."""

    name: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate over the rows of a group."""

    name: str
    argument: "Expression"


@dataclass(frozen=True, slots=True)
class ArrayLiteral:
    """`[a, b]`."""

    elements: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class ObjectMember:
    """One member of an object literal."""

    name: str
    value: "Expression"


@dataclass(frozen=True, slots=True)
class ObjectLiteral:
    """`{"a": b}`."""

    members: tuple[ObjectMember, ...]


@dataclass(frozen=True, slots=True)
class Subquery:
    """A query as an expression; form is SCALAR (its first value), EXISTS or ARRAY."""

    form: str
    query: "Query"


type Expression = (
    Constant
    | Parameter
    | Identifier
    | Member
    | Unary
    | Binary
    | Logical
    | Between
    | In
    | Like
    | Conditional
    | Call
    | Aggregate
    | ArrayLiteral
    | ObjectLiteral
    | Subquery
)


@dataclass(frozen=True, slots=True)
class Source:
    """One input set of FROM or JOIN.

    `origin` is the first name of a path or a subquery; `iterated` says that the elements of each array are
    the rows (`alias IN path`).
    """

    alias: str
    origin: "str | Query"
    path: tuple[str | int, ...] = ()
    iterated: bool = False


@dataclass(frozen=True, slots=True)
class SelectItem:
    """A projected property."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One sort criterion."""

    expression: Expression
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT: `items` is empty for `SELECT *` and for `SELECT VALUE`, which sets `value`."""

    items: tuple[SelectItem, ...] = ()
    value: Expression | None = None
    distinct: bool = False
    top: Expression | None = None
    sources: tuple[Source, ...] = ()
    where: Expression | None = None
    group_by: tuple[Expression, ...] = ()
    order_by: tuple[OrderItem, ...] = ()
    offset: Expression | None = None
    limit: Expression | None = None

    @property
    def selects_all(self) -> bool:
        """Whether the projection is `*`."""
        return not self.items and self.value is None

    @property
    def projected(self) -> tuple[Expression, ...]:
        """The expressions of the projection."""
        return (self.value,) if self.value is not None else tuple(item.expression for item in self.items)


def children(node: object) -> Iterator[object]:
    """Yield the nodes directly under a node."""
    if not is_dataclass(node):
        return
    for field in fields(node):
        value = getattr(node, field.name)
        for child in value if isinstance(value, tuple) else (value,):
            if is_dataclass(child):
                yield child


def aggregates_of(query: Query) -> list[Aggregate]:
    """Return the aggregates of the projection, leaving those of subqueries to the subqueries."""
    found: list[Aggregate] = []

    def visit(node: object) -> None:
        if isinstance(node, Aggregate):
            found.append(node)
        elif not isinstance(node, Subquery):
            for child in children(node):
                visit(child)

    for expression in query.projected:
        visit(expression)
    return found


def property_path(expression: object, alias: str) -> tuple[str, ...] | None:
    """Return the path of `alias.a["b"]` as ("a", "b"), `[]` for an array index; None for anything else."""
    names: list[str] = []
    while isinstance(expression, Member):
        key = expression.key.value if isinstance(expression.key, Constant) else None
        if isinstance(key, str):
            names.append(key)
        elif type(key) is int:
            names.append("[]")
        else:
            return None
        expression = expression.base
    if isinstance(expression, Identifier) and expression.name == alias:
        return tuple(reversed(names))
    return None
