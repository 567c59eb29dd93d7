"""What is kept of tables between calls: open handles, small parts, rows of small tables as last read."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from shared.kernel.bounded import Bounded
from shared.kernel.clock import Clock
from shared.kernel.recent import Recent
from shared.kernel.scope import TenantScope
from shared.platform.lake.contents import KeptContents

if TYPE_CHECKING:
    import polars as pl
    from deltalake import DeltaTable

LIFETIME: Final = timedelta(minutes=20)
"""Shorter than the access holds that was signed for a handle."""

_HANDLES: Final = 64
_BYTES: Final = 32_000_000
_LARGEST: Final = _BYTES // 8


@dataclass(frozen=True, slots=True)
class KeptHandle:
    """A handle, until when it may be used, and the turn of who uses it.

    `newest` is a version that this process knows of by a commit of its own; the handle may still be behind.
    """

    handle: "DeltaTable"
    until: datetime
    newest: int = -1
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Reached(Protocol):
    """What applications reached in a table, as who commits to it knows."""

    async def at(self, version: int) -> Mapping[str, int] | None:
        """Return it as of a version; None where nobody but delta-rs tells."""
        ...

    def committed(self, version: int, transactions: Mapping[str, int]) -> None:
        """Take note of a commit right upon the version that was asked for last."""
        ...


@dataclass(frozen=True, slots=True)
class CommittedHandle:
    """A handle to write with, and what applications reached in its table."""

    shared: KeptHandle
    reached: Reached


class KeptRows:
    """Rows by key, each of one version, up to a number of bytes; the least recently used go first."""

    def __init__(self) -> None:
        self._rows: Bounded[str, tuple[int, pl.DataFrame]] = Bounded(_BYTES, lambda kept: _size(kept[1]))

    def get(self, key: str, version: int) -> "pl.DataFrame | None":
        """Return the rows, None when none of this version are kept."""
        known, rows = self._rows.get(key) or (None, None)
        return rows if known == version else None

    def put(self, key: str, version: int, rows: "pl.DataFrame") -> None:
        """Keep rows in place of those of another version, unless they are too large."""
        if _size(rows) > _LARGEST:
            self._rows.forget(key)
        else:
            self._rows.put(key, (version, rows))


class KeptTables:
    """What one process keeps of the tables of all tenants, under keys that hold the tenant.

    `handles` are for reading, and shared: also those of commits, so that nobody reads from the log what this
    process has written to it.
    """

    def __init__(self, clock: Clock) -> None:
        self.handles: Recent[str, KeptHandle] = Recent(clock, LIFETIME, _HANDLES)
        self.committed: Recent[str, CommittedHandle] = Recent(clock, LIFETIME, _HANDLES)
        """Those that a commit went through: each commit puts its own here anew."""
        self.rows = KeptRows()
        self.contents = KeptContents(clock)
        self._clock = clock

    def until(self) -> datetime:
        """Return until when a handle may be used that is opened now."""
        return self._clock.now() + LIFETIME

    def handle(self, scope: TenantScope, table: str) -> KeptHandle | None:
        """Return the handle to read a table by, None when it is to be opened."""
        kept = self.handles.get(scope.key(table))
        return kept if kept is not None and self._clock.now() < kept.until else None

    def forget(self, scope: TenantScope, table: str) -> None:
        """Keep no handle of a table."""
        self.handles.forget(scope.key(table))
        self.committed.forget(scope.key(table))


def _size(rows: "pl.DataFrame") -> int:
    return int(rows.estimated_size())
