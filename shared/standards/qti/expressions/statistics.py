"""Statistics of containers of numbers (QTI 2.1, 15.3: statsOperator)."""

import math
from typing import Final, cast

from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.arithmetic import numbers
from shared.standards.qti.expressions.compiled import Compiled, Frame, Scope
from shared.standards.qti.expressions.operands import CONTAINERS, Number, container, invalid, operands
from shared.standards.qti.expressions.parameters import required
from shared.standards.qti.values.types import BaseType, Cardinality

STATISTICS: Final = ("mean", "sampleVariance", "sampleSD", "popVariance", "popSD")


def compile_stats_operator(element: Element, scope: Scope) -> Compiled:
    """Compile a statistic of the members of a container; NULL when one of them is no finite number."""
    name = required(element, scope, "name")
    if name not in STATISTICS:
        raise invalid(element, scope, f"{name!r} is not one of {', '.join(STATISTICS)}")
    found = operands(element, scope, 1, 1)[0]
    if found.cardinality not in CONTAINERS:
        found = Compiled(found.base_type, Cardinality.MULTIPLE, container(found, element, scope))
    operand = numbers(found, element, scope)

    def run(frame: Frame) -> float | None:
        members = operand(frame)
        return statistic(name, [*map(float, cast("list[Number]", members))]) if members else None

    return Compiled(BaseType.FLOAT, Cardinality.SINGLE, run)


def statistic(name: str, values: list[float]) -> float | None:
    """Return a statistic, exact to the last bit; NULL out of range, and for the spread of one value."""
    if not all(map(math.isfinite, values)) or (name != "mean" and len(values) < 2):
        return None
    try:
        return _exact(name, [value.as_integer_ratio() for value in values])
    except OverflowError:
        return None


def _exact(name: str, ratios: list[tuple[int, int]]) -> float:
    """Compute in whole multiples of one unit, as all floats are; only the last division rounds."""
    unit = max(below for _, below in ratios)
    values = [above * (unit // below) for above, below in ratios]
    count, total = len(values), sum(values)
    if name == "mean":
        return total / (count * unit)
    squares = count * sum(value * value for value in values) - total * total
    variance = squares / (count * (count - name.startswith("sample")) * unit * unit)
    return math.sqrt(variance) if name.endswith("SD") else variance
