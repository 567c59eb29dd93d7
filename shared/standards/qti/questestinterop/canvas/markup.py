"""Content of QTI 3.0 as the HTML that Canvas keeps in mattext."""

from copy import deepcopy
from typing import Final

from lxml import etree

from shared.standards.qti.documents.element import Element, attribute, name_of
from shared.standards.qti.questestinterop.canvas.asked import Asked, placeholder
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.vocabulary.elements import INTERACTIONS
from shared.standards.qti.vocabulary.namespaces import MATHML

_FILES: Final = "$IMS-CC-FILEBASE$/"
_ADDRESSES: Final = ("src", "data", "poster")
_UNWRAPPED: Final = ("qti-content-body", "qti-prompt")
_RULE: Final = "QTI 1.2 has no counterpart"


def html_of(
    element: Element, findings: Findings, placed: dict[str, Asked] | None = None, *, blocks: bool = True
) -> str:
    """Return what is inside an element as HTML; `placed` are the responses for which it says [name].

    Other interactions are left out, as they are written elsewhere. Other elements of QTI are told as losses;
    what is in them stays.
    """
    copy = deepcopy(element)
    copy.tail = None
    for inner in list(copy.iterdescendants("*")):
        name = name_of(inner)
        if name in INTERACTIONS:
            asked = (placed or {}).get(attribute(inner, "response-identifier") or "")
            _replace(inner, "" if asked is None else placeholder(asked))
        elif name == "qti-printed-variable":
            _replace(inner, f"[{attribute(inner, 'identifier')}]")
        elif name.startswith("qti-"):
            if name not in _UNWRAPPED:
                findings.lose(element, f"{name} is left out, its content stays", rule=_RULE)
            inner.tag = "div" if blocks else "span"
            inner.attrib.clear()
        else:
            _address(inner)
    return _inside(_plain(copy))


def _replace(element: Element, text: str) -> None:
    parent = element.getparent()
    if parent is None:
        return
    kept = text + (element.tail or "")
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + kept
    else:
        parent.text = (parent.text or "") + kept
    parent.remove(element)


def _address(element: Element) -> None:
    for key in _ADDRESSES:
        value = element.get(key)
        if value and ":" not in value.split("/")[0] and not value.startswith(("/", "$")):
            element.set(key, _FILES + value)


def _plain(element: Element) -> Element:
    """Return a tree without namespaces, as HTML has none; mathematics keeps its own."""
    for inner in element.iter("*"):
        if not inner.tag.startswith(f"{{{MATHML}}}"):
            inner.tag = inner.tag.rpartition("}")[2]
    etree.cleanup_namespaces(element)
    return element


def _inside(element: Element) -> str:
    children = "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)
    return (_escaped(element.text or "") + children).strip()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
