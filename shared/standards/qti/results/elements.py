"""Elements of reports that are written: all in the one namespace of their root."""

from lxml import etree

from shared.standards.qti.documents.element import Element


def new_root(name: str, namespace: str) -> Element:
    """Return a new root element whose namespace needs no prefix."""
    return etree.fromstring(f'<{name} xmlns="{namespace}"/>')


def add(parent: Element, name: str) -> Element:
    """Add an element in the namespace of its parent."""
    return etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")


def serialised(root: Element) -> bytes:
    """Return a root element, indented, as the bytes of a file."""
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
