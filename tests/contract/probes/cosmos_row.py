"""A row of the Cosmos probe: a call and what it has to give."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A call with what it has to give: `expected` is a value or a test, `refusal` the status of an error."""

    name: str
    call: Callable[[], Any]
    expected: object = None
    refusal: int | None = None
    known_difference: str = ""

    def accepts(self, value: object) -> bool:
        """Tell whether the value is the expected one; any value will do when none is stated."""
        if self.refusal is not None:
            return False
        if callable(self.expected):
            return bool(self.expected(value))
        return self.expected is None or value == self.expected


def refused(name: str, call: Callable[[], Any], status: int, known_difference: str = "") -> Row:
    """A row that must be refused."""
    return Row(name, call, refusal=status, known_difference=known_difference)


def has_length(length: int) -> Callable[[Any], bool]:
    """Return a test for the length of a list."""
    return lambda found: len(found) == length
