"""The time that a session took, as its caller tells it: no clock is read here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from shared.standards.qti.assessments.control import TimeLimits

WHOLE_TEST: Final = ""


@dataclass(slots=True)
class Clock:
    """When the session was last heard of, and the seconds that test, parts and sections took by then.

    `now` is whatever number of seconds the caller counts by; only differences matter.
    """

    now: float
    seconds: dict[str, float] = field(default_factory=dict)

    def tick(self, now: float, running: Iterable[str]) -> float:
        """Let time pass for what is running; returns how much. Raises ValueError when it runs backwards."""
        passed = now - self.now
        if not passed >= 0:
            raise ValueError(f"it was {self.now} already; it can't be {now}")
        for scope in running:
            self.seconds[scope] = self.seconds.get(scope, 0.0) + passed
        self.now = now
        return passed

    def taken(self, scope: str) -> float:
        """Return the seconds that something took."""
        return self.seconds.get(scope, 0.0)


def is_over(limits: TimeLimits, seconds: float) -> bool:
    """Say whether the time is up and late responses do not count (QTI 3.0, TimeLimits)."""
    return limits.most is not None and seconds > limits.most and not limits.allow_late


def is_too_soon(limits: TimeLimits, seconds: float) -> bool:
    """Say whether less than the minimum time has passed."""
    return limits.least is not None and seconds < limits.least
