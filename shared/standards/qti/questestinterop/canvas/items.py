"""An item of QTI 3.0 as a question of Canvas."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children,
    children_named,
    descendants_named,
    name_of,
)
from shared.standards.qti.questestinterop.building import number_text
from shared.standards.qti.questestinterop.canvas.asked import Asked, asked_of, is_placed, question_type
from shared.standards.qti.questestinterop.canvas.building import conditionvar, make, material, metadata
from shared.standards.qti.questestinterop.canvas.conditions import Tests, Untranslatable
from shared.standards.qti.questestinterop.canvas.formulas import formula_of
from shared.standards.qti.questestinterop.canvas.markup import html_of
from shared.standards.qti.questestinterop.canvas.presenting import presentation_of
from shared.standards.qti.questestinterop.canvas.rules import SCORE, Steps
from shared.standards.qti.questestinterop.canvas.templates import rules_of
from shared.standards.qti.questestinterop.decimals import number_of
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.names import all_text

_RULE: Final = "QTI 1.2 has no counterpart"
_TOLD: Final = (
    "qti-stylesheet",
    "qti-companion-materials-info",
    "qti-catalog-info",
    "qti-context-declaration",
)


@dataclass(frozen=True, slots=True)
class _Question:
    root: Element
    asked: tuple[Asked, ...]
    kind: str
    points: Fraction
    findings: Findings


@dataclass(frozen=True, slots=True)
class _Scored:
    """How it is scored; without steps by a person."""

    steps: Steps | None
    conditions: list[Element]
    formula: Element | None


def write_item(document: Document, worth: Fraction, findings: Findings) -> Element | None:
    """Return an item for Canvas; None, told as a loss, where Canvas has no such question.

    `worth` is a weight on its points. Processing that QTI 1.2 can't state is left to a person, and told.
    """
    root = document.root
    asked = asked_of(root)
    kind = question_type(asked)
    if kind is None:
        names = ", ".join(sorted({each.name for each in asked}))
        findings.lose(root, f"an item with {names} is left out: Canvas has no such question", rule=_RULE)
        return None
    _tell(root, kind, findings)
    question = _Question(root, asked, kind, _points(root) * worth, findings)
    tests = Tests({each.variable: each for each in asked}, is_placed(asked))
    try:
        formula = formula_of(root)
        steps = _steps(question, tests, worth)
        scored = _Scored(steps, steps.of(rules_of(root)), formula)
    except Untranslatable as error:
        findings.lose(root, f"its scoring is left to a person: {error.message}", rule=_RULE)
        scored = _Scored(None, [], None)
    return _item(question, scored, tests.texts)


def _item(question: _Question, scored: _Scored, texts: dict[str, dict[str, str]]) -> Element:
    root = question.root
    kind = question.kind if scored.formula is None else "calculated_question"
    entries = {"question_type": kind} if kind else {}
    entries["points_possible"] = number_text(float(question.points))
    entries["assessment_question_identifierref"] = attribute(root, "identifier") or ""
    if scored.steps is not None and scored.steps.whole:
        entries["scoring_algorithm"] = "AllOrNothing"
    reference = child_named(root, "qti-assessment-stimulus-ref")
    if reference is not None:
        entries["parent_stimulus_item_ident"] = attribute(reference, "identifier") or ""
    parts = [
        make("itemmetadata", {}, metadata(entries)),
        presentation_of(root, question.asked, texts, question.findings),
    ]
    if question.asked or scored.conditions:
        parts.append(_processing(question, scored.steps, scored.conditions))
    if scored.formula is not None:
        parts.append(make("itemproc_extension", {}, scored.formula))
    parts += _feedback(root, question.findings)
    attributes = {"ident": attribute(root, "identifier") or "", "title": attribute(root, "title") or ""}
    return make("item", attributes, *parts)


def _processing(question: _Question, steps: Steps | None, conditions: list[Element]) -> Element:
    bounds = {"varname": SCORE, "vartype": "Decimal"}
    start = Fraction(0) if steps is None else _start(question.root) * steps.scale
    if start:
        bounds["defaultval"] = number_text(float(start))
    low, high = _reach(conditions, start)
    if steps is None or low >= 0 or steps.bounded_below:
        bounds["minvalue"] = "0" if steps is None else number_text(float(steps.lowest))
    if steps is None or high <= 100 or steps.bounded_above or steps.whole:
        bounds["maxvalue"] = "100"
    if not conditions:
        conditions = [make("respcondition", {"continue": "No"}, conditionvar(make("other")))]
    return make("resprocessing", {}, make("outcomes", {}, make("decvar", bounds)), *conditions)


def _reach(conditions: list[Element], start: Fraction) -> tuple[Fraction, Fraction]:
    """Return the lowest and highest percentage that conditions could come to, beyond bounds if unsure."""
    setvars = [each for condition in conditions for each in condition.iter("{*}setvar")]
    changes = [(each.get("action"), number_of(each.text or "") or Fraction(0)) for each in setvars]
    if any(action in {"Multiply", "Divide"} for action, _ in changes):
        return Fraction(-1), Fraction(101)
    steps = [amount if action == "Add" else -amount for action, amount in changes if action != "Set"]
    sets = [start, *(amount for action, amount in changes if action == "Set")]
    low, high = (sum((each for each in steps if each * sign > 0), Fraction(0)) for sign in (-1, 1))
    return min(sets) + low, max(sets) + high


def _start(root: Element) -> Fraction:
    """Return the score before anything is processed."""
    for declared in children_named(root, "qti-outcome-declaration"):
        if attribute(declared, "identifier") == SCORE:
            for value in descendants_named(declared, "qti-value"):
                return number_of(all_text(value)) or Fraction(0)
    return Fraction(0)


def _points(root: Element) -> Fraction:
    for declared in children_named(root, "qti-outcome-declaration"):
        if attribute(declared, "identifier") == "MAXSCORE":
            for value in descendants_named(declared, "qti-value"):
                return number_of(all_text(value)) or Fraction(1)
    for declared in children_named(root, "qti-outcome-declaration"):
        if attribute(declared, "identifier") == SCORE:
            most = number_of(attribute(declared, "normal-maximum") or "")
            if most is not None:
                return most
    return Fraction(1) if child_named(root, "qti-response-declaration") is not None else Fraction(0)


def _steps(question: _Question, tests: Tests, worth: Fraction) -> Steps:
    shown = frozenset(
        attribute(each, "outcome-identifier") or ""
        for each in children_named(question.root, "qti-modal-feedback")
    )
    scale = 100 * worth / question.points if question.points else Fraction(1)
    return Steps(tests, scale, shown)


def _feedback(root: Element, findings: Findings) -> Iterator[Element]:
    for feedback in children_named(root, "qti-modal-feedback"):
        shown = make("flow_mat", {}, material(html_of(feedback, findings)))
        yield make("itemfeedback", {"ident": attribute(feedback, "identifier") or ""}, shown)


def _tell(root: Element, kind: str, findings: Findings) -> None:
    if not kind:
        findings.lose(root, "Canvas does not mix kinds of responses in one question", rule=_RULE)
    if attribute(root, "adaptive") == "true":
        findings.lose(root, "an adaptive item becomes one with a single attempt", rule=_RULE)
    for each in children(root):
        if name_of(each) in _TOLD:
            findings.lose(each, f"{name_of(each)} is left out", rule=_RULE)


def write_stimulus(document: Document, findings: Findings) -> Element:
    """Return a stimulus as Canvas New Quizzes write it: an item of text only, marked as a passage."""
    root = document.root
    body = child_named(root, "qti-stimulus-body")
    entries = {"question_type": "text_only_question", "points_possible": "0", "passage": "true"}
    stem = "" if body is None else html_of(body, findings)
    attributes = {"ident": attribute(root, "identifier") or "", "title": attribute(root, "title") or ""}
    shown = make("presentation", {}, material(stem))
    return make("item", attributes, make("itemmetadata", {}, metadata(entries)), shown)
