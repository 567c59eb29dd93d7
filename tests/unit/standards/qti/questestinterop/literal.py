"""A slow, literal interpreter of the response processing of QTI 1.2, to hold the rewritten one against.

It works on the file as it is and knows nothing of QTI 3.0. Where files are read by agreement rather than by
the letter, it says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from shared.standards.qti.documents.element import Element

type Responses = Mapping[str, Sequence[str]]


@dataclass
class Marks:
    """What processing came to."""

    variables: dict[str, Fraction] = field(default_factory=dict)
    feedback: list[str] = field(default_factory=list)


def mark(item: Element, responses: Responses) -> Marks:
    """Return what the response processing of an item comes to."""
    marks = Marks()
    for declared in item.iter("{*}decvar"):
        marks.variables[declared.get("varname", "SCORE")] = Fraction(declared.get("defaultval") or 0)
    for condition in item.iter("{*}respcondition"):
        (test,) = condition.findall("{*}conditionvar")
        if _together(test, item, responses, loose=True):
            _apply(condition, marks)
            if _ends(condition):
                break
    for declared in item.iter("{*}decvar"):
        _bound(declared, marks)
    return marks


def _apply(condition: Element, marks: Marks) -> None:
    for change in condition.findall("{*}setvar"):
        name = change.get("varname", "SCORE")
        before, by = marks.variables.get(name, Fraction(0)), Fraction((change.text or "").strip())
        after = {"Set": by, "Add": before + by, "Subtract": before - by, "Multiply": before * by}
        marks.variables[name] = after[change.get("action", "Set")]
    marks.feedback.extend(shown.get("linkrefid", "") for shown in condition.findall("{*}displayfeedback"))


def _ends(condition: Element) -> bool:
    """By the letter No unless given; by agreement what adds points or only shows feedback goes on."""
    sets = any(change.get("action", "Set") == "Set" for change in condition.findall("{*}setvar"))
    return condition.get("continue", "No" if sets else "Yes") == "No"


def _bound(declared: Element, marks: Marks) -> None:
    name = declared.get("varname", "SCORE")
    if declared.get("minvalue"):
        marks.variables[name] = max(marks.variables[name], Fraction(declared.get("minvalue", "")))
    if declared.get("maxvalue"):
        marks.variables[name] = min(marks.variables[name], Fraction(declared.get("maxvalue", "")))


def _together(element: Element, item: Element, responses: Responses, *, loose: bool) -> bool:
    """And, except that values of an ordered response are one sequence, and of a single one alternatives."""
    keys: dict[str, list[Element]] = {}
    results = []
    for child in element:
        respondent = child.get("respident", "")
        if _tag(child) == "varequal" and _cardinality(item, respondent) in {"Single", "Ordered"}:
            keys.setdefault(respondent, []).append(child)
        else:
            results.append(_holds(child, item, responses))
    for respondent, group in keys.items():
        given = list(responses.get(respondent, ()))
        if _cardinality(item, respondent) == "Ordered":
            results.append(given == [_text(key) for key in group])
        elif loose:
            results.append(any(_holds(key, item, responses) for key in group))
        else:
            results.append(all(_holds(key, item, responses) for key in group))
    return all(results)


def _holds(element: Element, item: Element, responses: Responses) -> bool:
    match _tag(element):
        case "and":
            return _together(element, item, responses, loose=False)
        case "or":
            return any(_holds(child, item, responses) for child in element)
        case "not":
            return not all(_holds(child, item, responses) for child in element)
        case "other":
            return True
        case "unanswered":
            return not responses.get(element.get("respident", ""))
        case name:
            return _compares(name, element, item, list(responses.get(element.get("respident", ""), ())))


def _compares(name: str, element: Element, item: Element, given: list[str]) -> bool:
    text = _text(element)
    if not given:
        return False
    if name == "varsubset":
        return set(text.split(",")) <= set(given)
    if name == "varequal":
        return _equals(element, text, item, given)
    value, key = Fraction(given[0]), Fraction(text)
    return {"varlt": value < key, "varlte": value <= key, "vargt": value > key, "vargte": value >= key}[name]


def _equals(element: Element, text: str, item: Element, given: list[str]) -> bool:
    response = _response(item, element.get("respident", ""))
    if _cardinality(item, element.get("respident", "")) == "Ordered":
        return given == [text]
    if _tag(response) == "response_num":
        return Fraction(given[0]) == Fraction(text)
    if _tag(response) == "response_str" and element.get("case", "No") == "No":
        return given[0].lower() == text.lower()
    return text in given


def _response(item: Element, ident: str) -> Element:
    asked = (
        each for each in item.iter("*") if _tag(each) in {"response_lid", "response_str", "response_num"}
    )
    return next(each for each in asked if each.get("ident") == ident)


def _cardinality(item: Element, ident: str) -> str:
    return _response(item, ident).get("rcardinality", "Single") if ident else ""


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Element) -> str:
    return (element.text or "").strip()
