"""A conversion builds a new tree beside the old one, which stays as it was and lends notices its places."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from html import unescape
from typing import Final, cast

from lxml import etree

from shared.standards.qti.converting.spelling import Spelling
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, attributes_of, name_of, namespace_of, place_of
from shared.standards.qti.faults import Notice, Place, Refused, Severity
from shared.standards.qti.vocabulary.names import NAMES
from shared.standards.qti.vocabulary.namespaces import QTI_20, QTI_21, QTI_22, QTI_30, SSML, SSML_2010, XHTML

OWN: Final = frozenset((QTI_20, QTI_21, QTI_22, QTI_30, XHTML, ""))
"""The namespaces whose elements a conversion writes in that of its version; others stay what they are."""

_MOVED: Final = {SSML_2010: SSML}
"""Namespaces that a profile misspelled."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A document in another version, and what the user should know: losses, and what was decided for them.

    >>> from shared.standards.qti import parse
    >>> Converted(parse(b"<qti-assessment-item/>")).losses
    ()
    """

    document: Document
    notices: tuple[Notice, ...] = ()

    @property
    def losses(self) -> tuple[Notice, ...]:
        """What could not be carried over."""
        return tuple(notice for notice in self.notices if notice.severity == "loss")


@dataclass(slots=True)
class Conversion:
    """One document on its way: its new spelling, the rules for what differs in structure, what was noticed.

    A rule gets an element of the old tree and its parent in the new one, to which it adds what the element
    becomes. Text after an element is no business of rules.
    """

    spelling: Spelling
    rules: Mapping[str, "Rule"]
    file: str = ""
    own: frozenset[str] = OWN
    notices: list[Notice] = field(default_factory=list)
    _tags: dict[str, tuple[str, bool]] = field(default_factory=dict)

    def run(self, document: Document) -> Converted:
        """Return a document in the spelling of this conversion. Raises Refused for one nested too deep."""
        source = document.root
        self.own |= {namespace_of(source)}
        namespaces: dict[str | None, str] = {None: self.spelling.namespace}
        namespaces |= {prefix: uri for prefix, uri in source.nsmap.items() if prefix and uri not in self.own}
        tag = self.spelling.elements[name_of(source)]
        root = etree.Element(tag, nsmap=_declared(namespaces))
        self.add_attributes(source, root)
        try:
            self.fill(source, root)
        except RecursionError:
            raise Refused("nested too deep", rule="limits.depth", place=Place(self.file)) from None
        _copy_surroundings(source, root)
        return Converted(Document(root, document.file, document.notices), tuple(self.notices))

    def convert(self, source: Element, parent: Element) -> None:
        """Add to parent what an element becomes."""
        name = NAMES[source.tag]
        rule = self.rules.get(name)
        if rule is not None and (name.startswith("{") or self._target(source.tag)[1]):
            rule(source, parent, self)
        elif name:
            self.fill(source, self.add(source, parent))
        elif source.tag is etree.Entity:  # one that no declaration resolved, such as &nbsp; in exports of 1.2
            append_text(parent, unescape(source.text or ""))
        else:
            parent.append(_without_tail(source))

    def add(self, source: Element, parent: Element, name: str = "") -> Element:
        """Add an element with its attributes, without its content; under another name of 3.0 when given."""
        tag, is_own = self._target(source.tag)
        if name:
            tag = self.spelling.elements[name]
        target = etree.SubElement(parent, tag, nsmap=None if is_own else _declaration(source))
        self.add_attributes(source, target)
        return target

    def add_new(self, name: str, parent: Element) -> Element:
        """Add an element, by its name of 3.0, that nothing in the old tree stands for."""
        return etree.SubElement(parent, self.spelling.elements[name])

    def add_attributes(self, source: Element, target: Element) -> None:
        """Give an element the attributes of another, in the spelling of this conversion."""
        if NAMES[source.tag].startswith("qti-") and self._target(source.tag)[1]:
            spelled = self.spelling.attributes
            for key, value in attributes_of(source):
                target.set(spelled[key], value)
        else:
            for key, value in attributes_of(source):
                target.set(key, value)

    def fill(self, source: Element, target: Element) -> None:
        """Convert what is inside one element into another."""
        append_text(target, source.text or "")
        for child in source:
            self.convert(child, target)
            append_text(target, child.tail or "")

    def note(self, element: Element, message: str, *, rule: str, severity: Severity = "loss") -> None:
        """Note, with its place, what became of an element."""
        self.notices.append(Notice(message, rule, place_of(element, self.file), severity))

    def _target(self, tag: str) -> tuple[str, bool]:
        """Return what a tag becomes, and whether it is one of QTI or HTML."""
        known = self._tags.get(tag)
        if known is None:
            namespace, _, local = tag.rpartition("}")
            uri = namespace[1:]
            if uri in self.own:
                known = (self.spelling.elements[NAMES[tag]], True)
            else:
                known = (f"{{{_MOVED[uri]}}}{local}" if uri in _MOVED else tag, False)
            self._tags[tag] = known
        return known


type Rule = Callable[[Element, Element, Conversion], None]


def append_text(parent: Element, text: str) -> None:
    """Add text after all that is inside an element."""
    if not text:
        return
    if len(parent):
        last = parent[-1]
        last.tail = (last.tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _declared(namespaces: dict[str | None, str]) -> Mapping[str, str]:
    """Return declarations as the stubs of lxml want them, which forgot that a default has no prefix."""
    return cast("Mapping[str, str]", namespaces)


def _declaration(source: Element) -> Mapping[str, str]:
    """Return the declaration that a foreign element brings along, such as the default namespace of `math`."""
    uri = source.nsmap[source.prefix]
    return _declared({source.prefix: _MOVED.get(uri, uri)})


def _without_tail(node: Element) -> Element:
    twin = copy(node)
    twin.tail = None
    return twin


def _copy_surroundings(source: Element, root: Element) -> None:
    """Keep comments before and after the root; instructions there name schemas of the old version."""
    for node in reversed(list(source.itersiblings(etree.Comment, preceding=True))):
        root.addprevious(_without_tail(node))
    for node in reversed(list(source.itersiblings(etree.Comment))):
        root.addnext(_without_tail(node))
