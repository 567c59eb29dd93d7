"""Content of QTI 3.0 as the HTML that Canvas keeps in mattext."""

from copy import deepcopy
from typing import Final

from lxml import etree

from shared.standards.qti.documents.element import Element, attribute, descendants_named, name_of
from shared.standards.qti.questestinterop.canvas.asked import Asked, placeholder
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.vocabulary.elements import INTERACTIONS
from shared.standards.qti.vocabulary.namespaces import MATHML

_FILES: Final = "$IMS-CC-FILEBASE$/"
_ADDRESSES: Final = ("src", "data", "poster")
_VOID: Final = frozenset(("br", "col", "hr", "img", "param", "source", "track"))
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
    for interaction in list(descendants_named(copy, *INTERACTIONS)):
        asked = (placed or {}).get(attribute(interaction, "response-identifier") or "")
        _replace(interaction, "" if asked is None else placeholder(asked))
    for inner in list(copy.iterdescendants("*")):
        name = name_of(inner)
        if name == "qti-printed-variable":
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
        if inner.tag not in _VOID and not inner.text:
            inner.text = ""  # so that it is closed by a tag of its own
    etree.cleanup_namespaces(element)
    return element


def _inside(element: Element) -> str:
    text = (element.text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return (text + "".join(etree.tostring(child, encoding="unicode") for child in element)).strip()
