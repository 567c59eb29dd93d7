"""Content of QTI as a tree that can be written in the spelling of 2.x and of 3.0; how to look at either."""

from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from shared.standards.qti.documents.element import Element

type Attributes = tuple[tuple[str, str], ...]

_IRREGULAR = {"duration-lt": "durationLT", "duration-gte": "durationGTE"}


@dataclass(frozen=True)
class Node:
    """An element by its 3.0 name without `qti-`, with its attributes by their 3.0 names."""

    name: str
    attributes: Attributes = ()
    children: tuple["Node", ...] = ()
    text: str = ""


def node(name: str, /, *children: Node, text: str = "", **attributes: object) -> Node:
    """Make a node; `number_repeats=2` is the attribute `number-repeats`."""
    written = tuple((key.replace("_", "-"), str(value)) for key, value in attributes.items())
    return Node(name, written, children, text)


def write(tree: Node, *, modern: bool) -> str:
    """Write a tree in the spelling of 3.0, or else of 2.x."""
    name = f"qti-{tree.name}" if modern else _IRREGULAR.get(tree.name) or _camel(tree.name)
    attributes = "".join(
        f" {key if modern else _camel(key)}={quoteattr(value)}" for key, value in tree.attributes
    )
    inside = escape(tree.text) + "".join(write(child, modern=modern) for child in tree.children)
    return f"<{name}{attributes}>{inside}</{name}>"


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(word.capitalize() for word in rest)


@cache
def bare(name: str) -> str:
    """Return what the spellings of a name share: `qti-base-value` and `baseValue` are `basevalue`."""
    return name.rpartition("}")[2].removeprefix("qti-").replace("-", "").lower()


def name_of(element: Element) -> str:
    return bare(str(etree.QName(element).localname))


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute by its bare name."""
    return next((str(value) for key, value in element.attrib.items() if bare(str(key)) == name), None)


def children(element: Element) -> list[Element]:
    return list(element.iterchildren("*"))


def child(element: Element, name: str) -> Element | None:
    return next((inner for inner in children(element) if name_of(inner) == name), None)
