"""Documents to bytes."""

from lxml import etree

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element


def serialise(document: Document) -> bytes:
    """Return a document as UTF-8, always the same for the same tree, with all that was read.

    Unknown elements, comments and what stands around the root are no exception.

    >>> from shared.standards.qti import parse
    >>> serialise(parse(b"<p>a<x/></p>")).splitlines()[1]
    b'<p>a<x/></p>'
    """
    return etree.tostring(document.root.getroottree(), encoding="UTF-8", xml_declaration=True)


def canonical(element: Element) -> bytes:
    """Return an element in canonical XML 1.1, which two documents share when they say the same.

    Comments count; the order of attributes, the way of quoting and unused namespace prefixes do not.
    """
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=True)
