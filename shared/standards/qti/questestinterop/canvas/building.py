"""Elements of QTI 1.2, and conditions made of them."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Final, cast

from lxml import etree

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.building import Content, append
from shared.standards.qti.vocabulary.namespaces import QTI_12

_NAMESPACES: Final = cast("dict[str, str]", {None: QTI_12})  # the stubs know no default namespace

type Test = Element | bool
"""A condition, or what is known to hold always or never."""


def make(name: str, attributes: Mapping[str, str] | None = None, *content: Content) -> Element:
    """Return an element of QTI 1.2 with its content."""
    element = etree.Element(f"{{{QTI_12}}}{name}", dict(attributes or {}), _NAMESPACES)
    append(element, *content)
    return element


def every(tests: Iterable[Test]) -> Test:
    """Return the condition that all of some hold."""
    found = [test for test in tests if test is not True]
    return False if False in found else _joined("and", found, empty=True)


def some(tests: Iterable[Test]) -> Test:
    """Return the condition that one of some holds."""
    found = [test for test in tests if test is not False]
    return True if True in found else _joined("or", found, empty=False)


def opposite(test: Test) -> Test:
    """Return the condition that another does not hold."""
    return not test if isinstance(test, bool) else make("not", {}, deepcopy(test))


def _joined(name: str, tests: Sequence[Test], *, empty: bool) -> Test:
    elements = [test for test in tests if not isinstance(test, bool)]
    if not elements:
        return empty
    if len(elements) == 1:
        return elements[0]
    return make(name, {}, *(deepcopy(each) for each in elements))


def conditionvar(test: Element) -> Element:
    """Return a conditionvar that holds exactly when a condition does, which may stand elsewhere too."""
    return make("conditionvar", {}, deepcopy(test))


def field(label: str, entry: str) -> Element:
    """Return a field of metadata."""
    return make("qtimetadatafield", {}, make("fieldlabel", {}, label), make("fieldentry", {}, entry))


def metadata(entries: Mapping[str, str]) -> Element:
    """Return metadata as Canvas writes it."""
    return make("qtimetadata", {}, *(field(label, entry) for label, entry in entries.items()))


def material(html: str) -> Element:
    """Return material with HTML written as text."""
    return make("material", {}, make("mattext", {"texttype": "text/html"}, html))


def plain(text: str) -> Element:
    """Return material with text alone."""
    return make("material", {}, make("mattext", {"texttype": "text/plain"}, text))
