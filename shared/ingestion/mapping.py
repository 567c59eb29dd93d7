"""What a feed's mapping file may say: declarative, versioned, validated; no code and no templates.

One TOML file per feed and version lies in `feeds/`. The same file decides recognition, reading, casts and
rejection. A canonical field is a column of the fact table; a column without one is known and not read.
"""

import re
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


type Regex = Annotated[str, AfterValidator(_regex)]


class Cast(StrEnum):
    """The closed set of casts from text. A value that does not cast rejects its record."""

    TEXT = "text"
    """The text, outer white space removed; at most 1,000 bytes."""
    INTEGER = "integer"
    """A whole number of 32 bits."""
    DECIMAL = "decimal"
    """A number, rounded to four places, half away from zero; the decimal mark is the file's."""
    TIMESTAMP = "timestamp"
    """A moment in one of the column's `formats`; one without a zone is in UTC."""
    CODE = "code"
    """One of the column's `codes`, in any case."""


CANONICAL: Final[dict[str, Cast]] = {
    "learner": Cast.TEXT,
    "course": Cast.TEXT,
    "section": Cast.TEXT,
    "line_item": Cast.TEXT,
    "line_item_title": Cast.TEXT,
    "attempt": Cast.INTEGER,
    "status": Cast.CODE,
    "score": Cast.DECIMAL,
    "max_score": Cast.DECIMAL,
    "occurred_at": Cast.TIMESTAMP,
}
"""The fields a column may be mapped to, each with the cast that makes its type."""

STATUSES: Final = frozenset(
    {"submitted", "fully-graded", "partially-graded", "not-submitted", "exempt", "suppressed"}
)
"""What a result's status may be (reference: score status vocabulary)."""


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Closed):
    """A column that the feed knows, by any of its labels; compared without case and outer white space."""

    name: str
    labels: tuple[str, ...] = Field(min_length=1)
    required: bool = False
    """Whether a record without a value here is rejected."""
    default: str | None = None
    """The text that stands in for a missing value."""
    minimum: int | None = None
    formats: tuple[str, ...] = ()
    codes: dict[str, str] = {}

    @property
    def cast(self) -> Cast | None:
        """Return how the column's text is cast, None for a column that is known and not read."""
        return CANONICAL.get(self.name)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.cast is Cast.TIMESTAMP) != bool(self.formats):
            raise ValueError("a timestamp column, and no other, lists formats")
        if (self.cast is Cast.CODE) != bool(self.codes):
            raise ValueError("a code column, and no other, lists codes")
        if self.codes and not STATUSES.issuperset(self.codes.values()):
            raise ValueError("a code stands for a status that does not exist")
        return self


class FileName(_Closed):
    """What the file's name without extension says: the named groups of the first pattern that matches."""

    patterns: tuple[Regex, ...] = Field(min_length=1)
    source: str
    """The group that names the source: the newest file of a source replaces the facts of the older."""


class Unpivot(_Closed):
    """How a wide file becomes facts: each measure column of a record gives one fact, or none when missing."""

    after: str
    """The known column that all measure columns stand right of."""
    measure: Regex
    """Matches a measure column's label; groups `line_item` and `title`."""
    ignore: Regex
    """Labels right of `after` that are known and not read, such as totals."""
    preamble: str
    """Leading records without a value in this column come before the data; the one whose measure cells are
    numbers states the points possible."""
    codes: dict[str, str] = {}
    """Cell texts that give a status without a score."""


class Mapping(_Closed):
    """One version of one feed."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: int = Field(ge=1)
    title: str
    system: str
    """The system whose identifiers the learner column holds."""
    table: Literal["results"]
    names: tuple[Regex, ...]
    """Patterns of usual file names: a weak hint."""
    separators: tuple[Literal[",", ";", "\t"], ...] = Field(min_length=1)
    encodings: tuple[Literal["utf-8", "cp1252"], ...] = Field(min_length=1)
    require: tuple[tuple[str, ...], ...] = Field(min_length=1)
    """Of each group of columns the file must have one."""
    missing: tuple[str, ...]
    """Cell texts that mean: no value."""
    max_rejected_share: float = Field(gt=0, le=1)
    """An ingest with a greater share of rejected records fails as a whole."""
    file_name: FileName
    columns: tuple[Column, ...]
    unpivot: Unpivot | None = None
    skip: tuple[dict[str, Regex], ...] = ()
    """Records not about a learner: all columns named by one entry match, and the file has them."""

    @property
    def shape(self) -> Literal["wide", "long"]:
        """Return whether a record states many results of a learner or one."""
        return "wide" if self.unpivot else "long"

    @cached_property
    def by_label(self) -> dict[str, Column]:
        """Return the known columns by their normalised labels."""
        return {normalised(label): column for column in self.columns for label in column.labels}

    @model_validator(mode="after")
    def _names_known_columns(self) -> Self:
        known = {column.name for column in self.columns}
        named = {name for group in self.require for name in group} | {n for rule in self.skip for n in rule}
        if self.unpivot:
            named |= {self.unpivot.after, self.unpivot.preamble}
        if len(known) != len(self.columns) or not named <= known:
            raise ValueError(f"columns named twice or not at all: {sorted(named - known)}")
        return self


def normalised(label: str) -> str:
    """Return the form in which labels are compared."""
    return " ".join(label.split()).casefold()
