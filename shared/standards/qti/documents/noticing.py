"""What is noticed while one document is read, and what stops a strict reading."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.standards.qti.documents.element import Element, place_of
from shared.standards.qti.faults import Invalid, Notice


@dataclass(slots=True)
class Noticing:
    """Collects notices of one file. A strict reading raises Invalid instead of noting an error."""

    file: str = ""
    strict: bool = False
    notices: list[Notice] = field(default_factory=list)

    def warn(self, element: Element, message: str, *, rule: str) -> None:
        """Note what is off, but has an agreed meaning and breaks nothing."""
        self.notices.append(Notice(message, rule, place_of(element, self.file)))

    def error(self, element: Element, message: str, *, rule: str) -> None:
        """Note what breaks the standard and was worked around. Raises Invalid when strict."""
        if self.strict:
            raise self.invalid(element, message, rule=rule)
        self.notices.append(Notice(message, rule, place_of(element, self.file), "error"))

    def invalid(self, element: Element, message: str, *, rule: str) -> Invalid:
        """Return the error for what can't be worked around."""
        return Invalid(message, rule=rule, place=place_of(element, self.file))


def refuse_errors(notices: Iterable[Notice]) -> None:
    """Raise Invalid for the first notice of something that breaks the standard: a strict reading."""
    for notice in notices:
        if notice.severity == "error":
            raise Invalid(notice.message, rule=notice.rule, place=notice.place)
