"""The columns of a feed: the labels they come under, and the closed set of casts from their text."""

import re
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Final, Self

import polars as pl
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from shared.ingestion.tables import DECIMAL, NAME, TIMESTAMP, Table


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


type Regex = Annotated[str, AfterValidator(_regex)]


class Closed(BaseModel):
    """A part of a mapping file: what it does not name may not be said."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Cast(StrEnum):
    """The closed set of casts from text. A value that does not cast rejects its record."""

    TEXT = "text"
    """The text, outer white space removed; at most as many bytes as the column's `longest`."""
    INTEGER = "integer"
    """A whole number of 32 bits."""
    DECIMAL = "decimal"
    """A number, rounded to four places, half to even; the decimal mark is the file's."""
    PERCENT = "percent"
    """As decimal, with or without a percent sign."""
    DURATION = "duration"
    """Hours, minutes and seconds (`1:02:03`, `02:03`) or a number of seconds, as seconds."""
    TIMESTAMP = "timestamp"
    """A moment in one of the column's `formats` or those of ISO 8601; one without a zone is in its `zone`."""
    EPOCH = "epoch"
    """Seconds since 1970 in UTC."""
    CODE = "code"
    """One of the column's `codes`, in any case."""
    BOOLEAN = "boolean"
    """True or false by the column's `codes`; else true, yes, y, 1 and false, no, n, 0 in any case."""


STATUSES: Final = frozenset(
    {
        "submitted",
        "fully-graded",
        "partially-graded",
        "not-submitted",
        "exempt",
        "suppressed",
        "not-tested",
    }
)
"""What a status may be (reference: score status vocabulary). Void codes never become 0."""

_CASTS: Final[dict[pl.DataType, tuple[Cast, ...]]] = {
    pl.String(): (Cast.TEXT, Cast.CODE),
    pl.Int32(): (Cast.INTEGER,),
    DECIMAL: (Cast.DECIMAL, Cast.PERCENT, Cast.DURATION),
    TIMESTAMP: (Cast.TIMESTAMP, Cast.EPOCH),
    pl.Boolean(): (Cast.BOOLEAN,),
}
"""The casts that make a type, the usual one first."""


class Pii(StrEnum):
    """How personal what a column holds is, and therefore what becomes of it."""

    NONE = "none"
    IDENTIFIER = "identifier"
    """Names a person at some system: becomes a pseudonym."""
    NAME = "name"
    """A name or other plain personal data: known, and read only as what a part says people are `called`."""


class Column(Closed):
    """A column that the feed knows, by any of its labels; compared without case and outer white space.

    Where a table has several of the labels, the one listed first is read.

    One whose name is a column of the canonical table fills it; any other is known, and read only where a rule
    of its part names it.
    """

    name: str
    labels: tuple[str, ...] = Field(min_length=1)
    required: bool = False
    """Whether a record without a value here is rejected."""
    default: str | None = None
    """The text that stands in for a missing value."""
    cast: Cast | None = None
    minimum: int | None = None
    longest: int = Field(default=1000, ge=1, le=100_000)
    """The most bytes that a text may have; an essay may have more than a name."""
    formats: tuple[str, ...] = ()
    zone: str = "UTC"
    codes: dict[str, str] = Field(default_factory=dict)
    strip: str = ""
    """Characters in front of the value that are not part of it, such as the `#` of Brightspace."""
    capture: Regex | None = None
    """Its first group is the value; a text that it does not match rejects the record."""
    pii: Pii = Pii.NONE

    @cached_property
    def known_as(self) -> tuple[str, ...]:
        """The labels as they are compared, the one that is read rather than the next first."""
        return tuple(map(normalised, self.labels))

    def check_for(self, table: Table) -> None:
        """Check that the column's rules make a value of its table; `ValueError`."""
        if self.name == NAME:
            raise ValueError(f"{self.name}: a name is sealed before it is written")
        kind = table.schema.get(self.name)
        if kind is None:
            return
        if self.pii is Pii.NAME:
            raise ValueError(f"{self.name}: names of people never become facts")
        if self.cast is not None and self.cast not in _CASTS[kind]:
            raise ValueError(f"{self.name} is no {self.cast}")
        if (self.cast_in(table) is Cast.TIMESTAMP) != bool(self.formats):
            raise ValueError(f"{self.name}: a timestamp column, and no other, lists formats")
        if self.name == "status" and not STATUSES.issuperset(self.codes.values()):
            raise ValueError("a code stands for a status that does not exist")

    def pii_in(self, table: Table) -> Pii:
        """Return how personal the column is; one that names a person in the table is so by its place."""
        return Pii.IDENTIFIER if self.name in {*table.people, *table.identifiers} else self.pii

    def cast_in(self, table: Table) -> Cast | None:
        """Return how the column's text is cast, None for a column that the table does not have."""
        kind = table.schema.get(self.name)
        if kind is None:
            return None
        if self.cast is not None:
            return self.cast
        usual = _CASTS[kind][0]
        return Cast.CODE if usual is Cast.TEXT and self.codes else usual

    @model_validator(mode="after")
    def _codes_suit_the_cast(self) -> Self:
        if self.cast is Cast.CODE and not self.codes:
            raise ValueError("a code column lists codes")
        return self


def normalised(label: str) -> str:
    """Return the form in which labels are compared."""
    return " ".join(label.split()).casefold()
