"""The response processing templates that items name in the place of rules of their own.

QTI 3.0 implementation guide for match_correct, map_response and map_response_point, at the addresses
of every version; profile of Common Cartridge for those with CC2; match_nothing is of the field. They are
written as rules of 3.0, and compiled as any rules are.
"""

import re
from typing import Final

from shared.standards.qti.documents.document import parse
from shared.standards.qti.documents.element import Element

_ADDRESS: Final = re.compile(r"(.*/)?rptemplates/(?P<name>\w+?)(\.xml)?")


def standard_template(address: str) -> Element | None:
    """Return the response processing that the address of a standard template stands for, else None."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return None
    # The template of this name sets no feedback any more, and one point for MAXSCORE, since 3.0.
    changed = found["name"] == "CC2_match" and "v3p0" in address
    return _TEMPLATES.get("match_correct" if changed else found["name"])


def _set(outcome: str, expression: str) -> str:
    return f'<qti-set-outcome-value identifier="{outcome}">{expression}</qti-set-outcome-value>'


def _value(base_type: str, text: str) -> str:
    return f'<qti-base-value base-type="{base_type}">{text}</qti-base-value>'


def _if_else(expression: str, then: str, otherwise: str) -> str:
    return (
        f"<qti-response-condition><qti-response-if>{expression}{then}</qti-response-if>"
        f"<qti-response-else>{otherwise}</qti-response-else></qti-response-condition>"
    )


def _mapped(by: str) -> str:
    return _if_else(
        f"<qti-is-null>{_RESPONSE}</qti-is-null>",
        _set("SCORE", _value("float", "0")),
        _set("SCORE", f'<{by} identifier="RESPONSE"/>'),
    )


_RESPONSE: Final = '<qti-variable identifier="RESPONSE"/>'
_MAXIMUM: Final = '<qti-variable identifier="MAXSCORE"/>'
_IS_CORRECT: Final = f'<qti-match>{_RESPONSE}<qti-correct identifier="RESPONSE"/></qti-match>'
_IS_MAXIMUM: Final = (
    f'<qti-equal tolerance-mode="exact">{_MAXIMUM}<qti-variable identifier="SCORE"/></qti-equal>'
)
_ONE: Final = _set("SCORE", _value("float", "1"))
_ZERO: Final = _set("SCORE", _value("float", "0"))


def _told(outcome: str, condition: str, then: str = "", otherwise: str = "") -> str:
    correct, incorrect = (_set(outcome, _value("identifier", told)) for told in ("correct", "incorrect"))
    return _if_else(condition, then + correct, otherwise + incorrect)


_SOURCES: Final = {
    "match_correct": _if_else(_IS_CORRECT, _ONE, _ZERO),
    "match_nothing": _if_else(f"<qti-is-null>{_RESPONSE}</qti-is-null>", _ONE, _ZERO),
    "map_response": _mapped("qti-map-response"),
    "map_response_point": _mapped("qti-map-response-point"),
    "CC2_match_basic": _told("FEEDBACKBASIC", _IS_CORRECT, _set("SCORE", _MAXIMUM)),
    "CC2_match": _set("FEEDBACK", _RESPONSE) + _if_else(_IS_CORRECT, _set("SCORE", _MAXIMUM), ""),
    "CC2_map_response": _mapped("qti-map-response") + _told("FEEDBACK", _IS_MAXIMUM),
}

_TEMPLATES: Final = {
    name: parse(f"<qti-response-processing>{rules}</qti-response-processing>".encode(), file=name).root
    for name, rules in _SOURCES.items()
}
