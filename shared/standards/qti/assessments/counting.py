"""Expressions that count items of a test (QTI 3.0, NumberCorrect and its kin)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from shared.standards.qti.assessments.frames import SelectedItem, items_of
from shared.standards.qti.assessments.scope import AssessmentScope
from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.compiled import Compiled, Frame
from shared.standards.qti.expressions.likeness import same_bag
from shared.standards.qti.items.compiled_item import CompiledItem, Values
from shared.standards.qti.values.types import BaseType, Cardinality, Container, Value

type Test = Callable[[SelectedItem, Responses], bool]


@dataclass(frozen=True, slots=True)
class Responses:
    """The response variables of an item, built-in ones left aside, and what they hold before an attempt."""

    declared: tuple[Declaration, ...]
    initial: Values

    def differ(self, values: Values, defaults: Values) -> bool:
        """Say whether any value is a response: neither NULL nor the default of this session."""
        return any(
            (value := values[one.identifier]) is not None
            and not _same(value, defaults.get(one.identifier, self.initial[one.identifier]), one.cardinality)
            for one in self.declared
        )


def compile_number_selected(element: Element, scope: AssessmentScope) -> Compiled:
    """Compile the number of items selected for the candidate, attempted or not."""
    return _counted(element, scope, lambda _, __: True)


def compile_number_presented(element: Element, scope: AssessmentScope) -> Compiled:
    """Compile the number of items that the candidate met, whether or not with a response."""
    return _counted(element, scope, lambda item, _: item.presented)


def compile_number_responded(element: Element, scope: AssessmentScope) -> Compiled:
    """Compile the number of items attempted with a response that is not its default."""
    return _counted(element, scope, is_responded)


def compile_number_correct(element: Element, scope: AssessmentScope) -> Compiled:
    """Compile the number of items all of whose responses match their correct responses."""
    return _counted(
        element, scope, lambda item, responses: _is_keyed(item, responses) and is_correct(item, responses)
    )


def compile_number_incorrect(element: Element, scope: AssessmentScope) -> Compiled:
    """Compile the number of attempted items one of whose responses does not match its correct response."""
    return _counted(
        element,
        scope,
        lambda item, responses: (
            item.attempts > 0 and _is_keyed(item, responses) and not is_correct(item, responses)
        ),
    )


def is_responded(item: SelectedItem, responses: Responses) -> bool:
    """Say whether an item was submitted with a response that differs from its default."""
    return item.attempts > 0 and responses.differ(item.values, item.defaults)


def is_correct(item: SelectedItem, responses: Responses) -> bool:
    """Say whether all responses match their correct responses."""
    return all(
        _same(item.values[one.identifier], _correct(item, one), one.cardinality) for one in responses.declared
    )


def responses_of(item: CompiledItem) -> Responses:
    """Return the response variables of an item."""
    declared = tuple(one for one in item.declarations.values() if one.kind == "response")
    return Responses(declared, item.initial)


def _counted(element: Element, scope: AssessmentScope, test: Test) -> Compiled:
    responses = {
        ref.identifier: responses_of(scope.variables.items[ref.identifier])
        for ref in scope.subsets.of(element, scope)
    }

    def run(frame: Frame) -> int:
        return sum(
            test(item, responses[item.step.ref.identifier])
            for item in items_of(frame)
            if item.step.ref.identifier in responses
        )

    return Compiled(BaseType.INTEGER, Cardinality.SINGLE, run)


def _is_keyed(item: SelectedItem, responses: Responses) -> bool:
    """Say whether an item has responses, all of them with a correct response."""
    return bool(responses.declared) and all(_correct(item, one) is not None for one in responses.declared)


def _correct(item: SelectedItem, declared: Declaration) -> Value:
    return item.corrects.get(declared.identifier, declared.correct)


def _same(value: Value, other: Value, cardinality: Cardinality) -> bool:
    if cardinality is Cardinality.MULTIPLE and value is not None and other is not None:
        return same_bag(cast("Container", value), cast("Container", other))
    return value == other


COUNTERS: Final = {
    "qti-number-correct": compile_number_correct,
    "qti-number-incorrect": compile_number_incorrect,
    "qti-number-presented": compile_number_presented,
    "qti-number-responded": compile_number_responded,
    "qti-number-selected": compile_number_selected,
}
"""The compilers of this module by expression."""
