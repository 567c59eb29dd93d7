"""The expressions of tests as the specification words them, sentence by sentence, as slow as they read.

It shares nothing with what it checks but the values. Items are plain data; see `LiteralItem`.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import cast

from shared.standards.qti.values.types import Value


@dataclass
class LiteralVariable:
    """A variable of an item as declared, and its value."""

    kind: str
    base_type: str
    cardinality: str
    value: Value = None
    default: Value = None
    correct: Value = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass
class LiteralItem:
    """An item that was selected for presentation."""

    reference: str
    sections: list[str]
    categories: list[str]
    weights: dict[str, float]
    variables: dict[str, LiteralVariable]
    mapping: dict[str, str] = field(default_factory=dict)
    presented: bool = False
    attempts: int = 0

    def variable(self, name: str) -> LiteralVariable | None:
        """Find a variable by the name that the test gives it."""
        for source, variable in self.variables.items():
            if self.mapping.get(source, source) == name:
                return variable
        return None


def subset(items: list[LiteralItem], given: dict[str, str]) -> list[LiteralItem]:
    """Pick the items that an expression is about."""
    picked = []
    for item in items:
        if "section-identifier" in given and given["section-identifier"] not in item.sections:
            continue
        included = given.get("include-category", "").split()
        if included and not any(category in included for category in item.categories):
            continue
        if any(category in given.get("exclude-category", "").split() for category in item.categories):
            continue
        picked.append(item)
    return picked


def number_selected(items: list[LiteralItem], given: dict[str, str]) -> int:
    """Count the items that have been selected for presentation to the candidate."""
    return len(subset(items, given))


def number_presented(items: list[LiteralItem], given: dict[str, str]) -> int:
    """Count the items with which the user has interacted, whether or not they provided a response."""
    return len([item for item in subset(items, given) if item.presented])


def number_responded(items: list[LiteralItem], given: dict[str, str]) -> int:
    """Count attempted items for which at least one response differs from its declared default."""
    count = 0
    for item in subset(items, given):
        if item.attempts == 0:
            continue
        responses = [one for one in item.variables.values() if one.kind == "response"]
        if any(one.value is not None and not equal(one, one.value, one.default) for one in responses):
            count += 1
    return count


def number_correct(items: list[LiteralItem], given: dict[str, str]) -> int:
    """Count the items for which all defined response variables match their associated correct response."""
    count = 0
    for item in subset(items, given):
        responses = [one for one in item.variables.values() if one.kind == "response"]
        if not responses or any(one.correct is None for one in responses):
            continue  # only items for which all declared responses have correct responses are considered
        if all(equal(one, one.value, one.correct) for one in responses):
            count += 1
    return count


def number_incorrect(items: list[LiteralItem], given: dict[str, str]) -> int:
    """Count the items for which at least one defined response does not match its correct response."""
    count = 0
    for item in subset(items, given):
        responses = [one for one in item.variables.values() if one.kind == "response"]
        if not responses or any(one.correct is None for one in responses):
            continue
        if item.attempts == 0:
            continue  # ... and have been attempted at least once
        if any(not equal(one, one.value, one.correct) for one in responses):
            count += 1
    return count


def variables_of_test(items: list[LiteralItem], given: dict[str, str]) -> tuple[Value, str]:
    """Collect a variable from the items, and tell the base type of the result."""
    collected: list[object] = []
    base_types = set()
    for item in subset(items, given):
        variable = item.variable(given["variable-identifier"])
        if variable is None or not _is_considered(variable, given):
            continue
        base_types.add(variable.base_type)
        if variable.value is None:
            continue  # all NULL values are ignored
        value: object = variable.value
        if "weight-identifier" in given and variable.base_type in {"integer", "float"}:
            value = float(value) * item.weights.get(given["weight-identifier"], 1.0)  # type: ignore[arg-type]
        collected.append(value)
    result = _result_type(base_types, given)
    if result == "float":
        collected = [float(value) for value in collected]  # type: ignore[arg-type]
    return cast("Value", tuple(collected) or None), result


def _is_considered(variable: LiteralVariable, given: dict[str, str]) -> bool:
    if variable.cardinality != "single":
        return False  # only variables with single cardinality are considered
    if "base-type" in given:
        return variable.base_type == given["base-type"]
    return variable.base_type in {"integer", "float"}


def _result_type(base_types: set[str], given: dict[str, str]) -> str:
    if "weight-identifier" in given and base_types & {"integer", "float"}:
        return "float"
    if "base-type" in given:
        return given["base-type"]
    return "integer" if base_types == {"integer"} else "float"


def outcome_minimum(items: list[LiteralItem], given: dict[str, str]) -> Value:
    """Collect the normal minimum of an outcome; items with no declared minimum are ignored."""
    found = [_bound(item, given, "minimum") for item in subset(items, given)]
    return tuple(bound for bound in found if bound is not None) or None


def outcome_maximum(items: list[LiteralItem], given: dict[str, str]) -> Value:
    """Collect the normal maximum; if any item has no declared maximum the result is NULL."""
    found = [_bound(item, given, "maximum") for item in subset(items, given)]
    if None in found:
        return None
    return tuple(bound for bound in found if bound is not None) or None


def _bound(item: LiteralItem, given: dict[str, str], which: str) -> float | None:
    variable = item.variable(given["outcome-identifier"])
    if variable is None or variable.kind != "outcome" or variable.cardinality != "single":
        return None
    bound = variable.minimum if which == "minimum" else variable.maximum
    if bound is None:
        return None
    weight = item.weights.get(given["weight-identifier"], 1.0) if "weight-identifier" in given else 1.0
    return bound * weight


def equal(variable: LiteralVariable, one: Value, other: Value) -> bool:
    """Say whether two values are the same; members of multiple containers come in any order."""
    if variable.cardinality == "multiple" and isinstance(one, tuple) and isinstance(other, tuple):
        return Counter(one) == Counter(other)
    return one == other
