"""Subscription rules: which messages of a topic a subscription gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

# Positions of the fields in the properties section (AMQP 1.0 part 3, section 3.2.4).
_POSITIONS = {
    "message_id": 0,
    "to": 2,
    "label": 3,
    "reply_to": 4,
    "correlation_id": 5,
    "content_type": 6,
    "session_id": 10,
    "reply_to_session_id": 12,
}

type Scalar = str | int | float | bool


class Rule(Protocol):
    """Decides by the properties (by position) and the application properties of a message."""

    def matches(self, properties: list[object], application: Mapping[object, object]) -> bool:
        """Whether the subscription gets the message."""


@dataclass(frozen=True, slots=True)
class TrueRule:
    """Matches every message: the rule of a subscription without rules."""

    def matches(self, properties: list[object], application: Mapping[object, object]) -> bool:
        """Return true."""
        return True


@dataclass(frozen=True, slots=True)
class CorrelationRule:
    """Matches when every value named is equal to the message's, texts by case (a correlation filter)."""

    system: Mapping[str, str] = field(default_factory=dict)
    application: Mapping[str, Scalar] = field(default_factory=dict)

    def matches(self, properties: list[object], application: Mapping[object, object]) -> bool:
        """Whether all values are equal; a value that the message lacks is not."""
        return all(
            _field(properties, _POSITIONS[name]) == expected for name, expected in self.system.items()
        ) and all(_equal(application.get(name), expected) for name, expected in self.application.items())


def _field(properties: list[object], position: int) -> str | None:
    value = properties[position] if position < len(properties) else None
    return None if value is None else str(value)


def _equal(value: object, expected: Scalar) -> bool:
    # True equals 1 in Python, but a boolean is never equal to a number in a filter.
    return isinstance(value, bool) == isinstance(expected, bool) and value == expected
