"""How Brightspace counts: it adds up right and wrong parts, and a grading type says what they come to."""

from fractions import Fraction
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.building import assign, base, call, make, number_text, variable
from shared.standards.qti.questestinterop.names import all_text, below

RIGHT: Final = "D2L_Correct"
WRONG: Final = "D2L_Incorrect"
_SCORE: Final = "SCORE"
_WHOLE: Final = "1"
_MINUS_WRONG: Final = "2"


def grading_of(item: Element) -> str:
    """Return the grading type: 0 for each part its share, 1 for all or nothing, 2 for right minus wrong."""
    return next((all_text(each).strip() for each in below(item, "grading_type")), "0")


def total(grading: str, most: Fraction) -> list[Element]:
    """Return the rules that make points of the numbers of right and wrong parts."""
    right, wrong, points = variable(RIGHT), variable(WRONG), base("float", number_text(float(most)))
    if grading == _WHOLE:
        full = make("qti-response-if", {}, _none_wrong(), assign(_SCORE, points))
        return [make("qti-response-condition", {}, full)]
    parts = call("sum", variable(RIGHT), variable(WRONG))
    counted = call("subtract", right, wrong) if grading == _MINUS_WRONG else right
    share = call("product", call("divide", counted, parts), points)
    return [assign(_SCORE, call("max", share, base("float", "0")))]


def _none_wrong() -> Element:
    nothing, something = base("float", "0"), base("float", "0")
    return call("and", call("lte", variable(WRONG), nothing), call("gt", variable(RIGHT), something))
