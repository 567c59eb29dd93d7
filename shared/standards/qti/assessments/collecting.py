"""Expressions that collect a number from each item: test-variables, outcome-minimum, outcome-maximum."""

from typing import Final, cast

from shared.standards.qti.assessments.frames import items_of
from shared.standards.qti.assessments.plan import ItemRef
from shared.standards.qti.assessments.scope import AssessmentScope
from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.documents.element import Element, attribute
from shared.standards.qti.expressions.compiled import Compiled, Frame, Run
from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.types import BaseType, Cardinality, Container, Single, Value

_NUMERIC: Final = frozenset((BaseType.INTEGER, BaseType.FLOAT))


def compile_test_variables(element: Element, scope: AssessmentScope) -> Compiled:
    """Compile the values of one variable in a subset of items (QTI 3.0, TestVariables).

    Only single variables of the base type asked for count, without one integers and floats; NULL is left out.
    The result is float where values are weighted or floats among them.
    """
    name, wanted = _required(element, scope, "variable-identifier"), _wanted(element, scope)
    weight = attribute(element, "weight-identifier")
    found = {
        ref.identifier: (variable[0], weight_of(ref, weight), variable[1])
        for ref in scope.subsets.of(element, scope)
        if (variable := scope.variables.of(ref, name)) is not None and _matches(variable[1], wanted)
    }
    types = {declared.base_type for _, _, declared in found.values()}
    is_float = types <= _NUMERIC and (weight is not None or BaseType.FLOAT in types)
    base_type = BaseType.FLOAT if is_float else next(iter(types), wanted or BaseType.FLOAT)
    numbers = {ref: (source, factor if is_float else None) for ref, (source, factor, _) in found.items()}
    return Compiled(base_type, Cardinality.MULTIPLE, _collected(numbers))


def compile_outcome_minimum(element: Element, scope: AssessmentScope) -> Compiled:
    """Compile the normal minima of an outcome; items without one are left out (QTI 3.0, OutcomeMinimum)."""
    bounds = _bounds(element, scope, "normal-minimum")
    return _bounded({ref: bound for ref, bound in bounds.items() if bound is not None}, everywhere=False)


def compile_outcome_maximum(element: Element, scope: AssessmentScope) -> Compiled:
    """Compile the normal maxima of an outcome; NULL where an item has none (QTI 3.0, OutcomeMaximum)."""
    return _bounded(_bounds(element, scope, "normal-maximum"), everywhere=True)


def weight_of(ref: ItemRef, identifier: str | None) -> float:
    """Return the weight of an item; 1 where it has none of that name (QTI 3.0, Weight)."""
    return 1.0 if identifier is None else ref.weights.get(identifier, 1.0)


def _collected(numbers: dict[str, tuple[str, float | None]]) -> Run[Value]:
    def run(frame: Frame) -> Container | None:
        values: list[Single] = []
        for item in items_of(frame):
            source, factor = numbers.get(item.step.ref.identifier, (None, None))
            value = None if source is None else item.values[source]
            if value is not None:
                single = cast("Single", value)
                values.append(single if factor is None else cast("float", single) * factor)
        return tuple(values) or None

    return run


def _bounded(bounds: dict[str, float | None], *, everywhere: bool) -> Compiled:
    def run(frame: Frame) -> Container | None:
        found = [
            bounds[item.step.ref.identifier] for item in items_of(frame) if item.step.ref.identifier in bounds
        ]
        if everywhere and None in found:
            return None
        return tuple(bound for bound in found if bound is not None) or None

    return Compiled(BaseType.FLOAT, Cardinality.MULTIPLE, run)


def _bounds(element: Element, scope: AssessmentScope, which: str) -> dict[str, float | None]:
    name, weight = _required(element, scope, "outcome-identifier"), attribute(element, "weight-identifier")
    return {
        ref.identifier: _bound(scope, ref, name, which, weight_of(ref, weight))
        for ref in scope.subsets.of(element, scope)
    }


def _bound(scope: AssessmentScope, ref: ItemRef, name: str, which: str, weight: float) -> float | None:
    variable = scope.variables.of(ref, name)
    if variable is None or variable[1].kind != "outcome" or variable[1].cardinality is not Cardinality.SINGLE:
        return None
    text = attribute(variable[1].element, which)
    if text is None:
        return None
    try:
        return float(text) * weight
    except ValueError:
        message = f"{which} {text[:40]!r} is no number: as if not given"
        scope.warn(variable[1].element, message, rule="QTI 3.0, OutcomeDeclaration")
        return None


def _matches(declared: Declaration, wanted: BaseType | None) -> bool:
    if declared.cardinality is not Cardinality.SINGLE:
        return False
    return declared.base_type in _NUMERIC if wanted is None else declared.base_type is wanted


def _wanted(element: Element, scope: AssessmentScope) -> BaseType | None:
    text = attribute(element, "base-type")
    if not text:
        return None
    try:
        return BaseType(text)
    except ValueError:
        message = f"{text!r} is no base type"
        raise Invalid(message, rule="QTI 3.0, TestVariables", place=scope.place(element)) from None


def _required(element: Element, scope: AssessmentScope, name: str) -> str:
    value = attribute(element, name)
    if not value:
        raise Invalid(f"{name} is missing", rule="QTI 3.0, TestVariables", place=scope.place(element))
    return value


COLLECTORS: Final = {
    "qti-test-variables": compile_test_variables,
    "qti-outcome-minimum": compile_outcome_minimum,
    "qti-outcome-maximum": compile_outcome_maximum,
}
"""The compilers of this module by expression."""
