"""Expressions evaluated again and again (QTI 2.1, 15.3: repeat)."""

from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.compiled import Compiled, Frame, Scope
from shared.standards.qti.expressions.containers import add_members, bounded, of_base_type, shared_base_type
from shared.standards.qti.expressions.operands import invalid, operands
from shared.standards.qti.expressions.parameters import integer_of
from shared.standards.qti.values.types import Cardinality, Single, Value


def compile_repeat(element: Element, scope: Scope) -> Compiled:
    """Compile an ordered container of what operands give, time after time; NULLs are left out.

    Each evaluation of an expression inside counts, so that repeats inside repeats come to an end. The run
    raises Refused when its limit is used up.
    """
    found = operands(element, scope)
    for operand in found:
        if operand.cardinality not in {None, Cardinality.SINGLE, Cardinality.ORDERED}:
            raise invalid(element, scope, f"cardinality {operand.cardinality} inside repeat")
    base_type = shared_base_type(found, element, scope)
    times = integer_of(element, scope, "number-repeats", least=1)
    runs = [of_base_type(operand, base_type) for operand in found]
    weight = sum(1 for _ in element.iterdescendants("*"))
    most = scope.limits.collected

    def run(frame: Frame) -> Value:
        turns = times(frame)
        if turns is None:
            return None
        frame.spend_repeats(turns * weight)
        members: list[Single] = []
        for _ in range(turns):
            for operand in runs:
                add_members(members, operand(frame))
        return bounded(members, most)

    return Compiled(base_type, Cardinality.ORDERED, run)
