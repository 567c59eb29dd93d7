"""Which files content refers to: pictures, media, styles, other documents, modules of script."""

from collections.abc import Iterator
from typing import Final

from shared.standards.qti.documents.element import Element, children, local_name

_ADDRESSES: Final = ("src", "href", "data", "poster", "primary-path", "fallback-path", "longdesc")
_LINKS: Final = frozenset(("a", "{http://www.w3.org/1998/Math/MathML}a"))


def addresses_of(root: Element) -> Iterator[str]:
    """Yield the address of each file that content needs, as written; links for the reader are not needed.

    >>> from shared.standards.qti.documents.document import parse
    >>> body = '<itemBody><img src="a.png"/><a href="https://example.org">more</a></itemBody>'
    >>> list(addresses_of(parse(body.encode()).root))
    ['a.png']
    """
    for element in root.iter("*"):
        if local_name(element) in _LINKS:
            continue
        for name in _ADDRESSES:
            address = element.get(name)
            if address and address.strip():
                yield address.strip()
    yield from _texts(root)


def _texts(root: Element) -> Iterator[str]:
    """Yield addresses that are written as text: files of cards and materials."""
    for element in root.iter("{*}qti-file-href", "{*}qti-resource-icon"):
        if element.text and not list(children(element)):
            yield element.text.strip()
