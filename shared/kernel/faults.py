"""Rounds that go on without what failed: no item keeps those behind it waiting, and no fault is lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Faults:
    """The faults of one round."""

    def __init__(self) -> None:
        self._kept: list[Exception] = []

    @contextmanager
    def kept(self, tell: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Keep what fails within, and call `tell` while it is handled."""
        try:
            yield
        except Exception as fault:  # noqa: BLE001 - whatever it is, what is behind it comes next
            tell()
            self._kept.append(fault)

    def raise_together(self, message: str) -> None:
        """Raise an `ExceptionGroup` of all that were kept, if any were."""
        if self._kept:
            raise ExceptionGroup(message, self._kept)
