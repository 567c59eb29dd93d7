"""Elements of QTI 3.0, made from QTI 1.2."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

from lxml import etree

from shared.standards.qti.documents.element import Element, local_name
from shared.standards.qti.vocabulary.namespaces import QTI_30

type Content = Element | str

_NO_ATTRIBUTES: Final[Mapping[str, str]] = MappingProxyType({})
_NAMESPACES: Final = cast("dict[str, str]", {None: QTI_30})  # the stubs know no default namespace
_BLOCKS: Final = """address article aside audio blockquote details div dl fieldset figure footer h1 h2 h3 h4
    h5 h6 header hr nav ol p pre section table ul video qti-choice-interaction qti-order-interaction
    qti-match-interaction qti-extended-text-interaction qti-upload-interaction qti-hotspot-interaction
    qti-select-point-interaction qti-slider-interaction"""
BLOCKS: Final = frozenset(_BLOCKS.split())
"""What may stand in an item body by itself; everything else stands in a paragraph or division."""


def make(name: str, attributes: Mapping[str, str] = _NO_ATTRIBUTES, *content: Content) -> Element:
    """Return an element with its content: elements, and text between them."""
    element = etree.Element(f"{{{QTI_30}}}{name}", dict(attributes), _NAMESPACES)
    append(element, *content)
    return element


def append(element: Element, *content: Content) -> None:
    """Add elements and text at the end of an element."""
    last = next(element.iterchildren(reversed=True), None) if content else None
    for part in content:
        if not isinstance(part, str):
            element.append(part)
            last = part
        elif last is not None:
            last.tail = (last.tail or "") + part
        else:
            element.text = (element.text or "") + part


def number_text(value: float) -> str:
    """Return a number as values of QTI are written, whole ones without a fraction."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def is_block(element: Element) -> bool:
    """Say whether an element made here may stand in an item body by itself."""
    return local_name(element) in BLOCKS


def variable(name: str) -> Element:
    """Return the expression for the value of a variable."""
    return make("qti-variable", {"identifier": name})


def base(base_type: str, value: str) -> Element:
    """Return the expression for a constant."""
    return make("qti-base-value", {"base-type": base_type}, value)


def call(operator: str, *operands: Element, **attributes: str) -> Element:
    """Return an operator of QTI 3.0 by its short name, such as `and`, with its operands."""
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    return make(f"qti-{operator}", named, *operands)


def assign(name: str, value: Element) -> Element:
    """Return the rule that sets an outcome."""
    return make("qti-set-outcome-value", {"identifier": name}, value)


def declare(
    kind: str, name: str, base_type: str, cardinality: str = "single", *parts: Element, **attributes: str
) -> Element:
    """Return the declaration of a response, outcome or template variable."""
    named = {key.replace("_", "-"): value for key, value in attributes.items()}
    typed = {"identifier": name, "cardinality": cardinality, "base-type": base_type}
    return make(f"qti-{kind}-declaration", typed | named, *parts)


def values(wrapper: str, *texts: str) -> Element:
    """Return a default value or correct response with its values."""
    return make(wrapper, _NO_ATTRIBUTES, *(make("qti-value", _NO_ATTRIBUTES, text) for text in texts))
