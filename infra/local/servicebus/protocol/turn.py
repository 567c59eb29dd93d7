"""One commit per pass of the event loop: what the pass changed is durable before a byte of it is answered."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Protocol

from infra.local.servicebus.storage.store import Store


class Output(Protocol):
    """Holds bytes back until they may leave."""

    def flush(self) -> None:
        """Let the bytes leave."""


class Turn:
    """Commits at the end of a pass, then flushes the outputs that were written to.

    When the commit fails, memory is ahead of the file: nothing is flushed and `on_failure` is called once.
    """

    def __init__(self, store: Store, on_failure: Callable[[sqlite3.Error], None]) -> None:
        self._store = store
        self._on_failure = on_failure
        self._outputs: dict[Output, None] = {}
        self._scheduled = False
        self._failed = False
        store.on_change = self.schedule

    def written(self, output: Output) -> None:
        """Flush this output after the commit."""
        self._outputs[output] = None
        self.schedule()

    def schedule(self) -> None:
        """See to it that this pass ends with a commit."""
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self.end)

    def end(self) -> None:
        """Commit and flush now."""
        self._scheduled = False
        if self._failed:
            return
        try:
            self._store.commit()
        except sqlite3.Error as cause:
            self._failed = True
            self._on_failure(cause)
            return
        outputs = list(self._outputs)
        self._outputs.clear()
        for output in outputs:
            output.flush()
