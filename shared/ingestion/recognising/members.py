"""The members of a file as recognition sees them: the head of each, and the part that takes it."""

from dataclasses import dataclass

from shared.ingestion.mapping.parts import Part
from shared.ingestion.model import Layout, LineFormat
from shared.ingestion.reading.sniffing import Head
from shared.ingestion.recognising.judging import Judgement


@dataclass(frozen=True, slots=True)
class MemberHead:
    """One member of a file: its name and the first of its lines."""

    name: str
    head: Head
    lines: LineFormat = LineFormat.DELIMITED
    nothing: str | None = None
    """Where the member says that it holds no records."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A member that a part takes, and how the part lies over it. `at` is its place among the members."""

    at: int
    name: str
    part: Part
    layout: Layout
    header_record: int
    first_record: int
    unread: tuple[str, ...]
    """Labels of columns that the part does not know."""
    doubled: tuple[str, ...]
    """Labels of columns in place of which the part reads others of the member."""
    judgement: Judgement
