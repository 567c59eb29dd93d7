"""The back-off of messages after transient faults: pure, and the same for the same message on every run."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

_ENOUGH_DOUBLINGS = 20
"""A million times the first delay: past any cap, and still a finite `timedelta`."""


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """Exponential back-off with jitter.

    The delay before attempt n (from 1) lies between one half and the whole of `first * 2**(n - 1)`, capped
    at `longest`; where in between is decided by the event id, so that messages which failed together come
    back spread out. After `attempts` copies the message is given up.
    """

    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=10)
    attempts: int = 10

    def delay(self, event_id: str, attempt: int, at_least: timedelta = timedelta(0)) -> timedelta | None:
        """Return how long to wait before attempt `attempt`, or None when there is none.

        `at_least` is what the failing service asked for (Retry-After).
        """
        if attempt > self.attempts:
            return None
        doublings = min(attempt - 1, _ENOUGH_DOUBLINGS)
        whole = min(self.first * (1 << doublings), self.longest)
        spread = whole * (0.5 + _fraction(event_id, attempt) / 2)
        return max(spread, at_least)


def _fraction(event_id: str, attempt: int) -> float:
    digest = hashlib.sha256(f"{event_id}:{attempt}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32
