"""How elements of QTI 1.2 are looked at: by their local names, with or without a namespace."""

import re
from collections.abc import Iterator
from typing import Final, cast

from shared.standards.qti.documents.element import Element

_NOT_IN_NAMES: Final = re.compile(r"[^\w.\-]")
_FIRST: Final = re.compile(r"[^\W\d]")


class _LocalNames(dict[object, str]):
    """Tags as lxml gives them, to local names; filled as they are met, up to a bound no author reaches."""

    def __missing__(self, tag: object) -> str:
        name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        if len(self) < 4096:
            self[tag] = name
        return name


_LOCAL_NAMES: Final = _LocalNames()


def tag_of(element: Element) -> str:
    """Return the local name of an element; empty for a comment or a processing instruction."""
    return _LOCAL_NAMES[element.tag]


def inside(element: Element, *tags: str) -> Iterator[Element]:
    """Yield the elements directly inside that have one of these local names."""
    return element.iterchildren(*(f"{{*}}{tag}" for tag in tags))


def first(element: Element, tag: str) -> Element | None:
    """Return the first element directly inside that has a local name."""
    return next(element.iterchildren(f"{{*}}{tag}"), None)


def below(element: Element, *tags: str) -> Iterator[Element]:
    """Yield the elements anywhere inside that have one of these local names, in document order."""
    return element.iterdescendants(*(f"{{*}}{tag}" for tag in tags))


def given(element: Element, *names: str) -> str:
    """Return the first attribute given under one of these names, its ends trimmed; nothing without one."""
    return next((value.strip() for name in names if (value := element.get(name)) is not None), "")


def attributes_of(element: Element) -> Iterator[tuple[str, str]]:
    """Yield the attributes of an element as text."""
    return iter(cast("list[tuple[str, str]]", element.items()))


def all_text(element: Element) -> str:
    """Return the text anywhere inside an element."""
    return "".join(cast("Iterator[str]", element.itertext()))


def is_yes(text: str) -> bool:
    """Say whether a word of QTI 1.2 means yes; vendors write Yes, yes and true."""
    return text.lower() in {"yes", "true", "1"}


def identifier(text: str) -> str:
    """Return the identifier of QTI 3.0 nearest to an ident, which may be any text: `8459` to `_8459`."""
    name = _NOT_IN_NAMES.sub("_", text.strip())
    return name if name and _FIRST.match(name) else f"_{name}"


class Identifiers:
    """Hands out identifiers that are unique in one place, near to the idents they stand for."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def take(self, ident: str) -> str:
        """Return the identifier for an ident, with a number behind it where it is taken already."""
        name = plain = identifier(ident)
        number = self._last.get(plain, 1)
        while name in self._taken:
            number += 1
            name = f"{plain}_{number}"
        self._last[plain] = number
        self._taken.add(name)
        return name
