"""What goes wrong with QTI content: errors that stop, notices that do not. Each names its place and rule."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something is, as far as known: its name, the line (from 1), the XPath.

    >>> str(Place("item.xml", 3, "/assessmentItem/itemBody"))
    'item.xml, line 3, /assessmentItem/itemBody'
    """

    file: str = ""
    line: int | None = None
    xpath: str = ""

    def __str__(self) -> str:
        line = "" if self.line is None else f"line {self.line}"
        return ", ".join(part for part in (self.file, line, self.xpath) if part)


class QtiError(Exception):
    """Content that can't be used. `rule` names what it breaks: a clause of the specification, or a limit.

    >>> print(QtiError("base-type is missing", rule="QTI 3.0, Value", place=Place("item.xml", 3)))
    item.xml, line 3: base-type is missing [QTI 3.0, Value]
    """

    def __init__(self, message: str, *, rule: str, place: Place | None = None) -> None:
        self.message = message
        self.rule = rule
        self.place = place or Place()
        super().__init__(message, rule, self.place)

    def __str__(self) -> str:
        where = str(self.place)
        return f"{where}: {self.message} [{self.rule}]" if where else f"{self.message} [{self.rule}]"


class Malformed(QtiError):
    """Bytes that are not XML, not a package, or not of the kind that was asked for.

    >>> issubclass(Malformed, QtiError)
    True
    """


class Refused(QtiError):
    """Content that is hostile or breaks a limit; nothing of it was expanded, fetched or run.

    >>> issubclass(Refused, QtiError)
    True
    """


class Invalid(QtiError):
    """Well-formed content that breaks a rule of QTI without which it can't be processed.

    >>> issubclass(Invalid, QtiError)
    True
    """


type Severity = Literal["warning", "loss", "error"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What the user should know of content that was processed all the same.

    A `loss` is something that a conversion could not carry over; an `error` breaks the standard, but could be
    worked around.

    >>> Notice("the DOCTYPE is left aside", rule="no document type").severity
    'warning'
    """

    message: str
    rule: str
    place: Place = field(default_factory=Place)
    severity: Severity = "warning"
