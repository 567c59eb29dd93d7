"""How QTI 1.2 compares a number: exactly, with a margin, to a precision."""

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.building import base, call, number_text, variable
from shared.standards.qti.questestinterop.decimals import number_of
from shared.standards.qti.questestinterop.names import given


def equals_number(name: str, key: Element, text: str) -> Element:
    """Return the test for a number. Margins and precisions are attributes that Canvas adds to varequal."""
    if given(key, "margin"):
        return _within(name, text, given(key, "margin"), given(key, "margintype"))
    if given(key, "precision"):
        decimals = given(key, "precisiontype").lower().startswith("decimal")
        mode = "decimalPlaces" if decimals else "significantFigures"
        figures = given(key, "precision")
        return call("equal-rounded", variable(name), base("float", text), rounding_mode=mode, figures=figures)
    return call("equal", variable(name), base("float", text), tolerance_mode="exact")


def _within(name: str, text: str, margin: str, kind: str) -> Element:
    value, part = number_of(text), number_of(margin)
    if kind.lower() != "percent" or value is None or part is None:
        mode, tolerance = "absolute", margin
    elif value >= 0:
        mode, tolerance = "relative", margin
    else:  # the relative mode of QTI has its bounds the wrong way round below zero
        mode, tolerance = "absolute", number_text(float(-value * part / 100))
    both = f"{tolerance} {tolerance}"
    return call("equal", variable(name), base("float", text), tolerance_mode=mode, tolerance=both)
