"""The nouns of drill-down: tables as they may be asked for, questions, and what a question may cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

PLACE: Final = "place"
"""The column that orders the rows of a version: by file, and by row in it."""

COURSE: Final = "course"
LEARNER: Final = "learner"
RESULT: Final = "result"


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    TIMESTAMP = "timestamp"
    BOOLEAN = "boolean"


type Value = str | int | bool | Decimal | datetime


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as it may be asked for: its columns in order, those shown unasked, those that name people."""

    name: str
    columns: Mapping[str, Kind]
    usual: tuple[str, ...]
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Among:
    """The column has one of these values."""

    column: str
    values: frozenset[Value]


@dataclass(frozen=True, slots=True)
class Between:
    """The column's value lies between two, both included; None: no end on that side."""

    column: str
    least: Value | None
    greatest: Value | None


type Condition = Among | Between


@dataclass(frozen=True, slots=True)
class Order:
    """A column to sort by. Rows without a value come last either way."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Which columns of which rows, in which order. Every condition has to hold."""

    shape: Shape
    columns: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    order: tuple[Order, ...] = ()


@dataclass(frozen=True, slots=True)
class Versions:
    """The version of the table and that of the links between people, which pages of one list share."""

    table: int
    links: int


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of a table version: its path there, bytes, rows, partition, and the extremes of some columns."""

    path: str
    size: int
    rows: int
    source: str
    extremes: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one question may cost: bytes of files read, seconds, rows held, bytes of those rows in memory."""

    scanned: int = 1024**3
    seconds: int = 10
    rows: int = 10_000
    held: int = 128 * 1024**2


PAGE_BOUNDS: Final = Bounds()
EXPORT_BOUNDS: Final = Bounds(seconds=60, rows=100_000)
