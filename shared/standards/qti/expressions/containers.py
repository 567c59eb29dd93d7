"""Containers made, measured and searched (QTI 2.1, 15.3: multiple, ordered, index, member, contains...)."""

from typing import cast

from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.compiled import Compiled, Frame, Run, Scope
from shared.standards.qti.expressions.likeness import alike, contains_bag, each
from shared.standards.qti.expressions.logic import truth
from shared.standards.qti.expressions.operands import (
    CONTAINERS,
    NUMERIC,
    TEXTUAL,
    container,
    invalid,
    operands,
    warn,
)
from shared.standards.qti.expressions.parameters import integer_of, required
from shared.standards.qti.faults import Refused
from shared.standards.qti.values.lexical import write_single
from shared.standards.qti.values.types import BaseType, Cardinality, Container, Single, Value


def compile_multiple(element: Element, scope: Scope) -> Compiled:
    """Compile a container of single values and of the members of multiple containers; NULLs are left out."""
    return _compile_collection(element, scope, Cardinality.MULTIPLE)


def compile_ordered(element: Element, scope: Scope) -> Compiled:
    """Compile a container of single values and of the members of ordered containers; NULLs are left out."""
    return _compile_collection(element, scope, Cardinality.ORDERED)


def _compile_collection(element: Element, scope: Scope, cardinality: Cardinality) -> Compiled:
    found = operands(element, scope, 0)
    base_type = shared_base_type(found, element, scope)
    for operand in found:
        if operand.cardinality not in {None, Cardinality.SINGLE, cardinality}:
            raise invalid(element, scope, f"cardinality {operand.cardinality} inside {cardinality}")
    runs = [of_base_type(operand, base_type) for operand in found]
    most = scope.limits.collected

    def run(frame: Frame) -> Value:
        members: list[Single] = []
        for operand in runs:
            add_members(members, operand(frame))
        return bounded(members, most)

    return Compiled(base_type, cardinality, run)


def of_base_type(operand: Compiled, base_type: BaseType | None) -> Run[Value]:
    """Return the run of an operand as the type that it shares: integers as floats, numbers as text."""
    if operand.base_type is base_type or operand.base_type in TEXTUAL:
        return operand.run
    if base_type is BaseType.FLOAT:
        return each(operand.run, lambda value: float(value) if isinstance(value, int) else value)
    if base_type is BaseType.STRING:
        return each(operand.run, write_single)
    return operand.run


def add_members(members: list[Single], value: Value) -> None:
    """Add a single value or the members of a container; NULL adds nothing."""
    if type(value) is tuple:
        members.extend(value)
    elif value is not None:
        members.append(cast("Single", value))


def bounded(members: list[Single], most: int) -> Container | None:
    """Return a container, NULL for an empty one. Raises Refused for one with more members than the limit."""
    if len(members) > most:
        raise Refused(f"a container of {len(members)} members", rule="limits.collected")
    return tuple(members) or None


def shared_base_type(found: list[Compiled], element: Element, scope: Scope) -> BaseType | None:
    """Return the base type of operands that have to share one. Raises Invalid when they do not.

    Kinds of text, and numbers among them, are taken as strings, integers and floats as floats, with a notice.
    """
    kinds = {operand.base_type for operand in found} - {None}
    if len(kinds) < 2:
        return next(iter(kinds), None)
    warn(element, scope, "operands of more than one base type")
    if kinds & TEXTUAL and kinds <= TEXTUAL | NUMERIC:
        return BaseType.STRING
    if kinds == {BaseType.INTEGER, BaseType.FLOAT}:
        return BaseType.FLOAT
    raise invalid(element, scope, f"base types {', '.join(sorted(map(str, kinds)))} in one container")


def compile_container_size(element: Element, scope: Scope) -> Compiled:
    """Compile the number of members; 0 for NULL."""
    operand = container(operands(element, scope, 1, 1)[0], element, scope)
    return Compiled(BaseType.INTEGER, Cardinality.SINGLE, lambda frame: len(operand(frame) or ()))


def compile_index(element: Element, scope: Scope) -> Compiled:
    """Compile the member at place `n`, from 1; NULL beyond the last."""
    found = operands(element, scope, 1, 1)[0]
    if found.cardinality not in {None, Cardinality.ORDERED}:
        raise invalid(element, scope, f"cardinality {found.cardinality} has no order")
    operand = container(found, element, scope)
    place = integer_of(element, scope, "n", least=1)

    def run(frame: Frame) -> Value:
        members, at = operand(frame), place(frame)
        if members is None or at is None or at > len(members):
            return None
        return members[at - 1]

    return Compiled(found.base_type, Cardinality.SINGLE, run)


def compile_random(element: Element, scope: Scope) -> Compiled:
    """Compile a member picked by chance, each as likely as any other."""
    found = operands(element, scope, 1, 1)[0]
    operand = container(found, element, scope)

    def run(frame: Frame) -> Value:
        members = operand(frame)
        return frame.chance.choice(members) if members else None

    return Compiled(found.base_type, Cardinality.SINGLE, run)


def compile_field_value(element: Element, scope: Scope) -> Compiled:
    """Compile a field of a record; NULL where it has none of that name."""
    found = operands(element, scope, 1, 1)[0]
    if found.cardinality not in {None, Cardinality.RECORD}:
        raise invalid(element, scope, f"cardinality {found.cardinality} has no fields")
    field = required(element, scope, "field-identifier")
    operand = found.run

    def run(frame: Frame) -> Value:
        value = operand(frame)
        return value.get(field) if isinstance(value, dict) else None

    return Compiled(None, Cardinality.SINGLE, run)


def compile_member(element: Element, scope: Scope) -> Compiled:
    """Compile whether a single value is in a container; a single value is taken as one, with a notice."""
    single, members, _ = _single_and_container(element, scope)

    def run(frame: Frame) -> bool | None:
        value, within = single(frame), members(frame)
        return None if value is None or within is None else value in within

    return truth(run)


def compile_delete(element: Element, scope: Scope) -> Compiled:
    """Compile a container without the members that equal a single value."""
    single, members, found = _single_and_container(element, scope)

    def run(frame: Frame) -> Value:
        value, within = single(frame), members(frame)
        if value is None or within is None:
            return None
        return tuple(member for member in within if member != value) or None

    cardinality = found.cardinality if found.cardinality in CONTAINERS else Cardinality.MULTIPLE
    return Compiled(found.base_type, cardinality, run)


def _single_and_container(
    element: Element, scope: Scope
) -> tuple[Run[Value], Run[Container | None], Compiled]:
    first, second = operands(element, scope, 2, 2)
    if first.cardinality not in {None, Cardinality.SINGLE}:
        raise invalid(element, scope, f"cardinality {first.cardinality} in the place of a single value")
    single, members = alike(first, second, element, scope)
    made = Compiled(second.base_type, second.cardinality, members)
    return single, container(made, element, scope), second


def compile_contains(element: Element, scope: Scope) -> Compiled:
    """Compile whether a container holds another: each member as often, an ordered one as a run."""
    first, second = operands(element, scope, 2, 2)
    kinds = {first.cardinality, second.cardinality} - {None}
    if kinds == CONTAINERS:
        raise invalid(element, scope, "an ordered beside a multiple container")
    left, right = alike(first, second, element, scope)
    outer = container(Compiled(first.base_type, first.cardinality, left), element, scope)
    inner = container(Compiled(second.base_type, second.cardinality, right), element, scope)
    holds = contains_run if Cardinality.ORDERED in kinds else contains_bag

    def run(frame: Frame) -> bool | None:
        whole, part = outer(frame), inner(frame)
        return None if whole is None or part is None else holds(whole, part)

    return truth(run)


def contains_run(whole: Container, part: Container) -> bool:
    """Say whether the members of `part` follow each other in `whole`, in as many steps as both are long."""
    fallback = [0] * len(part)
    matched = 0
    for at in range(1, len(part)):
        while matched and part[at] != part[matched]:
            matched = fallback[matched - 1]
        matched += part[at] == part[matched]
        fallback[at] = matched
    matched = 0
    for member in whole:
        while matched and member != part[matched]:
            matched = fallback[matched - 1]
        matched += member == part[matched]
        if matched == len(part):
            return True
    return False
