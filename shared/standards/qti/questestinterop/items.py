"""An item of QTI 1.2, read into an item of QTI 3.0 that scores the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop import calculated as formulas
from shared.standards.qti.questestinterop.bodies import Body
from shared.standards.qti.questestinterop.building import declare, make, values
from shared.standards.qti.questestinterop.conditions import Conditions, scored_values
from shared.standards.qti.questestinterop.dialects import Dialect
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.keys import correct_values
from shared.standards.qti.questestinterop.kinds import Kind
from shared.standards.qti.questestinterop.losses import tell_losses
from shared.standards.qti.questestinterop.marking import Marking
from shared.standards.qti.questestinterop.material import blocks, content_of
from shared.standards.qti.questestinterop.names import given, identifier, inside, is_yes
from shared.standards.qti.questestinterop.responses import Response, Sort, responses_of
from shared.standards.qti.questestinterop.scoring import FEEDBACK
from shared.standards.qti.questestinterop.sources import Source
from shared.standards.qti.vocabulary.namespaces import XML

STIMULI: Final = "stimuli/"
_TYPES: Final = {
    Sort.CHOICE: ("identifier", "single"),
    Sort.CHOICES: ("identifier", "multiple"),
    Sort.ORDER: ("identifier", "ordered"),
    Sort.PAIR: ("directedPair", "multiple"),
    Sort.TEXT: ("string", "single"),
    Sort.BLANK: ("string", "single"),
    Sort.NUMBER: ("float", "single"),
    Sort.POINT: ("point", "single"),
}
_VIEWS: Final = {"tutor": "tutor", "scorer": "scorer", "proctor": "proctor", "author": "author"}


@dataclass(frozen=True, slots=True)
class ImportedItem:
    """An item read from QTI 1.2: its tree of QTI 3.0, and beside it what the file said.

    `document` is an item, or an assessment stimulus where `kind` is that. `points` is what a right answer is
    worth, None where the file does not say. `original` stays as it was read.

    >>> from shared.standards.qti import parse, read_questestinterop
    >>> file = parse(b'<questestinterop><item ident="8" title="Hi"/></questestinterop>')
    >>> item: ImportedItem = read_questestinterop(file).items[0]
    >>> item.identifier, item.title
    ('_8', 'Hi')
    """

    identifier: str
    title: str
    kind: Kind
    document: Document
    original: Element
    metadata: dict[str, str]
    dialect: Dialect
    points: float | None


def read_item(source: Source, findings: Findings) -> ImportedItem:
    """Return an item of QTI 3.0 for one of 1.2. Raises Invalid where it could not be scored as it says."""
    if source.kind is Kind.STIMULUS:
        return _imported(source, _stimulus(source, findings), None, findings)
    responses = responses_of(source.element, source.kind, findings)
    formula = formulas.calculated_of(source.element, findings) if source.kind is Kind.CALCULATED else None
    case_sensitive = is_yes(source.metadata.get("case_sensitive", ""))
    conditions = Conditions(
        {each.ident: each for each in reversed(responses)},
        findings,
        scored_values(source.element),
        source.budget,
        case_sensitive,
    )
    marking = Marking.of(source, conditions, findings)
    printed = {} if formula is None else formula.names
    root = make(
        "qti-assessment-item",
        _attributes(source),
        *_responses(source.kind, responses, marking),
        *marking.declarations(),
        *([] if formula is None else formulas.declarations_of(formula)),
        *([] if formula is None else [formulas.processing_of(formula)]),
        *_stimulus_reference(source.metadata),
    )
    body = Body(source.kind, responses, findings, printed).of(source.element)
    for at, rubric in enumerate(_rubrics(source.element, findings)):
        body.insert(at, rubric)
    root.append(body)
    rules = marking.rules(formula is not None)
    if rules:
        root.append(make("qti-response-processing", {}, *rules))
    root.extend(_feedback(source.element, findings))
    return _imported(source, root, marking.points.most, findings)


def _imported(source: Source, root: Element, points: Fraction | None, findings: Findings) -> ImportedItem:
    tell_losses(source.element, findings)
    document = Document(root, f"{source.identifier}.xml", findings.notices)
    title = root.get("title", "")
    worth = None if points is None else float(points)
    kind, original = source.kind, source.element
    return ImportedItem(
        source.identifier, title, kind, document, original, source.metadata, source.dialect, worth
    )


def _attributes(source: Source) -> dict[str, str]:
    item = source.element
    title = given(item, "title") or given(item, "ident") or source.identifier
    language = next(
        (value for at in [item, *item.iterancestors()] if (value := at.get(f"{{{XML}}}lang"))), ""
    )
    attributes = {"identifier": source.identifier, "title": title}
    if source.kind is Kind.STIMULUS:
        return attributes
    attributes |= {"adaptive": "false", "time-dependent": "false"}
    return attributes | ({f"{{{XML}}}lang": language} if language else {})


def _responses(kind: Kind, responses: tuple[Response, ...], marking: Marking) -> Iterator[Element]:
    correct = correct_values(marking.steps, marking.conditions.responses)
    declared: set[str] = set()
    for response in responses:
        if response.variable in declared:
            continue
        declared.add(response.variable)
        base_type, cardinality = _TYPES[response.sort]
        found = [] if kind is Kind.CALCULATED else correct.get(response.variable, [])
        parts = [values("qti-correct-response", *found)] if found else []
        mapping = marking.mapping(response, found)
        yield declare("response", response.variable, base_type, cardinality, *parts, *mapping)
    if not responses and kind in {Kind.UPLOAD, Kind.ESSAY}:
        yield declare("response", "RESPONSE", "file" if kind is Kind.UPLOAD else "string")


def _stimulus_reference(metadata: dict[str, str]) -> list[Element]:
    ident = metadata.get("parent_stimulus_item_ident", "")
    if not ident:
        return []
    name = identifier(ident)
    return [make("qti-assessment-stimulus-ref", {"identifier": name, "href": f"../{STIMULI}{name}.xml"})]


def _stimulus(source: Source, findings: Findings) -> Element:
    content = [part for each in inside(source.element, "presentation") for part in content_of(each, findings)]
    instructions = given(source.element, "instructions")
    if instructions:
        content.insert(0, make("p", {"class": "instructions"}, instructions))
    body = make("qti-stimulus-body", {}, *blocks(content))
    return make("qti-assessment-stimulus", _attributes(source), body)


def _rubrics(item: Element, findings: Findings) -> Iterator[Element]:
    for rubric in inside(item, "rubric", "itemrubric", "objectives"):
        found = blocks(content_of(rubric, findings))
        if found:
            view = _VIEWS.get(given(rubric, "view").lower(), "candidate")
            body = make("qti-content-body", {}, *found)
            yield make("qti-rubric-block", {"use": "instructions", "view": view}, body)


def _feedback(item: Element, findings: Findings) -> Iterator[Element]:
    for feedback in inside(item, "itemfeedback"):
        attributes = {
            "outcome-identifier": FEEDBACK,
            "show-hide": "show",
            "identifier": identifier(given(feedback, "ident")),
        }
        body = make("qti-content-body", {}, *blocks(content_of(feedback, findings)))
        yield make("qti-modal-feedback", attributes, body)
