"""The presentation of an item for Canvas."""

from collections.abc import Iterator, Sequence

from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    descendants_named,
    name_of,
)
from shared.standards.qti.questestinterop.canvas.asked import (
    ESSAY,
    INLINE_CHOICE,
    MATCH,
    ORDER,
    TEXT_ENTRY,
    UPLOAD,
    Asked,
    is_placed,
)
from shared.standards.qti.questestinterop.canvas.building import make, material, plain
from shared.standards.qti.questestinterop.canvas.markup import html_of
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.names import all_text


def presentation_of(
    root: Element, asked: Sequence[Asked], texts: dict[str, dict[str, str]], findings: Findings
) -> Element:
    """Return the presentation: the text first, as Canvas has it, then the responses."""
    body = child_named(root, "qti-item-body")
    placed = {each.variable: each for each in asked} if is_placed(asked) else {}
    stem = "" if body is None else html_of(body, findings, placed)
    for each in asked:
        prompt = child_named(each.element, "qti-prompt")
        stem += "" if prompt is None else f"<div>{html_of(prompt, findings)}</div>"
    responses = (part for each in asked for part in _responses(each, texts.get(each.variable, {}), findings))
    return make("presentation", {}, material(stem), *responses)


def _responses(asked: Asked, texts: dict[str, str], findings: Findings) -> Iterator[Element]:
    if asked.name == MATCH:
        yield from _sides(asked, findings)
    elif asked.name == ORDER:
        yield _response(asked, make("render_extension", {}, _order(asked, findings)), "Ordered")
    elif asked.name == TEXT_ENTRY and texts:
        yield _blank(asked, texts)
    elif asked.name in {TEXT_ENTRY, ESSAY}:
        yield _written(asked)
    elif asked.name != UPLOAD:
        yield _response(asked, _choices(asked, findings), "Multiple" if asked.is_many else "Single")


def _written(asked: Asked) -> Element:
    kind = {"fibtype": "Decimal"} if asked.is_number else {}
    rows = attribute(asked.element, "expected-lines")
    render = make(
        "render_fib", kind | ({"rows": rows} if rows else {}), make("response_label", {"ident": "answer1"})
    )
    attributes = {"ident": asked.ident, "rcardinality": "Single"}
    if attribute(asked.element, "format") == "xhtml":
        attributes["rce"] = "Yes"
    return make("response_str", attributes, render)


def _blank(asked: Asked, texts: dict[str, str]) -> Element:
    labels = (
        make(
            "response_label",
            {"ident": ident, "ignore_case": "false" if text[0] == "=" else "true"},
            plain(text[1:]),
        )
        for text, ident in texts.items()
    )
    name = plain(asked.ident.removeprefix("response_"))
    return make("response_lid", {"ident": asked.ident}, name, make("render_choice", {}, *labels))


def _response(asked: Asked, render: Element, cardinality: str) -> Element:
    attributes = {"ident": asked.ident, "rcardinality": cardinality}
    if asked.name == INLINE_CHOICE:
        return make("response_lid", attributes, plain(asked.ident.removeprefix("response_")), render)
    return make("response_lid", attributes, render)


def _shuffle(asked: Asked) -> dict[str, str]:
    return {"shuffle": "Yes"} if attribute(asked.element, "shuffle") == "true" else {}


def _choices(asked: Asked, findings: Findings) -> Element:
    attributes = _shuffle(asked)
    most = attribute(asked.element, "max-choices") or "0"
    if asked.is_many and most.isdecimal() and int(most) > 1:
        attributes["maxnumber"] = most
    choices = descendants_named(asked.element, "qti-simple-choice", "qti-inline-choice")
    return make("render_choice", attributes, *(_label(each, asked.name, findings) for each in choices))


def _label(choice: Element, name: str, findings: Findings) -> Element:
    attributes = {"ident": attribute(choice, "identifier") or ""}
    if attribute(choice, "fixed") == "true":
        attributes["rshuffle"] = "No"
    if name == INLINE_CHOICE:
        return make("response_label", attributes | {"answer_type": "dropdown"}, plain(all_text(choice)))
    return make("response_label", attributes, _content(choice, findings))


def _content(choice: Element, findings: Findings) -> Element:
    if len(choice):
        return material(html_of(choice, findings, blocks=False))
    return plain(choice.text or "")


def _order(asked: Asked, findings: Findings) -> Element:
    attributes = {"shuffle": "Yes" if attribute(asked.element, "shuffle") == "true" else "No"}
    if attribute(asked.element, "orientation") == "horizontal":
        attributes["orientation"] = "Row"
    choices = descendants_named(asked.element, "qti-simple-choice")
    labels = make("flow_label", {}, *(_label(each, asked.name, findings) for each in choices))
    return make("ims_render_object", attributes, labels)


def _sides(asked: Asked, findings: Findings) -> Iterator[Element]:
    sets = [each for each in asked.element.iterchildren("*") if name_of(each) == "qti-simple-match-set"]
    if len(sets) != 2:
        return
    cardinality = "Multiple" if asked.is_many else "Single"
    for side in sets[0].iterchildren("*"):
        labels = (_label(each, asked.name, findings) for each in sets[1].iterchildren("*"))
        attributes = {"ident": attribute(side, "identifier") or "", "rcardinality": cardinality}
        render = make("render_choice", _shuffle(asked), *labels)
        yield make("response_lid", attributes, _content(side, findings), render)
