"""Attempts that try an item out: right, wrong, empty, partly right, and all values that its rules know of."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice, pairwise
from typing import Final

from shared.standards.qti.declarations.declaration import Declaration, declarations_of
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, attribute, descendants_named, text_of
from shared.standards.qti.faults import QtiError
from shared.standards.qti.values.lexical import read_single
from shared.standards.qti.values.types import (
    BaseType,
    Cardinality,
    Container,
    DirectedPair,
    Pair,
    Point,
    Single,
    Value,
    is_container,
)
from shared.standards.qti.vocabulary.elements import CHOICES

type Attempt = Mapping[str, Value]

_MOST: Final = 60
"""How many attempts are made up for an item."""
_PER_RESPONSE: Final = 24
_LOOKED_AT: Final = 500
"""Of how many values the different ones are tried: an item may name thousands."""
_IDENTIFIED: Final = frozenset((*CHOICES, "qti-gap"))
_ODD: Final[dict[BaseType, tuple[Single, ...]]] = {
    BaseType.BOOLEAN: (True, False),
    BaseType.INTEGER: (0, 1, -1, 10),
    BaseType.FLOAT: (0.0, 0.5, -1.0, 100.0),
    BaseType.STRING: ("no such answer", "x"),
    BaseType.POINT: (Point(0, 0), Point(100, 100)),
    BaseType.DURATION: (0.0, 60.0),
    BaseType.IDENTIFIER: ("no-such-choice",),
}
"""What no rule needs to know of, by type."""


def attempts_for(document: Document) -> list[Attempt]:
    """Return attempts at an item, the same ones each time.

    Each response is tried by itself and with the others right: empty, right, right but written otherwise,
    each value that a choice, mapping, area or rule names, and some that nothing names.

    >>> from shared.standards.qti import parse
    >>> response = b'<responseDeclaration identifier="R" cardinality="single" baseType="boolean"/>'
    >>> attempts_for(parse(b"<assessmentItem>%b</assessmentItem>" % response))
    [{}, {'R': True}, {'R': False}]
    """
    declared = [each for each in declarations_of(document.root) if each.kind == "response"]
    right = {each.identifier: value for each in declared if (value := _correct(each)) is not None}
    tries = {each.identifier: _tries(each, document.root) for each in declared}
    alone: Iterator[Attempt] = ({name: value} for name, values in tries.items() for value in values)
    among: Iterator[Attempt] = (
        {**right, name: value}
        for name, values in tries.items()
        for value in (None, *values)
        if len(tries) > 1
    )
    return _distinct(islice(chain([{}, right], _taking_turns(alone, among)), _MOST * 2))[:_MOST]


def _taking_turns(*sources: Iterator[Attempt]) -> Iterator[Attempt]:
    left = list(sources)
    while left:
        for source in list(left):
            found = next(source, None)
            if found is None:
                left.remove(source)
            else:
                yield found


def _distinct(attempts: Iterator[Attempt]) -> list[Attempt]:
    found: list[Attempt] = []
    for attempt in attempts:
        if attempt not in found:
            found.append(attempt)
    return found


def _correct(declared: Declaration) -> Value:
    try:
        return declared.correct
    except QtiError:  # a key that can't be read scores nothing in either version
        return None


def _tries(declared: Declaration, root: Element) -> list[Value]:
    base_type, right = declared.base_type, _correct(declared)
    if base_type is None or base_type is BaseType.FILE:
        return [] if right is None else [right]
    looked_at = islice(_singles(declared, base_type, right, root), _LOOKED_AT)
    singles = list(islice(dict.fromkeys(looked_at), _PER_RESPONSE))
    if declared.cardinality is Cardinality.SINGLE:
        return list(singles)
    return list(islice(_containers(right if is_container(right) else (), singles), _PER_RESPONSE))


def _containers(right: Container, singles: list[Single]) -> Iterator[Value]:
    """Yield containers: right, turned round, one too few, one too many, one twice, each value alone, all."""
    if right:
        yield right
        yield right[::-1]
        yield right[1:] or None
        yield (*right, right[0])
        yield from ((*right, single) for single in singles if single not in right)
    yield from ((single,) for single in singles)
    yield tuple(singles) or None


def _singles(declared: Declaration, base_type: BaseType, right: Value, root: Element) -> Iterator[Single]:
    if is_container(right):
        yield from right
    elif right is not None and not isinstance(right, dict):
        yield right
        yield from _written_otherwise(right)
    yield from _named(declared.element, root, base_type)
    yield from _by_choices(root, base_type)
    yield from _ODD.get(base_type, ())


def _written_otherwise(right: Single) -> Iterator[Single]:
    if isinstance(right, bool):
        return
    if isinstance(right, int | float):
        yield right + 1
        yield right - 1
    elif isinstance(right, Pair):
        yield Pair((right[1], right[0]))
    elif isinstance(right, DirectedPair):
        yield DirectedPair(right.destination, right.source)
    elif isinstance(right, str):
        yield from (right.upper(), right.lower(), f" {right} ")


def _named(declaration: Element, root: Element, base_type: BaseType) -> Iterator[Single]:
    """Yield what mappings, areas and the values in rules name, as far as it is of the type."""
    keys = (attribute(entry, "map-key") for entry in descendants_named(declaration, "qti-map-entry"))
    values = (text_of(value).strip() for value in descendants_named(root, "qti-base-value"))
    for text in chain(keys, values):
        try:
            value = read_single(text or "", base_type)
        except ValueError:
            continue  # a value of another type
        if value is not None:
            yield value
    if base_type is BaseType.POINT:
        yield from _centres(declaration)


def _centres(declaration: Element) -> Iterator[Point]:
    for area in descendants_named(declaration, "qti-area-map-entry"):
        numbers = [
            int(part) for part in (attribute(area, "coords") or "").split(",") if part.strip().isdecimal()
        ]
        if attribute(area, "shape") == "rect" and len(numbers) == 4:
            yield Point((numbers[0] + numbers[2]) // 2, (numbers[1] + numbers[3]) // 2)
        elif len(numbers) >= 2:
            yield Point(numbers[0], numbers[1])


def _by_choices(root: Element, base_type: BaseType) -> Iterator[Single]:
    names = [attribute(choice, "identifier") or "" for choice in descendants_named(root, *_IDENTIFIED)][:12]
    if base_type is BaseType.IDENTIFIER:
        yield from names
    elif base_type is BaseType.PAIR:
        yield from (Pair((one, other)) for one, other in pairwise(names))
    elif base_type is BaseType.DIRECTED_PAIR:
        yield from (DirectedPair(one, other) for one in names for other in names[-4:] if one != other)
