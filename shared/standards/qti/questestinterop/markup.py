"""The HTML that QTI 1.2 carries as text, to content of QTI 3.0: by an allow-list, what falls out is told."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final, cast

from lxml import etree

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.building import Content, make
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.names import all_text, attributes_of, tag_of
from shared.standards.qti.vocabulary.namespaces import MATHML, XML

_NAMES: Final = """a abbr address article aside audio b bdi bdo blockquote br caption cite code col colgroup
    dd details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img kbd li nav object
    ol p param pre q rb rp rt ruby samp section small source span strong sub summary sup table tbody td tfoot
    th thead tr track tt ul var video"""
_ELEMENTS: Final = frozenset(_NAMES.split())
# Content that no page may run or send; it goes with all that is in it.
_RUNNING: Final = """applet base embed form frame frameset iframe link meta noscript
    script style"""
_ACTIVE: Final = frozenset(_RUNNING.split())
_RENAMED: Final = {"center": "div", "del": "span", "font": "span", "ins": "span", "s": "span", "u": "span"}
_EVERYWHERE: Final = frozenset(("class", "dir", "role"))
_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "a": {"href", "type"},
    "audio": {"src", "controls", "loop"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"src", "alt", "width", "height", "longdesc"},
    "object": {"data", "type", "width", "height", "name"},
    "ol": {"start"},
    "param": {"name", "value", "valuetype", "type"},
    "q": {"cite"},
    "source": {"src", "type"},
    "table": {"summary"},
    "td": {"headers", "scope", "abbr", "axis", "rowspan", "colspan"},
    "th": {"headers", "scope", "abbr", "axis", "rowspan", "colspan"},
    "track": {"src", "kind", "srclang", "label"},
    "video": {"src", "controls", "loop", "width", "height", "poster"},
}
_ADDRESSES: Final = frozenset(("href", "src", "data", "cite", "longdesc", "poster"))
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
_SAFE_SCHEME: Final = re.compile(
    r"(?:https?|mailto):|data:image/(?:png|gif|jpeg|webp);base64,", re.IGNORECASE
)
_BLANK: Final = re.compile(r"[\x00-\x20]+")
_ESCAPED_TAG: Final = re.compile(
    r"&lt;/?(?:p|div|span|br|b|i|em|strong|img|ul|ol|li|table|a|sub|sup|h[1-6])\b"
)
# The folder of a cartridge's files, at times encoded; that of Respondus is the package itself.
_FILE_BASE: Final = re.compile(r"^(?:\$|%24)IMS-CC-FILEBASE(?:\$|%24)", re.IGNORECASE)
_PACKAGE_BASE: Final = re.compile(r"^\$IMS_CC_FILE_BASE\$/?", re.IGNORECASE)
_RULE: Final = "QTI 3.0, content of bodies"
_DEEPEST: Final = 100


def content_of_html(text: str, source: Element, findings: Findings) -> list[Content]:
    """Return what HTML written as text says, as content of QTI 3.0.

    Scripts, event handlers and addresses that run something fall out, as do elements and attributes that QTI
    does not have; each is told as a loss. Markup that was escaped once too often is unescaped.
    """
    if "<" not in text:
        if not _ESCAPED_TAG.search(text):
            return [unescape(text)] if text.strip() else []
        findings.warn(source, "HTML that was escaped twice is unescaped", rule="QTI 1.2 ASI, mattext")
        text = unescape(text)
    body = _parsed(text)
    return [] if body is None else list(_content(body, source, findings, 0))


def content_of_elements(element: Element, findings: Findings) -> list[Content]:
    """Return what HTML written as elements inside QTI 1.2 says, by the same rules."""
    return list(_content(element, element, findings, 0))


def _parsed(text: str) -> Element | None:
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    root: Element | None = etree.fromstring(f"<html><body>{text}</body></html>", parser)
    return None if root is None else next(root.iterchildren("body"), None)


def _content(element: Element, source: Element, findings: Findings, depth: int) -> Iterator[Content]:
    if element.text:
        yield element.text
    for child in element:
        if tag_of(child):
            yield from _converted(child, source, findings, depth + 1)
        elif child.tag is etree.Entity:  # one that no declaration resolved, such as &nbsp;
            yield unescape(child.text or "")
        if child.tail:
            yield child.tail


def _converted(element: Element, source: Element, findings: Findings, depth: int) -> Iterator[Content]:
    name = tag_of(element).lower()
    if name in _ACTIVE:
        yield from _replaced(element, name, source, findings)
    elif depth > _DEEPEST:
        findings.lose(source, f"markup more than {_DEEPEST} elements deep is read as text", rule=_RULE)
        yield all_text(element)
    elif name == "math":
        yield _mathematics(element, source, findings)
    elif name in _ELEMENTS or name in _RENAMED:
        if name in _RENAMED:
            findings.lose(source, f"the HTML element {name} becomes {_RENAMED[name]}", rule=_RULE)
        name = _RENAMED.get(name, name)
        attributes = dict(_attributes(element, name, source, findings))
        yield make(name, attributes, *_content(element, source, findings, depth))
    else:
        findings.lose(source, f"the HTML element {name} is not one of QTI; its content stays", rule=_RULE)
        yield from _content(element, source, findings, depth)


def _replaced(element: Element, name: str, source: Element, findings: Findings) -> Iterator[Content]:
    findings.lose(source, f"the HTML element {name} is left out", rule="security, content of bodies")
    address = _address(element.get("src") or "")
    if name in {"iframe", "embed"} and address:
        yield make("a", {"href": address}, element.get("title") or address)
    elif name == "form":
        yield from _content(element, source, findings, 1)


def _attributes(
    element: Element, name: str, source: Element, findings: Findings
) -> Iterator[tuple[str, str]]:
    allowed = _ATTRIBUTES.get(name, set())
    for attribute, value in attributes_of(element):
        key = attribute.lower()
        if key in {"lang", "xml:lang", f"{{{XML}}}lang"}:
            yield f"{{{XML}}}lang", value
        elif key in _EVERYWHERE or key.startswith(("aria-", "data-")):
            yield key, value
        elif key in _ADDRESSES and key in allowed:
            yield from _addressed(key, value, source, findings)
        elif key in allowed:
            yield key, value
        else:
            findings.lose(source, f"the HTML attribute {key} is left out", rule=_RULE)


def _addressed(key: str, value: str, source: Element, findings: Findings) -> Iterator[tuple[str, str]]:
    address = _address(value)
    if address:
        yield key, address
    else:
        findings.lose(source, "an address that is not one of the web is left out", rule="security, addresses")


def _address(value: str) -> str:
    """Return a safe address; the token for the files of a cartridge stays, for who has the package."""
    address = _PACKAGE_BASE.sub("", _BLANK.sub(" ", value).strip())
    address = _FILE_BASE.sub("$IMS-CC-FILEBASE$", address)
    squeezed = _BLANK.sub("", address)
    return "" if _SCHEME.match(squeezed) and not _SAFE_SCHEME.match(squeezed) else address


def _mathematics(element: Element, source: Element, findings: Findings) -> Element:
    """Return MathML under its own namespace; nothing in it may be of another or run anything."""
    copy = etree.Element(f"{{{MATHML}}}{tag_of(element)}", nsmap=cast("dict[str, str]", {None: MATHML}))
    waiting = [(element, copy)]
    while waiting:
        old, new = waiting.pop()
        new.text = old.text
        for key, value in attributes_of(old):
            if key.lower().startswith("on") or key.lower().endswith("href") or key.startswith("{"):
                findings.lose(source, f"the MathML attribute {key} is left out", rule=_RULE)
            elif key != "xmlns":
                new.set(key.replace(":", "_"), value)
        for child in old.iterchildren("*"):
            if tag_of(child).lower() in _ACTIVE:
                findings.lose(source, f"the element {tag_of(child)} in MathML is left out", rule=_RULE)
                continue
            inner = etree.SubElement(new, f"{{{MATHML}}}{tag_of(child)}")
            inner.tail = child.tail
            waiting.append((child, inner))
    return copy
