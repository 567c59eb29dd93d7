"""The bounds of a question, kept while it is answered, and the refusals that say what to narrow."""

import time
from collections.abc import Callable
from typing import Final

from shared.analytics.drilling.model import Bounds
from shared.kernel.errors import TooCostly

_NARROW: Final = "narrow the filter by source, course or ingest_id, which tell files apart"


class Meter:
    """What one question has used up, from the moment that this is made."""

    def __init__(self, bounds: Bounds, seconds: Callable[[], float] = time.monotonic) -> None:
        self._bounds = bounds
        self._seconds = seconds
        self._began = seconds()
        self._scanned = 0

    def foresee(self, size: int) -> None:
        """Refuse (`TooCostly`) a question that is known to read more than it may, before it is begun."""
        limit = self._bounds.scanned
        if size > limit:
            raise TooCostly("bytes", limit, f"{_NARROW}, or leave out the sorting", needed=size)

    def scan(self, size: int) -> None:
        """Count bytes that are about to be read; `TooCostly` when they or the time are used up."""
        self._scanned += size
        if self._scanned > self._bounds.scanned:
            raise TooCostly("bytes", self._bounds.scanned, _NARROW)
        if self._seconds() - self._began > self._bounds.seconds:
            raise TooCostly("seconds", self._bounds.seconds, f"{_NARROW}, or ask for fewer columns")

    def hold(self, size: int) -> None:
        """Refuse to hold rows of more bytes than may be; `TooCostly`."""
        if size > self._bounds.held:
            raise TooCostly("memory", self._bounds.held, "ask for fewer columns or rows", needed=size)

    def list(self, rows: int) -> None:
        """Refuse to list rows beyond those that one list may have; `TooCostly`."""
        if rows > self._bounds.rows:
            raise TooCostly("rows", self._bounds.rows, "narrow the filter, or export in several parts")
