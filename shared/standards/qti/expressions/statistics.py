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
    """Return a statistic of numbers; NULL out of range, and for a variance of fewer than two."""
    if not all(map(math.isfinite, values)):
        return None
    try:
        made = math.fsum(values) / len(values) if name == "mean" else _spread(name, values)
    except OverflowError:
        return None
    return made if made is not None and math.isfinite(made) else None


def _spread(name: str, values: list[float]) -> float | None:
    if len(values) < 2:
        return None
    mean = math.fsum(values) / len(values)
    squares = math.fsum((value - mean) * (value - mean) for value in values)
    variance = squares / (len(values) - name.startswith("sample"))
    return math.sqrt(variance) if name.endswith("SD") else variance
