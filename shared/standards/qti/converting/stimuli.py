"""Shared stimuli put into the items that refer to them, for versions and systems that know none."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from posixpath import dirname, join, normpath, relpath

from lxml import etree

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, attribute, child_named, children_named
from shared.standards.qti.packages.references import is_remote
from shared.standards.qti.vocabulary.namespaces import QTI_30

type FindStimulus = Callable[[str], Document | None]
"""Gives the stimulus of 3.0 that an address in an item names."""

_ADDRESSES = ("src", "href", "data", "poster")


def with_stimuli(item: Document, find: FindStimulus) -> Document:
    """Return an item of 3.0 with the stimuli it refers to at the start of its body, in their order.

    A reference whose stimulus is not found stays. The item that was given is left as it is.

    >>> from shared.standards.qti import parse
    >>> body = b"<qti-stimulus-body>Tides</qti-stimulus-body>"
    >>> passage = parse(b"<qti-assessment-stimulus>%b</qti-assessment-stimulus>" % body)
    >>> reference = b"<qti-assessment-stimulus-ref href='s.xml'/>"
    >>> item = parse(b"<qti-assessment-item>%b<qti-item-body/></qti-assessment-item>" % reference)
    >>> with_stimuli(item, lambda href: passage).root[0][0].text
    'Tides'
    """
    root = deepcopy(item.root)
    body = child_named(root, "qti-item-body")
    places = 0
    for reference in list(children_named(root, "qti-assessment-stimulus-ref")):
        stimulus = find(attribute(reference, "href") or "")
        content = None if stimulus is None else child_named(stimulus.root, "qti-stimulus-body")
        if body is None or stimulus is None or content is None:
            continue
        for sheet in children_named(stimulus.root, "qti-stylesheet"):
            body.addprevious(_pointed(deepcopy(sheet), stimulus.file, item.file))
        body.insert(places, _pointed(_block(content), stimulus.file, item.file))
        places += 1
        root.remove(reference)
    return replace(item, root=root)


def _block(content: Element) -> Element:
    block = deepcopy(content)
    block.tag = f"{{{QTI_30}}}div" if etree.QName(content).namespace else "div"
    block.set("class", f"qti-shared-stimulus {content.get('class') or ''}".strip())
    block.tail = None
    return block


def _pointed(part: Element, old: str, new: str) -> Element:
    """Point references that were relative to one file to the same files from another."""
    for element in part.iter("*"):
        for key in _ADDRESSES:
            address = element.get(key)
            if address and not is_remote(address) and not address.startswith(("#", "/")):
                element.set(key, relpath(normpath(join(dirname(old), address)), dirname(new) or "."))
    return part
