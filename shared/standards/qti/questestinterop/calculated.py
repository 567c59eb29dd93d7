"""Formula questions of Canvas: values generated beforehand become a random choice of one set of values."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.building import (
    base,
    call,
    declare,
    make,
    number_text,
    values,
    variable,
)
from shared.standards.qti.questestinterop.decimals import number_of
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.names import Identifiers, all_text, below, first, given, inside

SET: Final = "SET"
ANSWER: Final = "ANSWER"
LOW: Final = "LOW"
HIGH: Final = "HIGH"
FORMULA: Final = "FORMULA"
TOLERANCE: Final = "TOLERANCE"
DECIMALS: Final = "DECIMALS"
RANGE: Final = "RANGE_"
_RULE: Final = "Canvas, itemproc_extension calculated"
_RESERVED: Final = (SET, ANSWER, LOW, HIGH, FORMULA, TOLERANCE, DECIMALS, "RESPONSE", "SCORE", "FEEDBACK")


@dataclass(frozen=True, slots=True)
class Calculated:
    """A formula question: the names of its variables, its sets of values, and its answers to them."""

    element: Element
    names: dict[str, str]
    sets: tuple[dict[str, Fraction], ...]
    answers: tuple[Fraction, ...]
    tolerance: str

    @property
    def margins(self) -> tuple[Fraction, ...]:
        """How far a response may be off each answer; a percentage is one of the answer."""
        part = number_of(self.tolerance.removesuffix("%")) or Fraction(0)
        if not self.tolerance.endswith("%"):
            return (part,) * len(self.answers)
        return tuple(abs(answer) * part / 100 for answer in self.answers)


def calculated_of(item: Element, findings: Findings) -> Calculated:
    """Return the formula question that an item holds. Raises Invalid for one without values."""
    element = next(below(item, "calculated"))
    variables = [given(each, "name") for part in inside(element, "vars") for each in inside(part, "var")]
    taken = Identifiers()
    for name in _RESERVED:
        taken.take(name)
    names = {name: taken.take(name) for name in variables}
    sets, answers = [], []
    for one in below(element, "var_set"):
        value = {given(each, "name"): number_of(all_text(each)) for each in inside(one, "var")}
        answer = first(one, "answer")
        number = None if answer is None else number_of(all_text(answer))
        if number is None or any(value.get(name) is None for name in variables):
            raise findings.invalid(one, "a set of values without all of them", rule=_RULE)
        sets.append({name: found for name in variables if (found := value[name]) is not None})
        answers.append(number)
    if not sets:
        raise findings.invalid(element, "no sets of values for the formula", rule=_RULE)
    return Calculated(element, names, tuple(sets), tuple(answers), _tolerance(element))


def _tolerance(element: Element) -> str:
    found = first(element, "answer_tolerance")
    if found is None:
        return "0"
    percent = given(found, "margin_type") == "percent"
    text = all_text(found).strip() or "0"
    return f"{text}%" if percent and not text.endswith("%") else text


def declarations_of(calculated: Calculated) -> list[Element]:
    """Return the template variables: what is chosen, what candidates see, and what the author wrote."""
    formulas = [all_text(formula).strip() for formula in below(calculated.element, "formula")]
    found = [
        declare("template", SET, "integer"),
        *(declare("template", name, "float") for name in calculated.names.values()),
        declare("template", ANSWER, "float"),
        declare("template", LOW, "float"),
        declare("template", HIGH, "float"),
        declare("template", TOLERANCE, "string", "single", values("qti-default-value", calculated.tolerance)),
    ]
    if formulas:
        found.append(
            declare("template", FORMULA, "string", "ordered", values("qti-default-value", *formulas))
        )
    for places in below(calculated.element, "formulas"):
        if given(places, "decimal_places").isdecimal():
            default = values("qti-default-value", given(places, "decimal_places"))
            found.append(declare("template", DECIMALS, "integer", "single", default))
    return found + list(_ranges(calculated))


def _ranges(calculated: Calculated) -> list[Element]:
    found = []
    for part in inside(calculated.element, "vars"):
        for each in inside(part, "var"):
            ends = [first(each, end) for end in ("min", "max")]
            numbers = [None if end is None else number_of(all_text(end)) for end in ends]
            texts = [number_text(float(number)) for number in numbers if number is not None]
            name = RANGE + calculated.names[given(each, "name")]
            if len(texts) == 2:
                found.append(
                    declare("template", name, "float", "ordered", values("qti-default-value", *texts))
                )
    return found


def processing_of(calculated: Calculated) -> Element:
    """Return the template processing, which chooses one of the sets that were generated."""
    count = len(calculated.sets)
    rules = [_set(SET, make("qti-random-integer", {"min": "1", "max": str(count)}))]
    for name, variable_name in calculated.names.items():
        rules.append(_set(variable_name, _chosen([each[name] for each in calculated.sets])))
    rules.append(_set(ANSWER, _chosen(list(calculated.answers))))
    bounds = list(zip(calculated.answers, calculated.margins, strict=True))
    rules.append(_set(LOW, _chosen([answer - margin for answer, margin in bounds])))
    rules.append(_set(HIGH, _chosen([answer + margin for answer, margin in bounds])))
    rules.append(make("qti-set-correct-response", {"identifier": "RESPONSE"}, variable(ANSWER)))
    return make("qti-template-processing", {}, *rules)


def is_right() -> Element:
    """Return the test whether a response is within the margin of the answer."""
    low = call("gte", variable("RESPONSE"), variable(LOW))
    return call("and", low, call("lte", variable("RESPONSE"), variable(HIGH)))


def _set(name: str, value: Element) -> Element:
    return make("qti-set-template-value", {"identifier": name}, value)


def _chosen(numbers: list[Fraction]) -> Element:
    if len(set(numbers)) == 1:
        return base("float", number_text(float(numbers[0])))
    listed = (base("float", number_text(float(number))) for number in numbers)
    return call("index", call("ordered", *listed), n=SET)
