"""Checks the structure of items, tests, sections and stimuli against the model, without any schema file."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final, cast

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, children, local_name, name_of, place_of
from shared.standards.qti.faults import Notice
from shared.standards.qti.validating.model.rules import Major, Particle, Rule, rules_of
from shared.standards.qti.vocabulary.elements import ELEMENTS

_MOST: Final = 200
"""How many faults are listed: what breaks a rule 200 times needs another look than a list."""

_ROOTS: Final = (
    *("qti-assessment-item", "qti-assessment-test", "qti-assessment-section", "qti-assessment-stimulus"),
    *("qti-response-processing", "qti-outcome-processing", "qti-outcome-declaration"),
)
_OF_QTI: Final = frozenset(ELEMENTS)

type Fault = tuple[Element, str]


def can_check(document: Document) -> bool:
    """Say whether a document is of a kind whose structure is known: those of 2.x and 3.0, no reports.

    >>> from shared.standards.qti.documents.document import parse
    >>> can_check(parse(b"<assessmentTest/>")), can_check(parse(b"<questestinterop/>"))
    (True, False)
    """
    return document.kind in _ROOTS


def check_structure(document: Document) -> tuple[Notice, ...]:
    """Return what breaks the structure of QTI, at most 200 faults, each as a notice of severity error.

    >>> from shared.standards.qti.documents.document import parse
    >>> body = b'<itemBody><p/><textEntryInteraction responseIdentifier="R"/></itemBody>'
    >>> item = b'<assessmentItem identifier="i" title="t" timeDependent="false">%b</assessmentItem>'
    >>> for notice in check_structure(parse(item % body)):
    ...     print(notice.message)
    qti-text-entry-interaction may not stand directly in qti-item-body
    """
    if not can_check(document):
        return ()
    major: Major = "3" if local_name(document.root).startswith("qti-") else "2"
    return tuple(_notice(document, *fault) for fault in islice(faults_of(document.root, major), _MOST))


def _notice(document: Document, element: Element, message: str) -> Notice:
    rule = f"information model, {name_of(element)}"
    return Notice(message, rule, place_of(element, document.file), "error")


def faults_of(root: Element, major: Major) -> Iterator[Fault]:
    """Yield what breaks the model in an element and all inside, in document order."""
    for element, rule in _elements(root, rules_of(major)):
        if rule.attributes or len(element.attrib):
            yield from _attribute_faults(element, rule)
        if rule.content is not None and (rule.needs_content or len(element)):
            yield from _content_faults(element, rule, rule.content)
        if not rule.text:
            yield from _text_faults(element, rule)


def _elements(root: Element, rules: Mapping[str, Rule]) -> Iterator[tuple[Element, Rule]]:
    """Yield the elements that the model knows, in document order, but none in what may hold anything."""
    known: dict[object, Rule | None] = {}
    waiting = [root]
    while waiting:
        element = waiting.pop()
        tag = element.tag
        if tag not in known:
            known[tag] = None if _is_foreign(element) else rules.get(name_of(element))
        rule = known[tag]
        if rule is not None:
            yield element, rule
        if rule is None or rule.content is not None:
            waiting.extend(reversed(element))


def _attribute_faults(element: Element, rule: Rule) -> Iterator[Fault]:
    known, missing = rule.attributes, len(rule.required)
    for key, value in cast("list[tuple[str, str]]", element.items()):
        check = known.get(key, _unknown)
        if check is _unknown:
            if not rule.any_attribute and not _is_open(key):
                yield element, f"{rule.name} has no attribute {key}"
        elif check is not None and not check(value.strip()):
            yield element, f"{key} may not be {value[:60]!r}"
        if key in rule.required:
            missing -= 1
    if missing:
        for key in rule.required:
            if element.get(key) is None:
                yield element, f"{rule.name} needs the attribute {key}"


def _unknown(_: str) -> bool:
    """Stand for the check of an attribute that the model does not have."""
    return False


def _is_open(key: str) -> bool:
    """Say whether an attribute may stand anywhere: those of other namespaces, `data-` and `aria-`."""
    return key.startswith(("{", "data-", "aria-"))


def _content_faults(element: Element, rule: Rule, content: tuple[Particle, ...]) -> Iterator[Fault]:
    at = count = 0
    for child in children(element):
        name = name_of(child)
        found, known = _seek(content, at, count, name)
        if found is None:
            if not _is_foreign(child):
                yield child, _misplaced(name, rule, known=known)
            continue
        for passed in range(at, found):
            if content[passed].least and not (passed == at and count):
                yield child, f"{content[passed].label} is missing before {name} in {rule.name}"
        count = count + 1 if found == at else 1
        at = found
    for left in range(at, len(content)):
        if content[left].least and not (left == at and count):
            yield element, f"{rule.name} needs {content[left].label} inside"


def _is_foreign(element: Element) -> bool:
    """Say whether an element is of a vocabulary that is neither QTI nor HTML; those may be anywhere."""
    namespace, _, _ = str(element.tag).rpartition("}")
    return bool(namespace) and "qti" not in namespace and namespace != "{http://www.w3.org/1999/xhtml"


def _seek(content: tuple[Particle, ...], at: int, count: int, name: str) -> tuple[int | None, bool]:
    """Return where in the content an element goes, and whether it could go anywhere at all."""
    for place in range(at, len(content)):
        particle = content[place]
        full = place == at and particle.most is not None and count >= particle.most
        if not full and name in particle.names:
            return place, True
    return None, any(name in particle.names for particle in content)


def _misplaced(name: str, rule: Rule, *, known: bool) -> str:
    if known:
        return f"{name} comes too late or once too often in {rule.name}"
    if name.startswith("qti-") and name not in _OF_QTI:
        return f"QTI has no element {name}"
    return f"{name} may not stand directly in {rule.name}"


def _text_faults(element: Element, rule: Rule) -> Iterator[Fault]:
    text = element.text
    if text and not text.isspace():
        yield element, f"{rule.name} may not hold text directly"
        return
    for child in element:
        tail = child.tail
        if tail and not tail.isspace():
            yield element, f"{rule.name} may not hold text directly"
            return
