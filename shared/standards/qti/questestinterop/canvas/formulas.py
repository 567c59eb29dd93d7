"""Template processing that picks one set of values, as reading makes it, to a formula question of Canvas."""

from collections.abc import Iterator
from typing import Final

from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children,
    children_named,
    descendants_named,
    name_of,
)
from shared.standards.qti.questestinterop.calculated import (
    ANSWER,
    DECIMALS,
    FORMULA,
    HIGH,
    LOW,
    RANGE,
    SET,
    TOLERANCE,
)
from shared.standards.qti.questestinterop.canvas.building import make
from shared.standards.qti.questestinterop.canvas.conditions import untranslatable
from shared.standards.qti.questestinterop.names import all_text

_OWN: Final = (SET, ANSWER, LOW, HIGH)


def formula_of(root: Element) -> Element | None:
    """Return the formula question that an item is, None where it has no templates.

    Raises Untranslatable for templates of another form: Canvas has nothing for them.
    """
    processing = child_named(root, "qti-template-processing")
    if processing is None:
        return None
    rules = {attribute(each, "identifier") or "": each for each in children(processing)}
    random = next(descendants_named(processing, "qti-random-integer"), None)
    if not set(_OWN) <= set(rules) or random is None or not (attribute(random, "max") or "").isdecimal():
        raise untranslatable(processing)
    count = int(attribute(random, "max") or "0")
    names = [name for name in rules if name not in (*_OWN, "RESPONSE")]
    columns = {name: _column(rules[name], count) for name in (*names, ANSWER)}
    sets = (_set(at, names, columns) for at in range(count))
    return make("calculated", {}, *_author(root, names), make("var_sets", {}, *sets))


def _column(rule: Element, count: int) -> list[str]:
    found = [all_text(each) for each in descendants_named(rule, "qti-base-value")]
    if name_of(next(children(rule))) == "qti-base-value":
        return found * count
    if len(found) != count:
        raise untranslatable(rule)
    return found


def _set(at: int, names: list[str], columns: dict[str, list[str]]) -> Element:
    variables = (make("var", {"name": name}, columns[name][at]) for name in names)
    return make("var_set", {"ident": str(at + 1)}, *variables, make("answer", {}, columns[ANSWER][at]))


def _author(root: Element, names: list[str]) -> Iterator[Element]:
    """Yield what the author wrote, as far as the item tells it: tolerance, formulas, ranges."""
    declared = {
        attribute(each, "identifier"): each for each in children_named(root, "qti-template-declaration")
    }

    def default(name: str) -> list[str]:
        found = declared.get(name)
        return [] if found is None else [all_text(each) for each in descendants_named(found, "qti-value")]

    yield make("answer_tolerance", {}, next(iter(default(TOLERANCE)), "0"))
    places = next(iter(default(DECIMALS)), "0")
    formulas = (make("formula", {}, text) for text in default(FORMULA))
    yield make("formulas", {"decimal_places": places}, *formulas)
    variables = []
    for name in names:
        ends = default(RANGE + name)
        bounds = (make(end, {}, text) for end, text in zip(("min", "max"), ends, strict=False))
        variables.append(make("var", {"name": name, "scale": "0"}, *bounds))
    yield make("vars", {}, *variables)
