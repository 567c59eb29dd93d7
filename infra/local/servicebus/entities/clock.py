"""Time as the broker counts it: whole milliseconds since 1970-01-01 UTC."""

import time
from collections.abc import Callable

type Clock = Callable[[], int]


def system_clock() -> int:
    """Return the present time."""
    return time.time_ns() // 1_000_000
