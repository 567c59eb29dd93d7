"""Writes lines of JSON as one document: its records are a list in JSON, or elements in XML."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

type Cells = Sequence[tuple[Sequence[str], str]]
"""Texts by the names of the elements that they stand in, from the outermost on."""


def json_list(lines: Iterator[str]) -> Iterator[str]:
    """Yield records as a JSON document that is a list."""
    yield "["
    for at, line in enumerate(lines):
        yield f"{',' * (at > 0)}\n{line.strip()}"
    yield "\n]\n"


def json_object(lines: Iterator[str]) -> Iterator[str]:
    """Yield records as a list in a JSON document that says something else before and after it."""
    yield '{"schema": {"version": 1}, "data": '
    yield from json_list(lines)
    yield ', "next": null}\n'


def xml(lines: Iterator[str]) -> Iterator[str]:
    """Yield records as elements in an XML document, with a child for each step of a dotted path."""
    yield "<?xml version='1.0'?>\n<export>\n"
    for line in lines:
        cells = [(path.split("."), text) for path, text in json.loads(line).items()]
        yield f"<record>{_elements(cells)}</record>\n"
    yield "</export>\n"


STRUCTURES: Final[Mapping[str, Sequence[Callable[[Iterator[str]], Iterator[str]]]]] = {
    "json": (json_list, json_object),
    "xml": (xml,),
}
"""The ways in which a container may hold its records."""


def _elements(cells: Cells) -> str:
    """Return neighbours below one element as its children, in their order."""
    return "".join(
        f"<{name}>{_content([(path[1:], text) for path, text in below])}</{name}>"
        for name, below in groupby(cells, key=lambda cell: cell[0][0])
    )


def _content(cells: Cells) -> str:
    (path, text), *_ = cells
    return _elements(cells) if path else escape(text)
