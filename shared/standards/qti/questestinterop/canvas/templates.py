"""The standard templates of response processing, spelled out as rules."""

from copy import deepcopy
from typing import Final

from shared.standards.qti.documents.element import Element, attribute, child_named, children, children_named
from shared.standards.qti.questestinterop.building import assign, base, call, make, variable
from shared.standards.qti.questestinterop.canvas.conditions import Untranslatable

_RESPONSE: Final = {"identifier": "RESPONSE"}
_SCORE: Final = "SCORE"


def rules_of(root: Element) -> list[Element]:
    """Return the rules of response processing of an item. Raises Untranslatable for other templates."""
    processing = child_named(root, "qti-response-processing")
    if processing is None:
        return []
    template = (attribute(processing, "template") or "").rpartition("/")[2].removesuffix(".xml")
    if not template or any(True for _ in children(processing)):
        return list(children(processing))
    rules = {"match_correct": _match_correct, "map_response": _map_response}.get(template)
    if rules is None:
        message = f"the template {template} can't be stated in QTI 1.2"
        raise Untranslatable(message, rule="QTI 1.2 has no counterpart")
    # They stand beside the declarations that they ask for, in a tree of their own.
    declared = (deepcopy(each) for each in children_named(root, "qti-response-declaration"))
    twin = make("qti-response-processing", {}, rules())
    make("qti-assessment-item", {}, *declared, twin)
    return list(children(twin))


def _match_correct() -> Element:
    right = call("match", variable("RESPONSE"), make("qti-correct", _RESPONSE))
    full = make("qti-response-if", {}, right, assign(_SCORE, base("float", "1")))
    nothing = make("qti-response-else", {}, assign(_SCORE, base("float", "0")))
    return make("qti-response-condition", {}, full, nothing)


def _map_response() -> Element:
    return assign(_SCORE, make("qti-map-response", _RESPONSE))
