"""When two values are the same (QTI 2.1, 15.3: match, and the operators on containers that use it).

Base types have to agree, with these exceptions that exports rely on, each with a notice: kinds of text count
as text, kinds of numbers as numbers, kinds of pairs as pairs without an order, and text beside another
type as what it writes of that.
"""

from collections import Counter
from collections.abc import Callable
from typing import Final, cast

from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.compiled import Compiled, Run, Scope
from shared.standards.qti.expressions.operands import CONTAINERS, NUMERIC, TEXTUAL, invalid, type_of, warn
from shared.standards.qti.values.lexical import read_single
from shared.standards.qti.values.types import (
    BaseType,
    Cardinality,
    Container,
    DirectedPair,
    Pair,
    Single,
    Value,
)

type Likeness = Callable[[Value, Value], bool]

_PAIRS: Final = frozenset((BaseType.PAIR, BaseType.DIRECTED_PAIR))
_FEW: Final = 16


def alike(left: Compiled, right: Compiled, element: Element, scope: Scope) -> tuple[Run[Value], Run[Value]]:
    """Return the runs of two operands, made to give values of one base type.

    Raises Invalid for base types that share no values.
    """
    first, second = left.base_type, right.base_type
    if first is second and first is not None:
        if first is BaseType.DURATION:
            warn(element, scope, "durations are compared as seconds, though they must not be")
        return left.run, right.run
    if Cardinality.RECORD in {left.cardinality, right.cardinality}:
        return left.run, right.run
    if first is None or second is None:
        return _as_shown(left.run, second), _as_shown(right.run, first)
    return _made_alike(left, right, element, scope)


def _made_alike(
    left: Compiled, right: Compiled, element: Element, scope: Scope
) -> tuple[Run[Value], Run[Value]]:
    first, second = cast("BaseType", left.base_type), cast("BaseType", right.base_type)
    kinds = {first, second}
    if not (kinds <= TEXTUAL or kinds & TEXTUAL or kinds <= NUMERIC | {BaseType.DURATION} or kinds <= _PAIRS):
        raise invalid(element, scope, f"base types {first} and {second} share no values")
    warn(element, scope, f"base types {first} and {second} are taken as one")
    if kinds <= TEXTUAL or kinds <= NUMERIC | {BaseType.DURATION}:
        return left.run, right.run
    if kinds <= _PAIRS:
        return each(left.run, _unordered), each(right.run, _unordered)
    if first in TEXTUAL:
        return each(left.run, _reader(second)), right.run
    return left.run, each(right.run, _reader(first))


def _as_shown(run: Run[Value], beside: BaseType | None) -> Run[Value]:
    """Return a run whose text is read as the base type it stands beside, where that is known."""
    return run if beside is None or beside in TEXTUAL else each(run, _reader(beside))


def each(run: Run[Value], read: Callable[[Single], Single]) -> Run[Value]:
    """Return a run whose single value, or each member of whose container, is read anew."""

    def change(value: Value) -> Value:
        if value is None or isinstance(value, dict):
            return value
        return tuple(map(read, value)) if type(value) is tuple else read(cast("Single", value))

    return lambda frame: change(run(frame))


def _reader(base_type: BaseType) -> Callable[[Single], Single]:
    """Return what reads text as a base type; text that writes none of its values stays, and equals none."""

    def read(value: Single) -> Single:
        if type_of(value) is not BaseType.STRING:
            return value
        try:
            return read_single(str(value).strip(), base_type) or value
        except ValueError:
            return value

    return read


def _unordered(value: Single) -> Single:
    return Pair(value) if isinstance(value, DirectedPair) else value


def likeness(left: Compiled, right: Compiled, element: Element, scope: Scope) -> Likeness:
    """Return what says whether two values are the same. Raises Invalid for cardinalities that share none.

    A single value beside a container counts as a container of one, with a notice.
    """
    kinds = {left.cardinality, right.cardinality}
    if None in kinds:
        return _same_ordered if Cardinality.ORDERED in kinds else _same_shown
    if len(kinds) == 2:
        if not (Cardinality.SINGLE in kinds and kinds & CONTAINERS):
            raise invalid(element, scope, f"cardinalities {left.cardinality} and {right.cardinality}")
        warn(element, scope, "a single value beside a container is taken as a container of one")
        return _same_shown
    return _same_members if Cardinality.MULTIPLE in kinds else _same


def same_bag(left: Container, right: Container) -> bool:
    """Say whether two containers have the same members, whatever their order."""
    if left == right:
        return True
    return len(left) == len(right) and contains_bag(left, right)


def contains_bag(left: Container, right: Container) -> bool:
    """Say whether a container has each member of another as often as that, or more often."""
    if len(left) > _FEW or len(right) > _FEW:
        return Counter(left) >= Counter(right)
    rest = list(left)
    for member in right:
        if member not in rest:
            return False
        rest.remove(member)
    return True


def _same(left: Value, right: Value) -> bool:
    return left == right


def _same_members(left: Value, right: Value) -> bool:
    return same_bag(cast("Container", left), cast("Container", right))


def _same_shown(left: Value, right: Value) -> bool:
    if isinstance(left, dict) or isinstance(right, dict):
        return left == right
    return same_bag(_members(left), _members(right))


def _same_ordered(left: Value, right: Value) -> bool:
    if isinstance(left, dict) or isinstance(right, dict):
        return left == right
    return _members(left) == _members(right)


def _members(value: Value) -> Container:
    return value if type(value) is tuple else (cast("Single", value),)
