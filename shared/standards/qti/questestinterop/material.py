"""Material of QTI 1.2 (text, images, sound, video and files in any nesting of flows) to content of 3.0."""

from collections.abc import Iterator
from html import unescape
from typing import Final

from lxml import etree

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.building import Content, is_block, make
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.markup import content_of_elements, content_of_html
from shared.standards.qti.questestinterop.names import all_text, given, tag_of

_FLOWS: Final = """material flow_mat flow mat_extension altmaterial solutionmaterial hintmaterial objectives
    rubric presentation_material solution hint"""
_NESTING: Final = frozenset(_FLOWS.split())
_HTML: Final = frozenset(("text/html", "text/xhtml", "html", "text/rtf"))
_MEDIA: Final = {"matimage": "img", "mataudio": "object", "matvideo": "object", "matapplication": "object"}


def content_of(element: Element, findings: Findings) -> list[Content]:
    """Return what the materials inside an element say, in order, as text and elements of QTI 3.0."""
    return [part for child in element.iterchildren("*") for part in part_of(child, findings)]


def part_of(element: Element, findings: Findings) -> list[Content]:
    """Return what one material says, or whatever is written in its place."""
    return list(_part(element, tag_of(element), findings))


def plain_text(element: Element, findings: Findings) -> str:
    """Return the materials inside an element as text alone, where QTI takes no markup."""
    return "".join(_texts(content_of(element, findings))).strip()


def blocks(content: list[Content]) -> list[Element]:
    """Return content as blocks: what may stand by itself as it is, text and inline elements in divisions."""
    found: list[Element] = []
    run: list[Content] = []
    for part in content:
        if not isinstance(part, str) and is_block(part):
            _close(run, found)
            found.append(part)
        else:
            run.append(part)
    _close(run, found)
    return found


def _close(run: list[Content], found: list[Element]) -> None:
    if any(not isinstance(part, str) or part.strip() for part in run):
        found.append(make("div", {}, *run))
    run.clear()


def _texts(content: list[Content]) -> Iterator[str]:
    for part in content:
        yield part if isinstance(part, str) else all_text(part)


def _part(element: Element, name: str, findings: Findings) -> Iterator[Content]:
    if name in _NESTING:
        yield from content_of(element, findings)
    elif name in {"mattext", "matemtext"}:
        yield from _text(element, findings)
    elif name == "mat_formattedtext":
        yield from content_of_html(all_text(element), element, findings)
    elif name == "matbreak":
        yield make("br")
    elif name in _MEDIA:
        yield from _media(element, _MEDIA[name], findings)
    else:
        yield from _unknown(element, name, findings)


def _text(element: Element, findings: Findings) -> Iterator[Content]:
    if any(True for _ in element.iterchildren("*")):
        yield from content_of_elements(element, findings)
        return
    is_html = given(element, "texttype").lower() in _HTML
    text = _text_of(element, is_html=is_html)
    if is_html:
        yield from content_of_html(text, element, findings)
    elif tag_of(element) == "matemtext" and text.strip():
        yield make("em", {}, text)
    elif text.strip():
        yield text
    elif address := given(element, "uri"):
        yield make("a", {"href": address}, address)


def _text_of(element: Element, *, is_html: bool) -> str:
    """Return text, its unresolved entities such as &nbsp; left to HTML, or read where there is none."""
    parts = [element.text or ""]
    for child in element:
        if child.tag is etree.Entity:
            parts.append((child.text or "") if is_html else unescape(child.text or ""))
        parts.append(child.tail or "")
    return "".join(parts)


def _media(element: Element, name: str, findings: Findings) -> Iterator[Content]:
    address = given(element, "uri")
    kind = given(element, "imagtype", "audiotype", "videotype", "apptype")
    if not address:
        findings.lose(element, f"{tag_of(element)} without a uri is left out", rule="QTI 1.2 ASI, material")
        return
    if name == "img":
        html = f'<img src="{_quoted(address)}" alt="{_quoted(given(element, "label"))}">'
    else:
        kind = _quoted(kind or "application/octet-stream")
        html = f'<object data="{_quoted(address)}" type="{kind}"></object>'
    for part in content_of_html(html, element, findings):
        if not isinstance(part, str):
            for key in ("width", "height"):
                if given(element, key):
                    part.set(key, given(element, key))
        yield part


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _unknown(element: Element, name: str, findings: Findings) -> Iterator[Content]:
    if name in {"material_ref", "matref"}:
        findings.lose(
            element, f"{name} to {given(element, 'linkrefid')!r} is not followed", rule="QTI 1.2 ASI, matref"
        )
    elif name not in {"response_label", "qticomment"}:
        findings.lose(element, f"{name} in material is left out", rule="QTI 1.2 ASI, material")
    yield from ()
