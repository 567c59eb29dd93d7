"""Values that fit the variables they are set to.

The standard wants the same type on both sides (QTI 3.0, SetValue). Exports stray from it where the
meaning is plain: an integer set to a float, text to a number, a value to a container of it. Those are fitted,
and all but integers set to floats leave a notice. Where types can't mean the same, the rule is Invalid.
"""

from typing import Final, cast

from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.compiled import Compiled, Run, Scope
from shared.standards.qti.expressions.operands import NUMERIC, TEXTUAL, as_integer, as_number, type_of
from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.lexical import read_single, write_single
from shared.standards.qti.values.types import BaseType, Cardinality, Single, Value, is_container

_RULE: Final = "QTI 3.0, SetValue"
_WIDENED: Final = (BaseType.FLOAT, BaseType.INTEGER)
_NUMERIC: Final = NUMERIC | {BaseType.DURATION}


def fitted(value: Compiled, declared: Declaration, element: Element, scope: Scope) -> Run[Value]:
    """Return the run of an expression that is set to a variable: it gives values of the variable's type.

    A value that turns out to have no meaning as such is NULL: text that writes no number, a fraction set to
    an integer, several values set to one. Raises Invalid where no value could have one.
    """
    base_type, cardinality, run = declared.base_type, declared.cardinality, value.run
    if value.cardinality is cardinality:
        if value.base_type is base_type:
            return run
        if cardinality is Cardinality.SINGLE and (base_type, value.base_type) == _WIDENED:
            return lambda frame: None if (number := run(frame)) is None else float(cast("int", number))
    if value.base_type is not None or value.cardinality not in {None, cardinality}:
        _check(value, declared, element, scope)
        what = f"{value.cardinality} {value.base_type or ''}".strip()
        scope.warn(element, f"{what}, set to {declared.identifier}, is {cardinality} {base_type}", rule=_RULE)
    return lambda frame: fit(run(frame), base_type, cardinality)


def fit(value: Value, base_type: BaseType | None, cardinality: Cardinality) -> Value:
    """Return a value as one of a type, NULL where it has no meaning as such."""
    if value is None or isinstance(value, dict) or base_type is None:
        return value if isinstance(value, dict) and base_type is None else None
    members = value if is_container(value) else (cast("Single", value),)
    read = tuple(found for member in members if (found := _fit_single(member, base_type)) is not None)
    if cardinality is not Cardinality.SINGLE:
        return read or None
    return read[0] if len(read) == 1 else None


def _fit_single(value: Single, base_type: BaseType) -> Single | None:
    if base_type in TEXTUAL:
        return write_single(value)
    if base_type is BaseType.INTEGER:
        return as_integer(value)
    if base_type in _NUMERIC:
        number = as_number(value)
        return None if number is None else float(number)
    if not isinstance(value, str):
        return value if type_of(value) is base_type else None
    try:
        return read_single(value.strip(), base_type)
    except ValueError:
        return None


def _check(value: Compiled, declared: Declaration, element: Element, scope: Scope) -> None:
    """Raise Invalid where no value of one type has a meaning as one of the other."""
    given, wanted = value.base_type, declared.base_type
    records = (value.cardinality is Cardinality.RECORD) != (declared.cardinality is Cardinality.RECORD)
    related = given is None or given is wanted or given in TEXTUAL or wanted in TEXTUAL
    if records or not (related or (given in _NUMERIC and wanted in _NUMERIC)):
        types = f"{value.cardinality} {given}, set to {declared.cardinality} {wanted}"
        raise Invalid(f"{declared.identifier}: {types}", rule=_RULE, place=scope.place(element))
