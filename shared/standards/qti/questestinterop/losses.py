"""What of QTI 1.2 no tree of QTI 3.0 carries: told by one table of what is read."""

from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.names import attributes_of, tag_of
from shared.standards.qti.vocabulary.namespaces import XML, XSI

_IDENTITY: Final = "ident title label"
_LABEL: Final = "ident rarea rrange rshuffle shuffle answer_type scoring_algorithm ignore_case allow_reuse"
_RESPONSE: Final = "ident rcardinality rtiming rce"
# Each element that is read, with the attributes that are. What is inside material is told where it is read.
_READ: Final = {
    "item": f"{_IDENTITY} instructions",
    "itemfeedback": "ident view title",
    "presentation": "label",
    "response_lid": _RESPONSE,
    "response_str": _RESPONSE,
    "response_num": f"{_RESPONSE} numtype",
    "response_xy": _RESPONSE,
    "response_grp": _RESPONSE,
    "render_choice": "shuffle minnumber maxnumber",
    "render_hotspot": "shuffle minnumber maxnumber",
    "render_slider": "lowerbound upperbound step",
    "render_fib": "fibtype rows columns maxchars charset encoding",
    "render_extension": "",
    "ims_render_object": "shuffle orientation",
    "response_label": f"{_LABEL} levenshtein_distance position x0 y0 width height",
    "flow_label": "class",
    "resprocessing": "",
    "outcomes": "",
    "decvar": "varname variablename vartype defaultval minvalue maxvalue",
    "respcondition": "title continue correctanswer",
    "conditionvar": "",
    "and": "",
    "or": "",
    "not": "",
    "other": "",
    "unanswered": "respident",
    "varequal": "respident case index margin margintype precision precisiontype",
    "varlt": "respident",
    "varlte": "respident",
    "vargt": "respident",
    "vargte": "respident",
    "varsubset": "respident",
    "varsubstring": "respident case",
    "varinside": "respident areatype",
    "setvar": "varname variablename action",
    "displayfeedback": "feedbacktype linkrefid",
    "itemproc_extension": "",
    "calculated": "",
    "answer_tolerance": "margin_type",
    "formulas": "decimal_places",
    "formula": "",
    "vars": "",
    "var": "name",
    "min": "",
    "max": "",
    "var_sets": "",
    "var_set": "",
    "answer": "",
    "flow": "class",
    "rubric": "view",
    "itemrubric": "view",
    "objectives": "view",
    "response_extension": "",
    "grading_type": "",
}
_KEPT_BESIDE: Final = ("itemmetadata", "qtimetadata", "qticomment", "duration")
_READ_ELSEWHERE: Final = ("material", "flow_mat", "solution", "hint", "presentation_material")
# The `ident` of a set of generated values, and of answers, says nothing once they are chosen by number.
_IGNORED: Final = {
    "var_set": ("ident",),
    "var": ("scale",),
    "respcondition": ("ident",),
    "item": ("maxattempts",),
}
_PARSED: Final = {name: frozenset(attributes.split()) for name, attributes in _READ.items()}
_RULE: Final = "QTI 3.0 has no counterpart"


def tell_losses(item: Element, findings: Findings) -> None:
    """Tell every element and attribute of an item that is not read."""
    _tell_attributes(item, "item", findings)
    waiting = [item]
    while waiting:
        for child in waiting.pop().iterchildren("*"):
            name = tag_of(child)
            if name in _READ_ELSEWHERE or name in _KEPT_BESIDE:
                continue
            if name not in _PARSED:
                findings.lose(child, f"the element {name} is left out", rule=_RULE)
                continue
            _tell_attributes(child, name, findings)
            waiting.append(child)


def _tell_attributes(element: Element, name: str, findings: Findings) -> None:
    known = _PARSED[name]
    for attribute, value in attributes_of(element):
        said = attribute in known or attribute in _IGNORED.get(name, ()) or not value
        if not said and not attribute.startswith((f"{{{XML}}}", f"{{{XSI}}}")):
            local = attribute.rpartition("}")[2]
            findings.lose(element, f"the attribute {local} of {name} is left out", rule=_RULE)
