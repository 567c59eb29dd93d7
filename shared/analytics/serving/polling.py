"""When a poller should ask again: soon while figures move, less often the longer they have stood still."""

from datetime import datetime, timedelta
from typing import Final

SOONEST: Final = timedelta(seconds=3)
LATEST: Final = timedelta(seconds=10)

_PART_OF_AGE: Final = 20
"""Asking again after a twentieth of the age shows a change late by at most that part of how old it was."""


def next_poll(changed_at: datetime | None, now: datetime) -> timedelta:
    """Return after how long a view that changed at a moment is worth another look; None: it never changed.

    While files of the tenant are folded their views change every few seconds, so this asks sooner exactly
    then, and reads nothing to know it.
    """
    if changed_at is None:
        return LATEST
    return min(max((now - changed_at) / _PART_OF_AGE, SOONEST), LATEST)
