"""What stands inside text: where a stem says [name], the interaction or the value of that name."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.building import Content

_PLACE: Final = re.compile(r"\[([^\[\]]+)\]")

type Maker = Callable[[], Element]


def place(content: list[Content], makers: dict[str, Maker], *, once: bool) -> set[str]:
    """Put what each maker makes where text in content says its name in brackets. Return the names placed.

    An interaction is placed once; a printed value wherever it is named.
    """
    placed: set[str] = set()
    splitter = _Splitter(makers, placed, once)
    found: list[Content] = []
    for part in content:
        found.extend(splitter.split(part) if isinstance(part, str) else splitter.walk(part))
    content[:] = found
    return placed


@dataclass(frozen=True, slots=True)
class _Splitter:
    makers: dict[str, Maker]
    placed: set[str]
    once: bool

    def walk(self, element: Element) -> list[Content]:
        for inner in list(element.iter("*")):
            tails = [(child, child.tail) for child in inner]
            if inner.text and _PLACE.search(inner.text):
                text, inner.text = inner.text, None
                _insert(inner, None, self.split(text))
            for child, tail in tails:
                if tail and _PLACE.search(tail):
                    child.tail = None
                    _insert(inner, child, self.split(tail))
        return [element]

    def split(self, text: str) -> list[Content]:
        parts: list[Content] = []
        start = 0
        for found in _PLACE.finditer(text):
            name = found[1]
            if name in self.makers and not (self.once and name in self.placed):
                parts += [text[start : found.start()], self.makers[name]()]
                self.placed.add(name)
                start = found.end()
        return [part for part in [*parts, text[start:]] if not isinstance(part, str) or part]


def _insert(element: Element, after: Element | None, parts: list[Content]) -> None:
    """Put parts into an element, after one in it or first of all."""
    for part in parts:
        if isinstance(part, str):
            if after is None:
                element.text = (element.text or "") + part
            else:
                after.tail = (after.tail or "") + part
            continue
        if after is None:
            element.insert(0, part)
        else:
            tail, after.tail = after.tail, None
            after.addnext(part)
            after.tail = tail
        after = part
