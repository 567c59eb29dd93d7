"""The interactions of QTI 3.0 for the responses of QTI 1.2."""

from collections.abc import Sequence
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.areas import area_of, image_of
from shared.standards.qti.questestinterop.building import Content, make
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.kinds import Kind
from shared.standards.qti.questestinterop.material import content_of
from shared.standards.qti.questestinterop.names import below, first, given, inside, is_yes
from shared.standards.qti.questestinterop.responses import Label, Response, Sort

_RENDERS: Final = ("render_choice", "render_hotspot", "render_fib", "render_slider", "ims_render_object")


def interaction_of(response: Response, kind: Kind, findings: Findings) -> Element:
    """Return the interaction for one response."""
    if response.sort is Sort.POINT:
        return _select_point(response, findings)
    if any(True for _ in below(response.element, "render_slider")):
        return _slider(response, findings)
    if any(True for _ in below(response.element, "render_hotspot")):
        return _hotspot(response, findings)
    if response.sort is Sort.ORDER:
        return _order(response, findings)
    if response.sort in {Sort.CHOICE, Sort.CHOICES}:
        return _choice(response, findings)
    return _extended(response, findings) if kind is Kind.ESSAY or is_long(response) else text_entry(response)


def is_long(response: Response) -> bool:
    """Say whether a text has more than one line to be written on."""
    rows = (given(render, "rows") for render in below(response.element, "render_fib"))
    return any(row.isdecimal() and int(row) > 1 for row in rows)


def text_entry(response: Response) -> Element:
    """Return the interaction for a short text or number, which stands inside a line."""
    attributes = {"response-identifier": response.variable}
    sizes = [
        given(render, "maxchars", "columns")
        for render in below(response.element, "render_fib")
        if given(render, "maxchars", "columns").isdecimal()
    ]
    return make("qti-text-entry-interaction", attributes | ({"expected-length": sizes[0]} if sizes else {}))


def inline_choice(response: Response, findings: Findings) -> Element:
    """Return the interaction for a dropdown, which stands inside a line."""
    for label in response.labels:
        if given(label.element, "answer_type") == "wordbank":
            findings.lose(label.element, "a word bank becomes dropdowns", rule="QTI 3.0, inline choice")
    shuffle = _is_shuffled(response.element)
    attributes = {"response-identifier": response.variable, "shuffle": shuffle}
    choices = (
        make("qti-inline-choice", {"identifier": label.identifier}, label.text) for label in response.labels
    )
    return make("qti-inline-choice-interaction", attributes, *choices)


def match(responses: Sequence[Response], kind: Kind, findings: Findings) -> Element:
    """Return the one interaction that all responses of a matching or categorization share."""
    one, any_number = "1", "0"
    left_max, right_max = (any_number, one) if kind is Kind.CATEGORIZATION else (one, any_number)
    right = {label.identifier: label for response in responses for label in response.labels}
    left = (_associable(each.side, left_max, _own_material(each.element, findings)) for each in responses)
    choices = (_associable(name, right_max, content_of(each.shown, findings)) for name, each in right.items())
    shuffle = _is_shuffled(responses[0].element)
    return make(
        "qti-match-interaction",
        {"response-identifier": "RESPONSE", "shuffle": shuffle, "max-associations": any_number},
        make("qti-simple-match-set", {}, *left),
        make("qti-simple-match-set", {}, *choices),
    )


def upload(response: str) -> Element:
    """Return the interaction for a file."""
    return make("qti-upload-interaction", {"response-identifier": response})


def _associable(name: str, most: str, content: list[Content]) -> Element:
    return make("qti-simple-associable-choice", {"identifier": name, "match-max": most}, *content)


def _own_material(response: Element, findings: Findings) -> list[Content]:
    """Return what a response says before what it offers."""
    own = inside(response, "material", "flow_mat")
    return [part for material in own for part in content_of(material, findings)]


def _prompt(response: Response, findings: Findings) -> list[Element]:
    content = _own_material(response.element, findings)
    return [make("qti-prompt", {}, *content)] if content else []


def _render(response: Element) -> Element | None:
    return next(below(response, *_RENDERS), None)


def _is_shuffled(response: Element) -> str:
    render = _render(response)
    return "true" if render is not None and is_yes(given(render, "shuffle")) else "false"


def _number(render: Element | None, name: str, default: str) -> str:
    found = "" if render is None else given(render, name)
    return found if found.isdecimal() and int(found) > 0 else default


def _choice(response: Response, findings: Findings) -> Element:
    render = _render(response.element)
    many = response.sort is Sort.CHOICES
    attributes = {
        "response-identifier": response.variable,
        "shuffle": _is_shuffled(response.element),
        "max-choices": _number(render, "maxnumber", "0") if many else "1",
    }
    least = _number(render, "minnumber", "")
    if many and least:
        attributes["min-choices"] = least
    choices = (_simple_choice(label, attributes["shuffle"], findings) for label in response.labels)
    return make("qti-choice-interaction", attributes, *_prompt(response, findings), *choices)


def _simple_choice(label: Label, shuffle: str, findings: Findings) -> Element:
    attributes = {"identifier": label.identifier}
    if shuffle == "true" and given(label.element, "rshuffle").lower() == "no":
        attributes["fixed"] = "true"
    return make("qti-simple-choice", attributes, *content_of(label.shown, findings))


def _order(response: Response, findings: Findings) -> Element:
    render = _render(response.element)
    attributes = {"response-identifier": response.variable, "shuffle": _is_shuffled(response.element)}
    if render is not None and given(render, "orientation").lower() == "row":
        attributes["orientation"] = "horizontal"
    choices = (_simple_choice(label, attributes["shuffle"], findings) for label in response.labels)
    return make("qti-order-interaction", attributes, *_prompt(response, findings), *choices)


def _extended(response: Response, findings: Findings) -> Element:
    attributes = {"response-identifier": response.variable}
    render = first(response.element, "render_fib")
    if render is not None and given(render, "rows").isdecimal():
        attributes["expected-lines"] = given(render, "rows")
    if is_yes(given(response.element, "rce")):
        attributes["format"] = "xhtml"
    return make("qti-extended-text-interaction", attributes, *_prompt(response, findings))


def _slider(response: Response, findings: Findings) -> Element:
    render = next(below(response.element, "render_slider"))
    attributes = {
        "response-identifier": response.variable,
        "lower-bound": given(render, "lowerbound") or "0",
        "upper-bound": given(render, "upperbound") or "100",
    }
    if given(render, "step"):
        attributes["step"] = given(render, "step")
    return make("qti-slider-interaction", attributes, *_prompt(response, findings))


def _hotspot(response: Response, findings: Findings) -> Element:
    image = image_of(response.element, findings)
    choices = []
    for label in response.labels:
        area = area_of(label.element, image, findings)
        if area is not None:
            attributes = {"identifier": label.identifier, "shape": area[0], "coords": area[1]}
            choices.append(make("qti-hotspot-choice", attributes))
    most = "0" if response.sort is Sort.CHOICES else "1"
    attributes = {"response-identifier": response.variable, "max-choices": most}
    return make("qti-hotspot-interaction", attributes, *_prompt(response, findings), image, *choices)


def _select_point(response: Response, findings: Findings) -> Element:
    image = image_of(response.element, findings)
    attributes = {"response-identifier": response.variable, "max-choices": "1"}
    return make("qti-select-point-interaction", attributes, *_prompt(response, findings), image)
