"""The values of QTI at run time (QTI 3.0: base types and cardinalities).

    NULL          None; an empty string and an empty container are NULL too, so neither ever occurs
    identifier, string, uri, intOrIdentifier   str
    boolean       bool
    integer       int
    float         float
    duration      float, seconds
    point         Point
    pair          Pair, whose order does not count; directedPair: DirectedPair
    file          FileValue
    multiple      tuple of singles, compared as a bag by expressions
    ordered       tuple of singles
    record        dict of singles by field name

What type and cardinality a value has is known when an item is compiled, not looked up when it runs.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, TypeIs


class BaseType(StrEnum):
    """The base types, as written in all versions.

    >>> BaseType("directedPair").name
    'DIRECTED_PAIR'
    """

    BOOLEAN = "boolean"
    DIRECTED_PAIR = "directedPair"
    DURATION = "duration"
    FILE = "file"
    FLOAT = "float"
    IDENTIFIER = "identifier"
    INTEGER = "integer"
    INT_OR_IDENTIFIER = "intOrIdentifier"
    PAIR = "pair"
    POINT = "point"
    STRING = "string"
    URI = "uri"


class Cardinality(StrEnum):
    """How many values a variable holds.

    >>> Cardinality("multiple").name
    'MULTIPLE'
    """

    SINGLE = "single"
    MULTIPLE = "multiple"
    ORDERED = "ordered"
    RECORD = "record"


BASE_TYPES: Final = {str(each): each for each in BaseType}
CARDINALITIES: Final = {str(each): each for each in Cardinality}
"""By name: items name hundreds of types, and a look-up takes a tenth of what an enumeration does."""


class Point(NamedTuple):
    """A pixel, from the top left of its image."""

    x: int
    y: int


class DirectedPair(NamedTuple):
    """A source and its destination."""

    source: str
    destination: str


class Pair(tuple[str, str]):
    """Two identifiers; (A, B) is (B, A)."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pair) and (tuple(self) == tuple(other) or tuple(self) == tuple(other)[::-1])

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(frozenset(self))


@dataclass(frozen=True, slots=True)
class FileValue:
    """A file that a candidate sent; its content lies elsewhere, at `reference`."""

    name: str
    media_type: str
    reference: str


type Single = bool | int | float | str | Point | Pair | DirectedPair | FileValue
type Container = tuple[Single, ...]
type Record = dict[str, Single]
type Value = Single | Container | Record | None


def is_container(value: Value) -> TypeIs[Container]:
    """Tell a container from the single values that happen to be tuples, too."""
    return type(value) is tuple
