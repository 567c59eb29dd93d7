"""Variables looked up in a test: its own, and `Q01.SCORE` of its items (QTI 3.0)."""

from collections.abc import Sequence
from typing import Final, cast

from shared.standards.qti.assessments.collecting import weight_of
from shared.standards.qti.assessments.frames import SelectedItem, items_of
from shared.standards.qti.assessments.item_variables import ItemVariable
from shared.standards.qti.assessments.scope import AssessmentScope
from shared.standards.qti.documents.element import Element, attribute
from shared.standards.qti.expressions import general
from shared.standards.qti.expressions.compiled import Compiled, Frame
from shared.standards.qti.values.types import BaseType, Cardinality, Value

_NUMERIC: Final = frozenset((BaseType.INTEGER, BaseType.FLOAT))


def compile_variable(element: Element, scope: AssessmentScope) -> Compiled:
    """Compile the value of a variable of the test, or of an item, which may be weighted."""
    found = _item_variable(element, scope)
    if found is None:
        return general.compile_variable(element, scope)
    base_type, cardinality = found.declaration.base_type, found.declaration.cardinality
    weight = attribute(element, "weight-identifier")
    if weight is None or base_type not in _NUMERIC or cardinality is not Cardinality.SINGLE:
        return Compiled(base_type, cardinality, lambda frame: _value(found, frame))
    factor = weight_of(found.ref, weight)

    def weighted(frame: Frame) -> float | None:
        value = cast("float | None", _value(found, frame))
        return None if value is None else value * factor

    return Compiled(BaseType.FLOAT, Cardinality.SINGLE, weighted)


def compile_correct(element: Element, scope: AssessmentScope) -> Compiled:
    """Compile the correct response of a variable of an item."""
    found = _item_variable(element, scope)
    if found is None:
        return general.compile_correct(element, scope)

    def run(frame: Frame) -> Value:
        item = _instance(found, frame)
        return None if item is None else item.corrects.get(found.name, found.declaration.correct)

    return Compiled(found.declaration.base_type, found.declaration.cardinality, run)


def compile_default(element: Element, scope: AssessmentScope) -> Compiled:
    """Compile the default of a variable of the test or of an item."""
    found = _item_variable(element, scope)
    if found is None:
        return general.compile_default(element, scope)

    def run(frame: Frame) -> Value:
        item = _instance(found, frame)
        return None if item is None else item.defaults.get(found.name, found.declaration.default)

    return Compiled(found.declaration.base_type, found.declaration.cardinality, run)


def _item_variable(element: Element, scope: AssessmentScope) -> ItemVariable | None:
    identifier = attribute(element, "identifier") or ""
    return None if scope.is_own(identifier) else scope.variables.named(identifier)


def _value(variable: ItemVariable, frame: Frame) -> Value:
    item = _instance(variable, frame)
    return None if item is None else item.values[variable.name]


def _instance(variable: ItemVariable, frame: Frame) -> SelectedItem | None:
    """Return the instance that is meant.

    Where there are several and none is named, that is the one submitted last if they are submitted together,
    none otherwise.
    """
    ref = variable.ref.identifier
    instances = [item for item in items_of(frame) if item.step.ref.identifier == ref]
    if variable.instance is not None:
        return next((item for item in instances if item.step.instance == variable.instance), None)
    return instances[0] if len(instances) == 1 else _last_submitted(instances)


def _last_submitted(instances: Sequence[SelectedItem]) -> SelectedItem | None:
    together = [item for item in instances if item.submitted and item.step.part.submission == "simultaneous"]
    return max(together, key=lambda item: item.submitted, default=None)


LOOKUPS: Final = {
    "qti-variable": compile_variable,
    "qti-correct": compile_correct,
    "qti-default": compile_default,
}
"""The compilers of this module by expression."""
