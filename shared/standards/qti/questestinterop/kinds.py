"""What kind of question an item of QTI 1.2 is: by its structure first, by what its vendor calls it second."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.decimals import number_of
from shared.standards.qti.questestinterop.names import all_text, below, first, given, inside, tag_of


class Kind(StrEnum):
    """The kinds of questions that exports have."""

    MULTIPLE_CHOICE = "multiple choice"
    TRUE_FALSE = "true or false"
    MULTIPLE_ANSWERS = "multiple answers"
    SHORT_ANSWER = "short answer"
    BLANKS = "fill in multiple blanks"
    DROPDOWNS = "multiple dropdowns"
    MATCHING = "matching"
    CATEGORIZATION = "categorization"
    ORDERING = "ordering"
    NUMERICAL = "numerical"
    CALCULATED = "calculated"
    ESSAY = "essay"
    UPLOAD = "file upload"
    HOT_SPOT = "hot spot"
    TEXT = "text only"
    STIMULUS = "stimulus"
    COMPOSITE = "composite"


_CALLED: Final = {
    "calculated_question": Kind.CALCULATED,
    "categorization_question": Kind.CATEGORIZATION,
    "cc.essay.v0p1": Kind.ESSAY,
    "either/or": Kind.TRUE_FALSE,
    "cc.true_false.v0p1": Kind.TRUE_FALSE,
    "essay": Kind.ESSAY,
    "essay_question": Kind.ESSAY,
    "file upload": Kind.UPLOAD,
    "file_upload_question": Kind.UPLOAD,
    "fill_in_multiple_blanks_question": Kind.BLANKS,
    "long answer": Kind.ESSAY,
    "multiple_dropdowns_question": Kind.DROPDOWNS,
    "short response": Kind.ESSAY,
    "true/false": Kind.TRUE_FALSE,
    "true_false_question": Kind.TRUE_FALSE,
}
_LABELS: Final = ("question_type", "bbmd_questiontype", "qmd_questiontype", "cc_profile")
_STIMULUS: Final = ("source_url", "passage")
_RESPONSES: Final = ("response_lid", "response_str", "response_num", "response_xy", "response_grp")
_NUMBERS: Final = ("decimal", "integer", "scientific")
COMPARISONS: Final = (
    "varequal",
    "varlt",
    "varlte",
    "vargt",
    "vargte",
    "varsubstring",
    "varsubset",
    "varinside",
)
"""The conditions of QTI 1.2 that compare a response with a value."""


def kind_of(item: Element, metadata: dict[str, str]) -> Kind:
    """Return the kind of an item."""
    called = next(
        (_CALLED[name] for label in _LABELS if (name := metadata.get(label, "").lower()) in _CALLED), None
    )
    if any(True for _ in below(item, "calculated")):
        return Kind.CALCULATED
    responses = list(below(item, *_RESPONSES))
    if not responses:
        return _without_response(item, metadata, called)
    if called in {Kind.BLANKS, Kind.DROPDOWNS}:
        return called
    if len(responses) > 1:
        return _of_many(responses)
    return _of_one(responses[0], item, called)


def shares_choices(responses: list[Element]) -> bool:
    """Say whether several responses offer the same choices, as in a matching; some may lack a few."""
    offered = [
        {given(label, "ident") for label in below(response, "response_label")} for response in responses
    ]
    largest = max(offered, key=len)
    return bool(largest) and all(idents and idents <= largest for idents in offered)


def comparisons_of(item: Element) -> dict[str, list[Element]]:
    """Return the conditions of an item that compare a response, by the ident of the response."""
    found: dict[str, list[Element]] = {}
    for key in below(item, *COMPARISONS):
        found.setdefault(given(key, "respident"), []).append(key)
    return found


def is_numeric(response: Element, comparisons: Mapping[str, list[Element]]) -> bool:
    """Say whether a response is a number: declared or compared as one, and all its keys are numbers."""
    keys = comparisons.get(given(response, "ident"), [])
    compared = any(tag_of(key) in COMPARISONS[1:5] for key in keys)
    fibs = [given(fib, "fibtype").lower() for fib in below(response, "render_fib")]
    declared = tag_of(response) == "response_num" or any(fib in _NUMBERS for fib in fibs)
    return (declared or compared) and all(number_of(all_text(key)) is not None for key in keys)


def _without_response(item: Element, metadata: dict[str, str], called: Kind | None) -> Kind:
    if called in {Kind.UPLOAD, Kind.ESSAY}:
        return called
    is_stimulus = any(label in metadata for label in _STIMULUS) or bool(given(item, "instructions"))
    return Kind.STIMULUS if is_stimulus else Kind.TEXT


def _of_many(responses: list[Element]) -> Kind:
    tags = {tag_of(response) for response in responses}
    counts = {given(response, "rcardinality") for response in responses}
    if tags <= {"response_lid", "response_grp"} and "Ordered" not in counts and shares_choices(responses):
        return Kind.CATEGORIZATION if "Multiple" in counts else Kind.MATCHING
    return Kind.COMPOSITE


def _of_one(response: Element, item: Element, called: Kind | None) -> Kind:
    name = tag_of(response)
    if name == "response_lid":
        by_cardinality = {"Ordered": Kind.ORDERING, "Multiple": Kind.MULTIPLE_ANSWERS}
        single = Kind.TRUE_FALSE if called is Kind.TRUE_FALSE else Kind.MULTIPLE_CHOICE
        return by_cardinality.get(given(response, "rcardinality"), single)
    if name in {"response_xy", "response_grp"}:
        return Kind.HOT_SPOT if name == "response_xy" else Kind.MATCHING
    if is_numeric(response, comparisons_of(item)):
        return Kind.NUMERICAL
    processing = first(item, "resprocessing")
    has_keys = processing is not None and any(True for _ in below(processing, *COMPARISONS))
    return Kind.SHORT_ANSWER if has_keys and called is not Kind.ESSAY else Kind.ESSAY


def is_human_scored(item: Element) -> bool:
    """Say whether nothing in an item gives points, so that a person must."""
    return not any(
        any(True for _ in below(processing, "setvar")) for processing in inside(item, "resprocessing")
    )
