"""What is noticed while QTI 1.2 is rewritten; the same is told once in an item, at its first place."""

from dataclasses import dataclass, field
from typing import Final

from shared.standards.qti.documents.element import Element, place_of
from shared.standards.qti.faults import Invalid, Notice, Severity

_MOST: Final = 1000


@dataclass(slots=True)
class Findings:
    """The notices of one file or item, in order."""

    file: str = ""
    strict: bool = False
    _found: dict[tuple[Severity, str], Notice] = field(default_factory=dict)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """All that was noticed, each once."""
        return tuple(self._found.values())

    def warn(self, element: Element, message: str, *, rule: str) -> None:
        """Note what has an agreed meaning, but not by the standard."""
        self._add("warning", element, message, rule)

    def lose(self, element: Element, message: str, *, rule: str) -> None:
        """Note what the tree of QTI 3.0 does not carry."""
        self._add("loss", element, message, rule)

    def blame(self, element: Element, message: str, *, rule: str) -> None:
        """Note what breaks the standard, but could be worked around. Raises Invalid when strict."""
        if self.strict:
            raise self.invalid(element, message, rule=rule)
        self._add("error", element, message, rule)

    def invalid(self, element: Element, message: str, *, rule: str) -> Invalid:
        """Return the error for content without which a result would be wrong."""
        return Invalid(message, rule=rule, place=place_of(element, self.file))

    def refuse(self, error: Invalid) -> None:
        """Note an item that was left out, and why."""
        self._found[("error", str(error))] = Notice(error.message, error.rule, error.place, "error")

    def _add(self, severity: Severity, element: Element, message: str, rule: str) -> None:
        if len(self._found) >= _MOST:
            message = "there is more, which is not listed"
        if (severity, message) not in self._found:
            self._found[(severity, message)] = Notice(message, rule, place_of(element, self.file), severity)
